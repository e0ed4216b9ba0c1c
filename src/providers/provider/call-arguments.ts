/** The arguments of one tool call from the fragments that a server sends, and whether they certainly are what it means. */
import { isDeepStrictEqual } from "node:util";
import { limits } from "../../core/limits.ts";
import { TextBuffer } from "../../core/text-buffer.ts";
import { documentsIn, Nesting } from "../../stream/frames/json-documents.ts";
import { ArgumentsSize } from "./arguments-size.ts";
import { isObject, parseJson } from "./json.ts";
import { isJsonObject } from "./tool-arguments.ts";

/**
 * Characters that may be looked at in vain, all looks together, before the next look waits until there are twice as many
 * fragments' characters: some hundred looks at ordinary arguments, one at very long ones.
 */
const patience = 1024 * 1024;

export class CallArguments {
  readonly #text = new TextBuffer();
  readonly #size: ArgumentsSize;
  /** Characters of all fragments. */
  length = 0;
  /** Nothing came but white space. */
  isEmpty = true;
  #last = "";
  /** Each fragment so far began with the one before it, as where a server sends all there is each time. */
  #grows = true;
  /** Of so many characters. */
  #settled: { of: number; source: string | undefined } | undefined;
  readonly #nesting = new Nesting();
  /** Characters that were looked at in vain. */
  #looked = 0;
  /** Some were not kept. */
  isTooLong = false;
  #none: { of: number; is: boolean } | undefined;

  /** `size`: of the whole answer. */
  constructor(size = new ArgumentsSize()) {
    this.#size = size;
  }

  /** All fragments, joined: not to be asked for with each of them. */
  get text(): string {
    return `${this.#text}`;
  }

  /** What goes past the limit is not kept, and the call never whole: where it was told, the answer ends by it. */
  push(fragment: string): void {
    if (fragment === "" || this.isTooLong) return;
    this.isTooLong = !this.#size.take(fragment.length);
    if (this.isTooLong) {
      this.isEmpty = false;
      this.#settled = undefined;
      return;
    }
    this.#grows &&= fragment.startsWith(this.#last);
    this.#last = fragment;
    this.#text.add(fragment);
    this.length += fragment.length;
    this.isEmpty &&= fragment.trim() === "";
    this.#nesting.push(fragment);
  }

  /** Others take the place of these. */
  drop(): void {
    this.#size.giveBack(this.length);
  }

  /** An empty object, see `hasNone`. */
  get hasNone(): boolean {
    if (this.#none?.of !== this.length) this.#none = { of: this.length, is: hasNone(this.text) };
    return this.#none.is;
  }

  /**
   * `settle() !== undefined`, for a question that comes with each fragment: after many answers of no it is answered by
   * the last one until there is twice as much, so that the work stays in proportion to what came.
   */
  get isWhole(): boolean {
    const last = this.#settled;
    if (this.#looked > patience && last && this.length < 2 * last.of) return last.source !== undefined;
    const isNews = last?.of !== this.length;
    if (this.settle() !== undefined) return true;
    if (isNews && this.#nesting.isBalanced) this.#looked += this.length;
    return false;
  }

  /**
   * One JSON object; undefined when the fragments are none, or may be of several calls. Fragments are judged together:
   * what parses can be the beginning of more, and what comes again can belong there.
   */
  settle(): string | undefined {
    if (this.#settled?.of !== this.length) this.#settled = { of: this.length, source: this.#settle() };
    return this.#settled.source;
  }

  #settle(): string | undefined {
    if (this.isTooLong) return undefined;
    // Neither an object nor one that is encoded as a string ends in anything else.
    if (/[^\s}"]\s*$/.test(this.#last)) return undefined;
    const { isBalanced } = this.#nesting;
    const decoded = isBalanced ? decodedObject(this.text) : undefined;
    if (decoded !== undefined) return decoded;
    // The whole once more behind its pieces, of which the last may be missing.
    if ((this.#grows || this.#repeatsAll()) && isJsonObject(this.#last)) return this.#last;
    return isBalanced ? onlyObject(this.text) : undefined;
  }

  /** The last fragment begins with all before it. */
  #repeatsAll(): boolean {
    const before = this.length - this.#last.length;
    return before <= this.#last.length && this.#last.startsWith(this.text.slice(0, before));
  }
}

/** An object as JSON, which some servers encode as a string once more. */
export function decodedObject(source: string): string | undefined {
  let decoded: unknown = source;
  for (let times = 0; typeof decoded === "string" && times < limits.argumentEncodings; times++) {
    const inner: string = decoded;
    decoded = parseJson(inner);
    if (isObject(decoded)) return inner;
  }
  return undefined;
}

/** An empty object: the arguments of a call that has none, or one that holds the place of those that come. */
export function hasNone(source: string): boolean {
  return /^\s*\{\s*\}\s*$/.test(source);
}

/** The object that comes several times, or behind empty ones that only held its place. */
function onlyObject(source: string): string | undefined {
  const documents = documentsIn(source) ?? [];
  let only: { document: string; value: unknown } | undefined;
  for (const document of documents) {
    if (!isJsonObject(document)) return undefined;
    const value: object = JSON.parse(document);
    if (Object.keys(value).length === 0) continue;
    if (only && !isDeepStrictEqual(only.value, value)) return undefined;
    only ??= { document, value };
  }
  return only?.document ?? (documents.length > 0 ? "{}" : undefined);
}
