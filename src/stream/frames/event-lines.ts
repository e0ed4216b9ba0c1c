/** Puts the blank line between two server-sent events back where a server left it out. */

import { TooLarge } from "../too-large.ts";
import { isOneDocument } from "./json-documents.ts";

const lineFeed = 10;
const carriageReturn = 13;

/**
 * By the standard, data lines under each other are one event. Two JSON documents never are one document together, so
 * where two lines each are an object (or the end mark), some server meant two events. Nothing else is changed.
 */
export class EventLines {
  /** The last data line is a document, and nothing but it is data of its event. */
  #open = false;
  /** There is data that has not ended in a blank line. */
  #hasData = false;
  /** Fields under a document: of its event, unless another document follows. */
  #held = "";
  #endsInReturn = false;
  readonly #maximumSize: number;

  /** `maximumSize`: characters of the fields under a document. */
  constructor(maximumSize: number) {
    this.#maximumSize = maximumSize;
  }

  /** `text` is whole lines. Throws `TooLarge` where the fields of one event grow without end. What it gives may lack the last of them, which then comes before the next. */
  part(text: string): string {
    // Only the event that was begun before and the one that goes on after need a look at each line.
    const begun = this.#hasData ? afterFirstBlankLine(text) : 0;
    const end = Math.max(begun, afterLastBlankLine(text));
    if (begun === 0 && end === text.length && !hasDataUnderData(text)) return text;
    const whole = text.slice(begun, end);
    return (
      this.#byLine(text.slice(0, begun)) +
      (hasDataUnderData(whole) ? this.#byLine(whole) : whole) +
      this.#byLine(text.slice(end))
    );
  }

  #byLine(text: string): string {
    if (text === "") return "";
    let parted = "";
    const lines = /[^\r\n]*(?:\r\n|\r|\n)/y;
    if (this.#endsInReturn && text.charCodeAt(0) === lineFeed) {
      // The second half of a line end.
      if (this.#held === "") parted = "\n";
      else this.#held += "\n";
      lines.lastIndex = 1;
    }
    for (let match = lines.exec(text); match; match = lines.exec(text)) parted += this.#line(match[0]);
    this.#endsInReturn = text.charCodeAt(text.length - 1) === carriageReturn;
    return parted;
  }

  #line(line: string): string {
    const [, name, value = ""] = /^(data|event|id|retry)(?::([^\r\n]*))?[\r\n]*$/.exec(line) ?? [];
    if (name === undefined && line.trim() !== "") return this.#held === "" ? line : this.#hold(line);
    if (name !== undefined && name !== "data") return this.#open ? this.#hold(line) : line;
    const held = this.#held;
    this.#held = "";
    if (name === undefined) {
      this.#open = false;
      this.#hasData = false;
      return held + line;
    }
    const isNext = isDocument(value);
    const parts = this.#open && isNext;
    this.#open = isNext && (parts || !this.#hasData);
    this.#hasData = true;
    // Two, because the first ends a line whose end was a carriage return.
    return (parts ? "\n\n" : "") + held + line;
  }

  #hold(line: string): string {
    this.#held += line;
    if (this.#held.length > this.#maximumSize) throw new TooLarge("event");
    return "";
  }
}

function isDocument(value: string): boolean {
  const data = value.replace(/^(?:\s|data:)+/, "").trimEnd();
  return data === "[DONE]" || (data.startsWith("{") && data.endsWith("}") && isOneDocument(data));
}

/** The length of `text` where it has none. Where lines end in carriage returns alone, none is found. */
function afterFirstBlankLine(text: string): number {
  const short = text.indexOf("\n\n");
  const before = short < 0 ? text : text.slice(0, short + 1);
  const long = before.indexOf("\n\r\n");
  if (long >= 0) return long + 3;
  return short < 0 ? text.length : short + 2;
}

/** 0 where `text` has none. */
function afterLastBlankLine(text: string): number {
  const { length } = text;
  if (length > 1 && text.charCodeAt(length - 1) === lineFeed && text.charCodeAt(length - 2) === lineFeed) return length;
  const short = text.lastIndexOf("\n\n");
  // Of the others only one behind it counts.
  const long = text.indexOf("\r", Math.max(short, 0)) < 0 ? -1 : text.lastIndexOf("\n\r\n");
  return Math.max(short < 0 ? 0 : short + 2, long < 0 ? 0 : long + 3);
}

/** Whether a data line comes under another one, with other fields between them perhaps. */
function hasDataUnderData(text: string): boolean {
  for (let at = text.indexOf("\ndata"); at >= 0; at = text.indexOf("\ndata", at + 5)) {
    // Most come directly under a blank line.
    if (text.charCodeAt(at - 1) === lineFeed) continue;
    // The line before, and those before that, up to a blank one.
    for (let end = at; end > 0; ) {
      const isLong = text.charCodeAt(end - 1) === carriageReturn;
      const start = text.lastIndexOf("\n", end - 1) + 1;
      if (start >= (isLong ? end - 1 : end)) break;
      if (text.startsWith("data", start)) return true;
      end = start - 1;
    }
  }
  return false;
}
