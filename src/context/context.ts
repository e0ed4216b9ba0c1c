/** Keeps a long conversation within the model's context window by leaving out its oldest questions and answers. */
import { type ChatMessage, textOf } from "../core/message.ts";
import { estimateTokens } from "../money/estimate.ts";

export interface TrimOptions {
  /** Tokens; absent = unknown, so nothing is left out. */
  contextWindow?: number;
  /** Tokens kept free for the answer. */
  reserve: number;
  systemTokens: number;
}

/** The newest messages that fit, beginning with a question; the last message always stays. */
export function trimMessages(messages: ChatMessage[], options: TrimOptions): { messages: ChatMessage[]; left: number } {
  if (options.contextWindow === undefined) return { messages, left: 0 };
  const room = options.contextWindow - options.systemTokens - Math.min(options.reserve, options.contextWindow / 2);
  let used = 0;
  let first = messages.length;
  while (first > 0) {
    used += 4 + estimateTokens(textOf(messages[first - 1]!));
    if (used > room && first < messages.length) break;
    first--;
  }
  while (first < messages.length - 1 && messages[first]!.role !== "user") first++;
  return { messages: messages.slice(first), left: first };
}
