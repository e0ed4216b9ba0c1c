/** Where chat-completions servers put a model's thinking, and what of it has to go back to them. */
import { limits } from "../../core/limits.ts";
import { isObject, type Json, text } from "../provider/json.ts";

export const reasoningFields = ["reasoning_content", "reasoning", "reasoning_text", "thinking"];

/** The first field that has something: some servers send the same text in two. */
export function firstReasoning(delta: Json): string {
  for (const field of reasoningFields) {
    const found = wordsIn(delta[field]);
    if (found !== "") return found;
  }
  return "";
}

/** A text that is written as itself, as an object around it or as a list of both. */
function wordsIn(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(wordsIn).join("");
  if (!isObject(value)) return "";
  return text(value.text) ?? text(value.content) ?? text(value.value) ?? text(value.thinking) ?? "";
}

/** What a `content` says that is no string: one part or a list of them; other kinds of part are left out. */
export function contentParts(content: unknown): { type: "text" | "thinking"; text: string }[] {
  const parts = Array.isArray(content) ? content : [content];
  const known: { type: "text" | "thinking"; text: string }[] = [];
  for (const part of parts) {
    if (typeof part === "string" && part !== "") known.push({ type: "text", text: part });
    if (!isObject(part)) continue;
    if (part.type === "thinking" || part.type === "reasoning") {
      const joined = wordsIn(part.thinking ?? part.reasoning ?? part);
      if (joined !== "") known.push({ type: "thinking", text: joined });
    } else if (part.type === "text" || part.type === "output_text" || part.type === undefined) {
      const piece = wordsIn(part);
      if (piece !== "") known.push({ type: "text", text: piece });
    }
  }
  return known;
}

const prefix = "reasoning_details:";

/**
 * OpenRouter's `reasoning_details`, whose pieces are joined by type and index. They go back with the next request as
 * they came, for models that refuse tool results without their own signed thinking.
 */
export class ReasoningDetails {
  readonly #details: Json[] = [];
  /** Characters that are kept. Of more than a whole answer nothing can go back. */
  #size = 0;

  /** The readable words in these pieces. */
  push(pieces: unknown): string {
    if (!Array.isArray(pieces)) return "";
    let told = "";
    for (const piece of pieces) {
      if (!isObject(piece)) continue;
      for (const value of Object.values(piece)) this.#size += typeof value === "string" ? value.length + 16 : 16;
      told += text(piece.text) ?? text(piece.summary) ?? "";
      if (this.#size <= limits.answer) this.#add(piece);
    }
    return told;
  }

  /** All pieces as one opaque text, when they prove something or a tool call depends on them. */
  signature(withTools: boolean): string | undefined {
    if (this.#details.length === 0 || this.#size > limits.answer) return undefined;
    const proves = this.#details.some((detail) => text(detail.signature) ?? text(detail.data));
    if (!proves && !withTools) return undefined;
    return prefix + JSON.stringify(this.#details);
  }

  #add(piece: Json): void {
    const last = this.#details.at(-1);
    const continues =
      last !== undefined &&
      last.type === piece.type &&
      last.index === piece.index &&
      text(piece.data) === undefined &&
      // A signature closes its piece.
      text(last.signature) === undefined;
    if (!continues) {
      this.#details.push({ ...piece });
      return;
    }
    for (const [name, value] of Object.entries(piece)) {
      if (value === null || value === undefined) continue;
      const joins = (name === "text" || name === "summary") && typeof value === "string";
      last[name] = joins ? (text(last[name]) ?? "") + value : value;
    }
  }
}

/** The details that `signature()` once made, or undefined when the signature is another provider's. */
export function detailsFrom(signature: string | undefined): unknown[] | undefined {
  if (!signature?.startsWith(prefix)) return undefined;
  try {
    const details: unknown = JSON.parse(signature.slice(prefix.length));
    return Array.isArray(details) ? details : undefined;
  } catch {
    return undefined;
  }
}
