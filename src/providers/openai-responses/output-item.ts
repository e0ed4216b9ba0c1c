/** One output item of a response: what it is, and whether what comes under its place or ids is of another. */
import type { CallArguments } from "../provider/call-arguments.ts";
import { type Json, text } from "../provider/json.ts";
import type { Speech } from "./speech.ts";

export interface Call {
  type: "call";
  itemId: string | undefined;
  id: string | undefined;
  name: string;
  arguments: CallArguments;
  /** The id under which it was told; pieces may come before. */
  told?: string;
  /** Its end was seen. */
  closed: boolean;
  /** Its own end said its arguments, which nothing that comes later can change. */
  isFinal?: boolean;
  /** Pieces went to it by their place alone while another call was open there. */
  isUnsure?: boolean;
  /** What its beginning held; it counts when nothing else says its arguments. */
  begun: string;
}

/** Of a kind that Runnel does not tell, such as a search on the server; its pieces are no one's. */
export type Item = Speech | Call | { type: "ignored"; itemId: string | undefined };

export function typeOf({ type }: Json): Item["type"] {
  if (type === "message" || type === "reasoning") return "speech";
  return type === "function_call" || type === "custom_tool_call" ? "call" : "ignored";
}

export function isOfKind(item: Item, content: Json): boolean {
  if (item.type !== typeOf(content)) return false;
  return item.type !== "speech" || item.kind === undefined || item.kind === content.type;
}

/** Whether what is opened at an item's index is another one: the index was given twice. */
export function isOtherThan(item: Item, content: Json): boolean {
  if (item.type === "call" && item.id !== undefined && text(content.call_id) !== undefined) {
    return isOtherCall(item, content);
  }
  const id = text(content.id);
  return id !== undefined && item.itemId !== undefined && item.itemId !== id;
}

export function isOtherCall(item: Item, content: Json): boolean {
  const id = text(content.call_id);
  return item.type === "call" && item.id !== undefined && id !== undefined && item.id !== id;
}
