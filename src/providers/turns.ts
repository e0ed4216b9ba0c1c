/** A conversation as strictly alternating turns of the two sides, which Anthropic and Gemini demand. */
import type { ChatMessage, MessagePart } from "../core/message.ts";
import { answeredCalls } from "./history.ts";

export type ToolCallPart = Extract<MessagePart, { type: "tool-call" }>;
export type ToolResultPart = Extract<MessagePart, { type: "tool-result" }>;

export type Turn =
  /** Results come first: they answer the turn before. */
  | { side: "user"; results: ToolResultPart[]; texts: string[] }
  /** One message each; calls without a result are left out. */
  | { side: "model"; messages: { message: ChatMessage; calls: ToolCallPart[] }[] };

/** Said by nobody: stands before a conversation whose own beginning is missing. */
const beginning = "…";

export function turnsOf(messages: readonly ChatMessage[]): Turn[] {
  const answered = answeredCalls(messages);
  const turns: Turn[] = [];
  for (const message of messages) {
    if (message.role === "assistant") {
      const calls = message.parts.filter(
        (part) => part.type === "tool-call" && answered.has(part.id),
      ) as ToolCallPart[];
      const says = message.parts.some((part) => part.type === "text" && part.text.trim() !== "");
      if (!says && calls.length === 0) continue;
      if (turns.length === 0) turns.push({ side: "user", results: [], texts: [beginning] });
      const last = turns.at(-1);
      if (last?.side === "model") last.messages.push({ message, calls });
      else turns.push({ side: "model", messages: [{ message, calls }] });
      continue;
    }
    const results = message.parts.filter((part) => part.type === "tool-result" && answered.has(part.id));
    const texts = message.parts.flatMap((part) => (part.type === "text" && part.text.trim() !== "" ? [part.text] : []));
    if (results.length === 0 && texts.length === 0) continue;
    let last = turns.at(-1);
    if (last?.side !== "user") {
      last = { side: "user", results: [], texts: [] };
      turns.push(last);
    }
    last.results.push(...(results as ToolResultPart[]));
    last.texts.push(...texts);
  }
  return turns;
}

/** The arguments of a call as an object; `{}` where they are none. */
export function argumentsOf(call: ToolCallPart): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(call.arguments);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}
