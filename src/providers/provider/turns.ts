/** A conversation as strictly alternating turns of the two sides, each result right behind its call. */
import { type ChatMessage, type MessagePart, textOf } from "../../core/message.ts";
import { CallIds, type IdRule } from "./call-ids.ts";

export type ToolCallPart = Extract<MessagePart, { type: "tool-call" }>;
export type ToolResultPart = Extract<MessagePart, { type: "tool-result" }>;

/** A call with its result, and the id by which the server at hand finds one for the other. */
export interface AnsweredCall {
  call: ToolCallPart;
  result: ToolResultPart;
  id: string;
}

/** A call in a protocol's own words, with the id that the conversation has it by. */
export interface EncodedCall {
  id: string;
  item: Record<string, unknown>;
}

export interface UserTurn {
  side: "user";
  /** Of all calls of the turn before, in their order. */
  results: AnsweredCall[];
  /** One of each message that says something. */
  texts: string[];
}

export interface ModelTurn {
  side: "model";
  /** Calls without a result are left out, as servers refuse them. */
  messages: { message: ChatMessage; calls: AnsweredCall[] }[];
}

export type Turn = UserTurn | ModelTurn;

/** Said by nobody: stands before a conversation whose own beginning is missing, and where a turn must not be empty. */
export const nothingSaid = "…";

/** `rule` says which ids of calls the server accepts. Messages without text, call or result are left out. */
export function turnsOf(messages: readonly ChatMessage[], rule: IdRule = {}): Turn[] {
  const results = resultsOf(messages);
  const ids = new CallIds(rule);
  const turns: Turn[] = [];
  for (const message of messages) {
    const last = turns.at(-1);
    if (message.role === "assistant") {
      const parts = message.parts.filter((part) => part.type === "tool-call");
      const answered = parts.filter((call) => results.has(call));
      if (answered.length === 0 && textsOf(message).length === 0) continue;
      if (last === undefined) turns.push({ side: "user", results: [], texts: [nothingSaid] });
      if (last?.side !== "model") ids.beginTurn();
      const calls = answered.map((call) => ({ call, result: results.get(call)!, id: ids.next(call.id) }));
      if (last?.side === "model") last.messages.push({ message, calls });
      else turns.push({ side: "model", messages: [{ message, calls }] });
      continue;
    }
    const texts = textsOf(message);
    if (last?.side === "user") {
      last.texts.push(...texts);
      continue;
    }
    // The results of all calls follow at once, wherever and in whatever order they came.
    const due = last === undefined ? [] : callsOf(last);
    if (texts.length === 0 && !due.some(({ result }) => message.parts.includes(result))) continue;
    turns.push({ side: "user", results: due, texts });
  }
  return turns;
}

export function callsOf(turn: ModelTurn): AnsweredCall[] {
  return turn.messages.flatMap(({ calls }) => calls);
}

/** Puts what the system says in front of what the person says first. */
export function introduce(turns: Turn[], system: string): void {
  const first = turns[0];
  if (first?.side === "user") first.texts.unshift(system);
  else turns.unshift({ side: "user", results: [], texts: [system] });
}

/** All that a model said in one turn, or a person. */
export function joined(texts: readonly string[]): string {
  return texts.join("\n\n");
}

/** What a message says, if it says anything. */
function textsOf(message: ChatMessage): string[] {
  const text = textOf(message);
  return text.trim() === "" ? [] : [text];
}

/**
 * The result of each whole call. Ids need not be unique: some servers count their calls anew in each turn, so a result
 * belongs to the first open call of its id in the latest turn that has one.
 */
function resultsOf(messages: readonly ChatMessage[]): Map<ToolCallPart, ToolResultPart> {
  const results = new Map<ToolCallPart, ToolResultPart>();
  const open = new Map<string, { turn: number; calls: ToolCallPart[] }>();
  let turn = 0;
  let before: ChatMessage["role"] | undefined;
  for (const { role, parts } of messages) {
    if (role === "assistant" && before !== "assistant") turn++;
    before = role;
    for (const part of parts) {
      if (part.type === "tool-call") {
        const waiting = open.get(part.id);
        if (waiting?.turn === turn) waiting.calls.push(part);
        else open.set(part.id, { turn, calls: [part] });
      } else if (part.type === "tool-result") {
        const call = open.get(part.id)?.calls.shift();
        if (call?.complete) results.set(call, part);
      }
    }
  }
  return results;
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
