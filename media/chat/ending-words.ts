/** What a screen reader says when an answer began, ended or failed; never the answer itself. */
import type { ViewMessage } from "../../src/chat/protocol.ts";
import type { ChatTexts } from "../../src/chat/texts.ts";

/** What is said when `message` has come to its end. */
export function endingWords(message: ViewMessage, texts: ChatTexts): string {
  switch (message.state) {
    case "streaming":
      return texts.generating;
    case "complete":
      return texts.answerComplete;
    case "stopped":
      return texts.answerStopped;
    case "incomplete":
      return withReason(texts.answerIncomplete, message);
    case "failed":
      return withReason(texts.answerFailed, message);
    default:
      message.state satisfies never;
      return "";
  }
}

function withReason(words: string, message: ViewMessage): string {
  return message.error === undefined ? words : `${words} ${message.error.text}`;
}
