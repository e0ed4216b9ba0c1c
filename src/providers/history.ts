/** What of a conversation may go to a server again, whatever its protocol. */
import type { ChatMessage } from "../core/message.ts";

/** Calls that are whole and have a result: servers refuse a call without one, and a result without its call. */
export function answeredCalls(messages: readonly ChatMessage[]): Set<string> {
  const called = new Set<string>();
  const answered = new Set<string>();
  for (const message of messages) {
    for (const part of message.parts) {
      if (part.type === "tool-call" && part.complete) called.add(part.id);
      else if (part.type === "tool-result" && called.has(part.id)) answered.add(part.id);
    }
  }
  return answered;
}

export function hasToolParts(message: ChatMessage): boolean {
  return message.parts.some((part) => part.type === "tool-call" || part.type === "tool-result");
}

/** Half a character, left over where a text was cut, is no valid JSON text for some servers. */
export function clean(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}
