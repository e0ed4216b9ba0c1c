/** Reads a dict as Python prints it, which is what comes of a backend that sends the object where its JSON was due. */
import { isParsable } from "../../core/json-shape.ts";
import { limits } from "../../core/limits.ts";
import { isObject, type Json } from "./json.ts";

const blank = /\s*/y;
const number = /[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const word = /(?:-?inf|nan|None|True|False)\b/y;
/** What stands for itself in a string, by the quote around it. */
const plainRun = { "'": /[^'\\]*/y, '"': /[^"\\]*/y };
const coded = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3}))/y;
const opening = /[uU]?('''|"""|'|")/y;

/** The only escapes whose character is not the one after the backslash. */
const escapes: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\n": "",
  "\\": "\\",
  "'": "'",
  '"': '"',
};

/** The dict, or undefined when the text is none or longer than `limits` allow. Takes time in proportion to its length. */
export function pythonDict(source: string): Json | undefined {
  if (source.length > limits.pythonDict) return undefined;
  if (!/^\s*\{/.test(source) || !isParsable(source)) return undefined;
  const reader = new Reader(source);
  try {
    const value = reader.value(0);
    return reader.isAtEnd() && isObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof NotPython) return undefined;
    throw error;
  }
}

class NotPython extends Error {
  override name = "NotPython" as const;
}

class Reader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  isAtEnd(): boolean {
    this.#take(blank);
    return this.#at === this.#source.length;
  }

  value(depth: number): unknown {
    if (depth > limits.pythonDepth) throw new NotPython();
    this.#take(blank);
    const sign = this.#source[this.#at];
    if (sign === "{") return this.#dict(depth + 1);
    if (sign === "[") return this.#list("]", depth + 1);
    if (sign === "(") return this.#list(")", depth + 1);
    const opened = this.#take(opening);
    if (opened) return this.#string(opened[1]!);
    const name = this.#take(word)?.[0];
    if (name !== undefined) return name === "True" ? true : name === "False" ? false : null;
    const digits = this.#take(number)?.[0];
    if (digits === undefined) throw new NotPython();
    return Number(digits);
  }

  #dict(depth: number): Json {
    const dict: Json = {};
    this.#each("}", () => {
      const key = this.value(depth);
      if (typeof key !== "string" || !this.#skip(":")) throw new NotPython();
      // As JSON does it: a name of its own, also one that would change the object.
      Object.defineProperty(dict, key, {
        value: this.value(depth),
        enumerable: true,
        writable: true,
        configurable: true,
      });
    });
    return dict;
  }

  /** A tuple is a list here. */
  #list(close: string, depth: number): unknown[] {
    const list: unknown[] = [];
    this.#each(close, () => list.push(this.value(depth)));
    return list;
  }

  /** Items up to `close`; of a tuple a comma may come after the last one. */
  #each(close: string, item: () => void): void {
    this.#at++;
    if (this.#skip(close)) return;
    for (;;) {
      item();
      if (this.#skip(close)) return;
      if (!this.#skip(",")) throw new NotPython();
      if (close === ")" && this.#skip(close)) return;
    }
  }

  #string(quotes: string): string {
    const isLong = quotes.length === 3;
    const plain = plainRun[quotes[0] as '"' | "'"];
    let value = "";
    for (;;) {
      const run = this.#take(plain)![0];
      // Only between three quotes a string goes over lines.
      if (!isLong && /[\r\n]/.test(run)) throw new NotPython();
      value += run;
      const sign = this.#source[this.#at];
      if (sign === undefined) throw new NotPython();
      if (sign === "\\") value += this.#escape();
      else if (this.#source.startsWith(quotes, this.#at)) {
        this.#at += quotes.length;
        return value;
      } else {
        value += sign;
        this.#at++;
      }
    }
  }

  #escape(): string {
    const [, byte, short, long, octal] = this.#take(coded) ?? [];
    const hexadecimal = byte ?? short ?? long;
    if (hexadecimal !== undefined || octal !== undefined) {
      const code = hexadecimal === undefined ? Number.parseInt(octal!, 8) : Number.parseInt(hexadecimal, 16);
      if (code > 0x10ffff) throw new NotPython();
      return String.fromCodePoint(code);
    }
    const sign = this.#source[this.#at + 1];
    // Names of characters are in no dict that Python prints.
    if (sign === undefined || /[xuUN]/.test(sign)) throw new NotPython();
    this.#at += 2;
    return escapes[sign] ?? `\\${sign}`;
  }

  #skip(sign: string): boolean {
    this.#take(blank);
    if (this.#source[this.#at] !== sign) return false;
    this.#at++;
    return true;
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#source);
    if (!match) return undefined;
    this.#at = pattern.lastIndex;
    return match;
  }
}
