/** Tells from the beginning of a backend's answer whether it is plain text or frames, and reads either. */
import { type BodyKind, type BodyReader, type Frame, FrameReader } from "../../stream/frames/sse.ts";

/** How lines of an event stream begin, beside comments. */
const fields = ["data:", "event:", "id:", "retry:"];

/** How much may come before it has to be decided what it is; also all that is kept for diagnosis. */
const headSize = 4096;

const blankLine = new TextEncoder().encode("\n\n");

export class AnswerReader implements BodyReader {
  /**
   * HTTP itself says where the body ends. Without that, the end of the connection is the end of the body, whether the
   * answer was whole or the server fell over.
   */
  isFramed = false;
  readonly #decoder = new TextDecoder();
  /** The type says that there is no more to the body than its text, or says nothing. */
  #isTextType = true;
  #text = "";
  #isText = false;
  #frames: FrameReader | undefined;
  /** What came before it was decided. */
  #waiting: Uint8Array[] = [];

  /** `headers`: of the response, in lower case. To be called before the first piece. */
  opened(headers: Readonly<Record<string, string>>): void {
    this.isFramed = headers["content-length"] !== undefined || /chunked/i.test(headers["transfer-encoding"] ?? "");
    this.#isTextType = /^\s*(text\/(plain|markdown)\b|$)/i.test(headers["content-type"] ?? "");
  }

  get kind(): BodyKind {
    return this.#frames?.kind ?? (this.#isText ? "text" : "unknown");
  }

  get head(): string {
    return this.#frames?.head ?? this.#text;
  }

  push(bytes: Uint8Array): Frame[] {
    if (this.#frames) return this.#frames.push(bytes);
    const piece = this.#decoder.decode(bytes, { stream: true });
    if (this.#isText) return this.#tell(piece);
    this.#text += piece;
    const shape = shapeOf(this.#text, this.#isTextType) ?? (this.#text.length > headSize ? "text" : undefined);
    if (shape === "text") return this.#begin();
    this.#waiting.push(bytes);
    if (shape === undefined) return [];
    const frames = new FrameReader();
    this.#frames = frames;
    return this.#waiting.splice(0).flatMap((each) => frames.push(each));
  }

  end(): Frame[] {
    // A body that HTTP ended is as long as the backend meant it, so an event without its blank line is whole.
    if (this.#frames) return [...(this.isFramed ? this.#frames.push(blankLine) : []), ...this.#frames.end()];
    const rest = this.#decoder.decode();
    if (this.#isText) return this.#tell(rest);
    this.#text += rest;
    return this.#begin();
  }

  #begin(): Frame[] {
    const text = this.#text;
    this.#isText = true;
    this.#waiting = [];
    this.#text = "";
    return this.#tell(text);
  }

  #tell(text: string): Frame[] {
    if (this.#text.length < headSize) this.#text += text.slice(0, headSize - this.#text.length);
    return text === "" ? [] : [{ data: text }];
  }
}

/**
 * Undefined until enough came. Backends are careless with types: events come as plain text and plain text as events.
 * Only what an honest text may begin with as well, such as a brace, is text because of its type.
 */
function shapeOf(begun: string, isTextType: boolean): "frames" | "text" | undefined {
  const start = begun.trimStart();
  if (start === "") return undefined;
  if (!isTextType && /^[:{[<]/.test(start)) return "frames";
  if (!beginsWithField(start)) return mayBecomeField(start) ? undefined : "text";
  if (!isTextType) return "frames";
  // YAML may begin with "data:" too, but there no empty line and no other field comes next.
  const rest = /^[^\r\n]*(?:\r\n|\r(?!$)|\n)([\s\S]*)/.exec(start)?.[1];
  if (rest === undefined || rest === "") return undefined;
  if (/^[\r\n:]/.test(rest) || beginsWithField(rest)) return "frames";
  return mayBecomeField(rest) ? undefined : "text";
}

function beginsWithField(text: string): boolean {
  return fields.some((field) => text.startsWith(field));
}

function mayBecomeField(text: string): boolean {
  return fields.some((field) => field.startsWith(text));
}
