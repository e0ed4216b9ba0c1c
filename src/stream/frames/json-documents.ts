/** JSON documents that come as one text where each should have come by itself. */
import { endOfString, isParsable } from "../../core/json-shape.ts";
import { limits } from "../../core/limits.ts";

const endMark = "[DONE]";
const backslash = 0x5c;
const quote = 0x22;
const braces = { open: 0x7b, close: 0x7d };
const brackets = { open: 0x5b, close: 0x5d };

/**
 * The documents in `text`, each an object, a list or `[DONE]`, with nothing but white space and the beginnings of data
 * lines (framed twice, or without the blank line between two) around them; undefined when there is anything else, or more
 * of them than `limits` allow.
 */
export function documentsIn(text: string): string[] | undefined {
  const documents: string[] = [];
  for (const document of eachDocument(text)) {
    if (document === undefined) return undefined;
    documents.push(document);
  }
  return documents.length === 0 ? undefined : documents;
}

/** The documents one by one, the last of them undefined where they are none together. */
export function* eachDocument(text: string): Generator<string | undefined, void> {
  let count = 0;
  // Nothing follows in this expression, so that it never goes back over what it passed.
  const beginning = /(?:\s|data:)*/y;
  for (let at = 0; at < text.length; ) {
    beginning.lastIndex = at;
    beginning.test(text);
    at = beginning.lastIndex;
    if (at === text.length) return;
    const sign = text[at];
    if (count++ >= limits.documents) return yield undefined;
    if (text.startsWith(endMark, at)) {
      yield endMark;
      at += endMark.length;
    } else if (sign !== "{" && sign !== "[") return yield undefined;
    else {
      const end = endOfDocument(text, at, limits.looseText);
      const document = text.slice(at, end);
      if (end < 0 || !isJson(document)) return yield undefined;
      yield document;
      at = end;
    }
  }
}

/**
 * Whether `text` is whole: one document or several of them. Of a large one only its brackets are looked at, because it
 * is not parsed in one go.
 */
export function isWhole(text: string): boolean {
  if (text.length <= limits.largeEvent) return isJson(text) || documentsIn(text) !== undefined;
  const start = text.search(/[^\s]/);
  const sign = text[start];
  return (sign === "{" || sign === "[") && endOfDocument(text, start) > 0;
}

/** Whether `text` is one document; of a large one only its brackets are looked at. */
export function isOneDocument(text: string): boolean {
  return text.length > limits.largeEvent ? isWhole(text) : isJson(text);
}

/** False also for what nests deeper or holds more than `limits` allow. */
function isJson(text: string): boolean {
  if (!isParsable(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Behind the bracket that closes the one at `start`, or -1 where `most` come without it. What is between may still be no JSON. */
function endOfDocument(text: string, start: number, most = text.length): number {
  let depth = 0;
  const last = Math.min(text.length, start + most);
  for (let at = start; at < last; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at) - 1;
    else if (code === braces.open || code === brackets.open) depth++;
    else if ((code === braces.close || code === brackets.close) && --depth === 0) return at + 1;
  }
  return -1;
}

/** How deep in brackets a text is, from character to character. */
export class Nesting {
  depth = 0;
  #inString = false;
  #escaped = false;

  /** Every bracket and every string is closed. */
  get isBalanced(): boolean {
    return this.depth === 0 && !this.#inString;
  }

  push(text: string): void {
    for (let at = 0; at < text.length; at++) this.step(text.charCodeAt(at));
  }

  step(code: number): void {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (code === backslash) this.#escaped = true;
      else if (code === quote) this.#inString = false;
    } else if (code === quote) this.#inString = true;
    else if (code === braces.open || code === brackets.open) this.depth++;
    else if (code === braces.close || code === brackets.close) this.depth--;
  }
}

/** The objects of a JSON list, each as soon as it is whole, so that a list which is cut off loses its last one only. */
export class ListReader {
  readonly #nesting = new Nesting();
  /** The begun element. */
  #pieces: string[] = [];
  /** Characters that wait for their element's end. */
  waiting = 0;

  /** The elements that this piece of the body completes. */
  push(text: string): string[] {
    const elements: string[] = [];
    const nesting = this.#nesting;
    let start = nesting.depth > 1 ? 0 : -1;
    for (let at = 0; at < text.length; at++) {
      const before = nesting.depth;
      nesting.step(text.charCodeAt(at));
      if (before === 1 && nesting.depth === 2) start = at;
      else if (before === 2 && nesting.depth === 1) {
        elements.push(this.#pieces.join("") + text.slice(start, at + 1));
        this.#pieces = [];
        this.waiting = 0;
        start = -1;
      }
    }
    if (start >= 0) {
      this.#pieces.push(text.slice(start));
      this.waiting += text.length - start;
    }
    return elements;
  }
}
