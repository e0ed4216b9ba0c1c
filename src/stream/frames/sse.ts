/** Bytes of a streamed answer to frames: server-sent events as they should be, and what servers send in their place. */
import { createParser, type EventSourceParser } from "eventsource-parser";
import { JsonProgress } from "../../core/json-shape.ts";
import { limits } from "../../core/limits.ts";
import { TooLarge } from "../too-large.ts";
import { EventLines } from "./event-lines.ts";
import { isWhole, ListReader } from "./json-documents.ts";

/** One event of the stream, or one line of newline-delimited JSON. */
export interface Frame {
  event?: string | undefined;
  data: string;
  /** Where the data was parsed already; undefined inside where it is no JSON. */
  parsed?: { value: unknown };
}

/** What the body turned out to be; `unknown` until its beginning tells. Plain text is an answer to few protocols only. */
export type BodyKind = "unknown" | "sse" | "json" | "html" | "text";

/** Bytes of one body to frames. */
export interface BodyReader {
  readonly kind: BodyKind;
  /** The first characters of the body, for diagnosis. */
  readonly head: string;
  /** The frames that these bytes complete. Throws `TooLarge`. */
  push(bytes: Uint8Array): Frame[];
  /** The frames that only the end of the body completes. */
  end(): Frame[];
}

const headSize = 4 * 1024;
const wide = /[^\u0000-\u00ff]/;

export class FrameReader implements BodyReader {
  kind: BodyKind = "unknown";
  head = "";
  readonly #maximumSize: number;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  readonly #parser: EventSourceParser;
  #frames: Frame[] = [];
  /** Lines of a JSON value that stands between the events. */
  #stray: string[] = [];
  #strayProgress = new JsonProgress();
  #straySize = 0;
  /** The begun line at the end of what came, in pieces. */
  #pieces: string[] = [];
  #piecesSize = 0;
  /** Some of its characters take two bytes, so that all do once it is one string. */
  #isWide = false;
  readonly #lines: EventLines;
  /** Of a JSON body that is one list: gives its elements. */
  #list: ListReader | undefined;
  /** Of a JSON body: true once its first line was a value of its own. */
  #lineByLine: boolean | undefined;

