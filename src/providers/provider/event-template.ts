/** Recognises events that are like the one before but for their text, so that JSON need not be parsed. */
import { parseJson } from "./json.ts";

/** The inside of a JSON string that stands for itself: no quote, escape or control character. */
const plain = /^[^"\\\u0000-\u001f]*$/;

/** No count has more, so that one of a run is not told from the others by being too large. */
const maximumDigits = 12;

/** Longer events are few, and parsing them costs less than comparing. */
const longest = 64 * 1024;

const backslash = 0x5c;
const zero = 0x30;
const nine = 0x39;

/** A place where events differ, behind what they have in common since the last one. */
interface Gap {
  before: string;
  kind: "text" | "string" | "number";
}

/**
 * Nearly all events of an answer are alike around their text, and parsing them is two thirds of what a stream costs.
 * An event with the same characters around a text, and around other values that do not matter, is the same JSON with
 * another text. Whoever asks must `learn` from, or `forget` for, every event that was parsed instead, so that nothing
 * ever happened between an event that matches and those it is like.
 */
export class EventTemplate {
  /** Fields whose strings and numbers may differ, wherever they are. */
  readonly #varying: readonly string[];
  /** By the field of the text. */
  readonly #keys = new Map<string, RegExp>();
  #gaps: readonly Gap[] = [];
  /** Behind the last gap. */
  #ending = "";
  /**
   * `#ending` without its spaces, where it is nothing but signs: Anthropic hides the length of its texts behind spaces
   * there, another number in every event.
   */
  #endingSigns: string | undefined;

  constructor(...varying: string[]) {
    this.#varying = varying;
  }

  /** The text, when `data` is the learned event with another one in its place. */
  match(data: string): string | undefined {
    if (data.length > longest) return undefined;
    let text: string | undefined;
    let at = 0;
    for (const { before, kind } of this.#gaps) {
      const start = at + before.length;
      // Comparing slices is twice as fast as startsWith.
      if (data.slice(at, start) !== before) return undefined;
      at = kind === "number" ? endOfNumber(data, start) : endOfString(data, start);
      if (at < start) return undefined;
      if (kind === "number") continue;
      const inside = data.slice(start, at);
      if (plain.test(inside)) text = kind === "text" ? inside : text;
      else if (kind === "text") text = unescaped(inside);
      else return undefined;
    }
    // An empty text is none, and what it means is for the decoder to say.
    return text && this.#endsWith(data.slice(at)) ? text : undefined;
  }

  /** `data` was parsed and did nothing but give a text as the value of `field`. */
  learn(data: string, field: string): void {
    this.forget();
    if (data.length > longest) return;
    const gaps: Gap[] = [];
    let hasText = false;
    let at = 0;
    const keys = this.#keysWith(field);
    keys.lastIndex = 0;
    for (let key = keys.exec(data); key; key = keys.exec(data)) {
      const start = keys.lastIndex;
      const isString = key[0].endsWith('"');
      const end = isString ? endOfString(data, start) : endOfNumber(data, start);
      if (end < 0) continue;
      const isText = isString && key[1] === field;
      // Named twice, it is not known which one counts.
      if (isText && hasText) return;
      hasText ||= isText;
      gaps.push({ before: data.slice(at, start), kind: isText ? "text" : isString ? "string" : "number" });
      at = end;
    }
    const ending = data.slice(at);
    // A name behind escapes may be that of the text that counts.
    if (ending.includes("\\u") || gaps.some(({ before }) => before.includes("\\u"))) return;
    this.#gaps = gaps;
    this.#ending = ending;
    this.#endingSigns = /^["\]} ]+$/.test(ending) ? ending.replaceAll(" ", "") : undefined;
  }

  forget(): void {
    this.#gaps = [];
  }

  /** Up to where their values begin. Quotes inside a JSON string are behind a backslash, so only real names are found. */
  #keysWith(field: string): RegExp {
    let keys = this.#keys.get(field);
    if (keys === undefined) {
      keys = new RegExp(`(?<!\\\\)"(${[field, ...this.#varying].join("|")})"\\s*:\\s*(?:"|(?=\\d))`, "g");
      this.#keys.set(field, keys);
    }
    return keys;
  }

  #endsWith(rest: string): boolean {
    return rest === this.#ending || (this.#endingSigns !== undefined && rest.replaceAll(" ", "") === this.#endingSigns);
  }
}

/** Where its closing quote is, or -1. */
function endOfString(data: string, start: number): number {
  let end = data.indexOf('"', start);
  while (end >= 0 && isEscaped(data, end)) end = data.indexOf('"', end + 1);
  return end;
}

function isEscaped(data: string, at: number): boolean {
  let before = at;
  while (data.charCodeAt(before - 1) === backslash) before--;
  return (at - before) % 2 === 1;
}

/** Where the digits of a whole number end, or -1. */
function endOfNumber(data: string, start: number): number {
  let end = start;
  for (let code = data.charCodeAt(end); code >= zero && code <= nine; code = data.charCodeAt(end)) end++;
  const hasLeadingZero = end > start + 1 && data.charCodeAt(start) === zero;
  return end === start || hasLeadingZero || end > start + maximumDigits ? -1 : end;
}

function unescaped(inside: string): string | undefined {
  const value = parseJson(`"${inside}"`);
  return typeof value === "string" ? value : undefined;
}
