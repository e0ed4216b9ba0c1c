/** The one live region of the page: it says that an answer began, ended or failed, and never reads the answer itself. */
import type { ViewMessage } from "../../src/chat/protocol.ts";
import type { ChatTexts } from "../../src/chat/texts.ts";
import { element } from "../ui/dom.ts";

export interface Announcer {
  readonly root: HTMLElement;
  say(text: string): void;
}

export function createAnnouncer(): Announcer {
  const root = element("div", {
    class: "visually-hidden",
    role: "status",
    "aria-live": "polite",
    "data-testid": "announcer",
  });
  return {
    root,
    say(text) {
      // The same words twice are no change to a screen reader, so the second time they come with a mark it does not read.
      root.textContent = root.textContent === text ? `${text}\u00a0` : text;
    },
  };
}

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
