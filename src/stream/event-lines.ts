/** Puts the blank line between two server-sent events back where a server left it out. */
import { isJson } from "./json-documents.ts";

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

  /** `text` is whole lines. What it gives may lack the last of them, which then comes before the next. */
  part(text: string): string {
    const isSettled = !this.#hasData && endsInBlankLine(text) && !hasDataUnderData(text);
    return isSettled ? text : this.#byLine(text);
  }

  #byLine(text: string): string {
    let parted = "";
    const lines = /[^\r\n]*(?:\r\n|\r|\n)/g;
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
    return "";
  }
}

function isDocument(value: string): boolean {
  const data = value.replace(/^(?:\s|data:)+/, "").trimEnd();
  return data === "[DONE]" || (data.startsWith("{") && data.endsWith("}") && isJson(data));
}

function endsInBlankLine(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  const before = text.charCodeAt(text.length - 2);
  if (last === lineFeed && before === carriageReturn) {
    const third = text.charCodeAt(text.length - 3);
    return third === lineFeed || third === carriageReturn;
  }
  return before === lineFeed || before === carriageReturn;
}

/** Whether a data line comes under another one, with other fields between them perhaps. */
function hasDataUnderData(text: string): boolean {
  return isUnderData(text, "\ndata") || isUnderData(text, "\rdata");
}

function isUnderData(text: string, mark: string): boolean {
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + mark.length)) {
    let end = at;
    for (;;) {
      if (mark === "\ndata" && text.charCodeAt(end - 1) === carriageReturn) end--;
      const start = startOfLine(text, end);
      if (start === end) break;
      if (text.startsWith("data", start)) return true;
      if (start === 0) break;
      end = start - 1;
    }
  }
  return false;
}

/** Of the line that ends at `end`. */
function startOfLine(text: string, end: number): number {
  let start = end;
  while (start > 0) {
    const code = text.charCodeAt(start - 1);
    if (code === lineFeed || code === carriageReturn) break;
    start--;
  }
  return start;
}
