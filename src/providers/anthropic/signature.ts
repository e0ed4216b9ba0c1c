/** Signed thinking of an answer, kept as one opaque text so that it goes back exactly as and where it came. */
import type { ChatMessage } from "../../core/message.ts";
import { isObject, type Json, text } from "../provider/json.ts";
import type { EncodedCall } from "../provider/turns.ts";

/**
 * A block of the answer in its order. Lengths count characters of the message's joined thinking and text, so that
 * nothing is kept twice.
 */
export type KeptBlock =
  | { type: "text"; length: number }
  | { type: "thinking"; length: number; signature: string }
  /** Thinking without a signature: goes back only to servers that sign none. */
  | { type: "unsigned"; length: number }
  | { type: "redacted"; data: string }
  | { type: "call"; id: string };

/** Tells the signature from those of other providers, which would be refused here. */
const prefix = "anthropic:";

/** undefined when nothing is signed. */
export function signatureOf(blocks: readonly KeptBlock[]): string | undefined {
  const signed = blocks.some(({ type }) => type === "thinking" || type === "redacted");
  return signed ? prefix + JSON.stringify(blocks) : undefined;
}

/**
 * The content of an assistant's message with its signed thinking in place, or undefined when there is none or the
 * message is not what was signed any more: thinking that was changed is refused. `calls` are those that have a result.
 */
export function signedContent(
  message: ChatMessage,
  calls: readonly EncodedCall[],
  withUnsigned: boolean,
): Json[] | undefined {
  const blocks = keptBlocks(message);
  if (!blocks) return undefined;
  const thinking = joined(message, "thinking");
  const written = joined(message, "text");
  const content: Json[] = [];
  const unused = [...calls];
  let thought = 0;
  let told = 0;
  for (const block of blocks) {
    if (block.type === "text") {
      const piece = written.slice(told, told + block.length);
      told += block.length;
      if (piece.trim() !== "") content.push({ type: "text", text: piece });
    } else if (block.type === "thinking") {
      const piece = thinking.slice(thought, thought + block.length);
      thought += block.length;
      content.push({ type: "thinking", thinking: piece, signature: block.signature });
    } else if (block.type === "unsigned") {
      if (withUnsigned) content.push({ type: "thinking", thinking: thinking.slice(thought, thought + block.length) });
      thought += block.length;
    } else if (block.type === "redacted") content.push({ type: "redacted_thinking", data: block.data });
    else {
      const index = unused.findIndex(({ id }) => id === block.id);
      if (index >= 0) content.push(...unused.splice(index, 1).map((call) => call.item));
    }
  }
  const unchanged = thought === thinking.length && told === written.length && unused.length === 0;
  return unchanged ? content : undefined;
}

function keptBlocks(message: ChatMessage): KeptBlock[] | undefined {
  const part = message.parts.find((each) => each.type === "thinking" && each.signature?.startsWith(prefix));
  if (part?.type !== "thinking" || part.signature === undefined) return undefined;
  try {
    const blocks: unknown = JSON.parse(part.signature.slice(prefix.length));
    return Array.isArray(blocks) && blocks.every(isKept) ? blocks : undefined;
  } catch {
    return undefined;
  }
}

function isKept(value: unknown): value is KeptBlock {
  if (!isObject(value)) return false;
  if (value.type === "redacted") return text(value.data) !== undefined;
  if (value.type === "call") return text(value.id) !== undefined;
  if (value.type === "thinking" && text(value.signature) === undefined) return false;
  const hasLength = value.type === "text" || value.type === "thinking" || value.type === "unsigned";
  return hasLength && typeof value.length === "number";
}

function joined(message: ChatMessage, type: "text" | "thinking"): string {
  let all = "";
  for (const part of message.parts) if (part.type === type) all += part.text;
  return all;
}