  constructor(maximumSize: number = limits.event) {
    this.#maximumSize = maximumSize;
    this.#lines = new EventLines(Math.min(maximumSize, limits.fields));
    this.#parser = createParser({
      maxBufferSize: maximumSize,
      onEvent: (event) => {
        this.#frames.push(event);
      },
      onError: (error) => {
        if (error.type === "max-buffer-size-exceeded") throw new TooLarge("event");
        if (error.type === "unknown-field") this.#strayLine(error.field ?? "", error.value ?? "", error.line ?? "");
      },
    });
  }

  push(bytes: Uint8Array): Frame[] {
    this.#text(this.#decoder.decode(bytes, { stream: true }));
    return this.#take();
  }

  /** A last event without its blank line counts when it is whole, that is `[DONE]` or JSON; otherwise it was cut off. */
  end(): Frame[] {
    this.#text(this.#decoder.decode());
    const rest = this.#pieces.join("");
    this.#pieces = [];
    if (this.kind === "json") {
      this.#wholeJson(rest);
      return this.#take();
    }
    if (this.kind !== "sse") return [];
    const complete = this.#frames.length;
    this.#feed(this.#lines.part(`${rest}\n\n`));
    if (this.#stray.length > 0) this.#frames.push({ data: this.#stray.join("\n") });
    const frames = this.#take();
    const last = frames.slice(complete).filter(({ data }) => isWhole(data));
    return [...frames.slice(0, complete), ...last];
  }

  #take(): Frame[] {
    const frames = this.#frames;
    this.#frames = [];
    return frames;
  }

  #text(text: string): void {
    if (this.head.length < headSize) this.head += text.slice(0, headSize - this.head.length);
    if (this.kind === "unknown") {
      this.#sniff(text);
      return;
    }
    this.#read(text);
  }

  #sniff(text: string): void {
    // White space or a byte order mark before the first line is common and means nothing.
    const first = /[^\s\uFEFF]/.exec(text);
    if (!first) return;
    const sign = first[0];
    this.kind = sign === "<" ? "html" : sign === "{" || sign === "[" ? "json" : "sse";
    if (sign === "[") this.#list = new ListReader();
    this.#read(text.slice(first.index));
  }

  /**
   * Cuts after the last line end, so that the parser sees whole lines only: it drops a line with an unknown name when
   * it comes in pieces, and some servers report their errors in such lines.
   */
  #read(text: string): void {
    if (this.kind === "html") return;
    if (this.#list) {
      this.#elements(this.#list, text);
      return;
    }
    const end = endOfLastLine(text, this.kind === "sse");
    if (end === 0) {
      this.#keep(text);
      return;
    }
    // One value over many lines is put together at its end.
    if (this.#lineByLine === false) {
      this.#keep(text);
      return;
    }
    let whole = end === text.length ? text : text.slice(0, end);
    if (this.#pieces.length > 0) {
      this.#pieces.push(whole);
      whole = this.#pieces.join("");
      this.#pieces = [];
      this.#piecesSize = 0;
      this.#isWide = false;
    }
    if (this.kind === "sse") this.#feed(this.#lines.part(whole));
    else this.#jsonLines(whole);
    if (end < text.length) this.#keep(text.slice(end));
  }

  /** The parser makes an error of each line that is none, and the stack of an error costs more than all else. */
  #feed(text: string): void {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      this.#parser.feed(text);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }

  #keep(text: string): void {
    if (text === "") return;
    // Of a comment nothing but its colon matters.
    if (this.kind === "sse" && (this.#pieces[0] ?? text).startsWith(":")) {
      this.#pieces = [":"];
      return;
    }
    this.#pieces.push(text);
    this.#piecesSize += text.length;
    this.#isWide ||= wide.test(text);
    if (this.#piecesSize * (this.#isWide ? 2 : 1) > this.#maximumSize) throw new TooLarge("event");
  }

  /** A line that is no field of an event stream: older llama.cpp writes `error: {…}`, Gemini a bare JSON error. */
  #strayLine(field: string, value: string, line: string): void {
    if (field === "error") this.#frames.push({ event: "error", data: value });
    else if (this.#stray.length > 0 || line.startsWith("{")) this.#strayJson(line);
  }

  /** A value over several lines counts as one frame once it is whole. */
  #strayJson(line: string): void {
    this.#stray.push(line);
    this.#strayProgress.push(`${line}\n`);
    this.#straySize += line.length + 1;
    const mayGrow = this.#stray.length < limits.strayLines && this.#straySize <= headSize * 4;
    if (!this.#strayProgress.isClosed && mayGrow) return;
    this.#frames.push({ data: this.#stray.join("\n") });
    this.#stray = [];
    this.#strayProgress = new JsonProgress();
    this.#straySize = 0;
  }

  /** Each line a value, unless the first is none: then the body is one value over many lines, read at its end. */
  #jsonLines(text: string): void {
    if (this.#lineByLine === undefined) {
      const first = text.slice(0, text.indexOf("\n"));
      this.#lineByLine = isWhole(first);
    }
    if (!this.#lineByLine) {
      this.#keep(text);
      return;
    }
    for (const line of text.split("\n")) {
      const data = line.trim();
      if (data !== "") this.#frames.push({ data });
    }
  }

  #wholeJson(text: string): void {
    const data = text.trim();
    if (data !== "") this.#frames.push({ data });
  }

  #elements(list: ListReader, text: string): void {
    for (const data of list.push(text)) this.#frames.push({ data });
    if (list.waiting > this.#maximumSize) throw new TooLarge("event");
  }
}

/** After the last line end, or 0. Most pieces end with one. */
function endOfLastLine(text: string, carriageReturns: boolean): number {
  const end = text.lastIndexOf("\n") + 1;
  if (!carriageReturns || end === text.length || text.indexOf("\r", end) < 0) return end;
  return text.lastIndexOf("\r") + 1;
}
