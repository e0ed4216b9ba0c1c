/** Parses one large event in steps: its long strings one by one, so that the editor has its turn in between. */
import { endOfString } from "../../core/json-shape.ts";
import { limits } from "../../core/limits.ts";
import type { Slices } from "../../core/slices.ts";
import { isObject, parseJson } from "./json.ts";

/** Characters of a string from which on it is read by itself. */
const long = 1024;
/** Characters that are unescaped in one go. */
const step = 64 * 1024;
/** Strings that are passed between two looks at the clock. */
const stringsInARow = 1000;

/** What `parseJson` gives; undefined also for what holds more outside its long strings than `limits.looseText`. */
export async function parseLargeJson(source: string, slices: Slices): Promise<unknown> {
  /** Stands for a long string until the rest is parsed. The server cannot know it. */
  const mark = `${Math.random()}:`;
  const strings: string[] = [];
  const parts: string[] = [];
  let loose = 0;
  let kept = 0;
  let passed = 0;
  for (let start = source.indexOf('"'); start >= 0; ) {
    const end = endOfString(source, start);
    if (end - start > long && !isName(source, end)) {
      loose += start - kept;
      const string = await unescaped(source, start + 1, end, slices);
      if (string === undefined) return undefined;
      parts.push(source.slice(kept, start), `"${mark}${strings.length}"`);
      strings.push(string);
      kept = end;
    }
    if (loose + end - kept > limits.looseText) return undefined;
    if (++passed % stringsInARow === 0) await slices.pause();
    start = source.indexOf('"', end);
  }
  if (loose + source.length - kept > limits.looseText) return undefined;
  parts.push(source.slice(kept));
  await slices.rest();
  const value = parseJson(parts.join(""));
  const stringFor = (place: string) => (place.startsWith(mark) ? strings[Number(place.slice(mark.length))] : undefined);
  return filled(value, stringFor);
}

/** Whether a colon follows. */
function isName(source: string, end: number): boolean {
  const behind = /\s*(:)?/y;
  behind.lastIndex = end;
  return behind.exec(source)?.[1] !== undefined;
}

/** The string from behind its quote to behind the other; undefined when it is none. */
async function unescaped(source: string, start: number, end: number, slices: Slices): Promise<string | undefined> {
  if (source[end - 1] !== '"') return undefined;
  const pieces: string[] = [];
  let hasEscapes = false;
  for (let from = start; from < end - 1; ) {
    const to = from + step < end - 1 ? beforeEscape(source, from, from + step) : end - 1;
    const piece = source.slice(from, to);
    const isPlain = !/[\\\u0000-\u001f]/.test(piece);
    hasEscapes ||= !isPlain;
    const text = isPlain ? piece : parseJson(`"${piece}"`);
    if (typeof text !== "string") return undefined;
    pieces.push(text);
    from = to;
    await slices.pause();
  }
  if (!hasEscapes) return source.slice(start, end - 1);
  await slices.rest();
  const joined = pieces.join("");
  await slices.rest();
  return joined;
}

/** `to`, or where the escape begins that reaches over it. No escape reaches over `from`. */
function beforeEscape(source: string, from: number, to: number): number {
  for (let at = to - 1; at > to - 6; at--) {
    if (source[at] !== "\\") continue;
    let first = at;
    while (first > from && source[first - 1] === "\\") first--;
    if ((at - first) % 2 === 1) return to;
    return at + (source[at + 1] === "u" ? 6 : 2) > to ? at : to;
  }
  return to;
}

/** `value` with what `stringFor` gives in the place of its strings. Recursion ends where `parseJson` does. */
function filled(value: unknown, stringFor: (place: string) => string | undefined): unknown {
  if (typeof value === "string") return stringFor(value) ?? value;
  if (Array.isArray(value)) return value.map((each) => filled(each, stringFor));
  if (!isObject(value)) return value;
  for (const name of Object.keys(value)) {
    const before = value[name];
    if (typeof before !== "string" && typeof before !== "object") continue;
    // Assigning to this name would change what the object is.
    if (name !== "__proto__") value[name] = filled(before, stringFor);
  }
  return value;
}
