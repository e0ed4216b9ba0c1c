/** Encrypted reasoning of an answer, kept as one opaque text so that it goes back as and where it came. */
import { type ChatMessage, textOf } from "../../core/message.ts";
import { clean } from "../provider/history.ts";
import { isObject, type Json, text } from "../provider/json.ts";
import type { EncodedCall } from "../provider/turns.ts";

/** An item of the answer in its order. Lengths count characters of the message's joined text. */
export type KeptItem =
  | { type: "text"; length: number }
  | { type: "reasoning"; id: string; encrypted: string }
  | { type: "call"; id: string };

/** Tells the signature from those of other providers, which would be refused here. */
const prefix = "openai-responses:";

/** undefined when nothing is encrypted. */
export function signatureOf(items: readonly KeptItem[]): string | undefined {
  return items.some(({ type }) => type === "reasoning") ? prefix + JSON.stringify(items) : undefined;
}

/**
 * The items of an assistant's message with its reasoning in place, or undefined when there is none or the message is
 * another now: reasoning without the item that followed it is refused. `calls` are those that have a result.
 */
export function reasonedItems(message: ChatMessage, calls: readonly EncodedCall[]): Json[] | undefined {
  const kept = keptItems(message);
  if (!kept) return undefined;
  const written = textOf(message);
  const items: Json[] = [];
  const unused = [...calls];
  let told = 0;
  for (const item of kept) {
    if (item.type === "text") {
      const content = written.slice(told, told + item.length);
      told += item.length;
      items.push({ role: "assistant", content: clean(content) });
    } else if (item.type === "reasoning") {
      // The summary is for people; what the model reads is encrypted.
      const id = item.id === "" ? {} : { id: item.id };
      items.push({ type: "reasoning", ...id, summary: [], encrypted_content: item.encrypted });
    } else {
      const index = unused.findIndex(({ id }) => id === item.id);
      if (index < 0) return undefined;
      items.push(...unused.splice(index, 1).map((call) => call.item));
    }
  }
  return told === written.length && unused.length === 0 ? items : undefined;
}

function keptItems(message: ChatMessage): KeptItem[] | undefined {
  const part = message.parts.find((each) => each.type === "thinking" && each.signature?.startsWith(prefix));
  if (part?.type !== "thinking" || part.signature === undefined) return undefined;
  try {
    const items: unknown = JSON.parse(part.signature.slice(prefix.length));
    return Array.isArray(items) && items.every(isKept) ? items : undefined;
  } catch {
    return undefined;
  }
}

function isKept(value: unknown): value is KeptItem {
  if (!isObject(value)) return false;
  if (value.type === "text") return typeof value.length === "number";
  if (value.type === "reasoning") return typeof value.id === "string" && text(value.encrypted) !== undefined;
  return value.type === "call" && text(value.id) !== undefined;
}
