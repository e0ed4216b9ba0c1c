/** Walks over JSON text without parsing it: how deep and how large it is, and where numbers stand that are none. */
import { limits } from "./limits.ts";

const quote = 0x22;
const backslash = 0x5c;

/** Behind the string that begins at `start` with its quote; the length of the text where it never ends. */
export function endOfString(text: string, start: number): number {
  const at = start + 1;
  const end = text.indexOf('"', at);
  if (end < 0) return text.length;
  let before = end;
  while (before > at && text.charCodeAt(before - 1) === backslash) before--;
  return (end - before) % 2 === 0 ? end + 1 : endByStep(text, end + 1);
}

/** The same from inside a string, where quotes are frequent: searching for each takes longer than a look at all. */
function endByStep(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at + 1;
    if (code === backslash) at++;
  }
  return text.length;
}

/** Shorter texts cannot be deep or large enough to matter. */
const shortest = 2 * limits.depth;

/** False for what would take long to parse, or would run code that follows it out of stack. */
export function isParsable(text: string): boolean {
  if (text.length < shortest) return true;
  let depth = 0;
  let values = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case quote:
        at = endOfString(text, at) - 1;
        break;
      case 0x5b: // [
      case 0x7b: // {
        values++;
        if (++depth > limits.depth) return false;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
        break;
      case 0x2c: // ,
        values++;
        break;
    }
    if (values > limits.values) return false;
  }
  return true;
}

/** `text` with null in place of the NaN and Infinity that Python writes; strings stay as they are. */
export function withoutNaN(text: string): string {
  const parts: string[] = [];
  let kept = 0;
  for (let at = 0; at < text.length; ) {
    const sign = text[at];
    if (sign === '"') {
      at = endOfString(text, at);
      continue;
    }
    const word = sign === "N" || sign === "I" || sign === "-" ? wordAt(text, at) : undefined;
    if (word === undefined) {
      at++;
      continue;
    }
    parts.push(text.slice(kept, at), "null");
    at += word.length;
    kept = at;
  }
  parts.push(text.slice(kept));
  return parts.join("");
}

function wordAt(text: string, at: number): string | undefined {
  return ["NaN", "Infinity", "-Infinity"].find((word) => text.startsWith(word, at));
}

/** Follows a JSON object or array that comes in pieces, and says when its last bracket has come. */
export class JsonProgress {
  #depth = 0;
  #state: "before" | "inside" | "closed" | "broken" = "before";
  #isInString = false;
  #isEscaped = false;

  /** The last bracket was closed, and nothing but white space followed. */
  get isClosed(): boolean {
    return this.#state === "closed";
  }

  push(piece: string): void {
    for (let at = 0; at < piece.length && this.#state !== "broken"; at++) this.#take(piece.charCodeAt(at));
  }

  #take(code: number): void {
    if (this.#isInString) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (code === backslash) this.#isEscaped = true;
      else if (code === quote) this.#isInString = false;
      return;
    }
    if (code === 0x20 || (code >= 0x09 && code <= 0x0d)) return;
    const opens = code === 0x5b || code === 0x7b;
    if (this.#state === "closed" || (this.#state === "before" && !opens)) this.#state = "broken";
    else if (opens) {
      this.#state = "inside";
      this.#depth++;
    } else if (code === quote) this.#isInString = true;
    else if ((code === 0x5d || code === 0x7d) && --this.#depth === 0) this.#state = "closed";
  }
}
