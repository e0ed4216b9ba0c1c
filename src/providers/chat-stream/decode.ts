/** A backend's answer, in whichever of its three shapes, to Runnel's events. */
import type { AssistantError } from "../../core/errors.ts";
import type { StreamEvent } from "../../core/events.ts";
import type { TokenUsage } from "../../core/usage.ts";
import { documentsIn } from "../../stream/frames/json-documents.ts";
import type { Frame } from "../../stream/frames/sse.ts";
import { errorIn } from "../errors/error-signs.ts";
import { unprovenEnd } from "../errors/stream-errors.ts";
import { type Ending, EventDecoder, type TextEvent, type UsageNews } from "../provider/event-decoder.ts";
import { EventTemplate } from "../provider/event-template.ts";
import { isObject, type Json, parseJson, text } from "../provider/json.ts";
import { pythonDict } from "../provider/python-dict.ts";
import type { ResponseHead } from "../provider/read-answer.ts";
import { AnswerReader } from "./reader.ts";

/** Plain text that begins like one of these, without its white space, is held back: an error may be all there is. */
const errorOpenings = ['{"error":', '{"detail":', '{"type":"error"', '{"object":"error"'];

/** Errors are shorter. */
const largestError = 4096;

/**
 * 1. JSON events: `{type: "ttft"}`, `{type: "token", value}`, `{type: "done"}`, `{type: "error", message}`. Only `done`
 *    ends them.
 * 2. Plain text, which ends where HTTP says that the body ends.
 * 3. Events whose data is the token itself, ended by an event `done`, by `[DONE]`, or as plain text is.
 */
export class ChatStreamDecoder extends EventDecoder {
  readonly reader = new AnswerReader();
  protected readonly protocol = "chat-stream";
  protected readonly hasTools = false;
  protected readonly template = new EventTemplate();
  /** The third shape; undefined until an event tells. */
  #isTokens: boolean | undefined;
  /** The beginning of plain text while it may be an error; undefined once it is not. */
  #held: string | undefined = "";
  #usage: TokenUsage | undefined;
  #bodyEnded = false;

  override opened(response: ResponseHead): void {
    super.opened(response);
    this.reader.opened(response.headers);
  }

  protected override get mayEnd(): boolean {
    return this.#bodyEnded && this.reader.isFramed && this.#endsWithBody;
  }

  /** The backend does not say why it ends. */
  protected finishReason(): "stop" {
    return "stop";
  }

  protected usageNews(): UsageNews | undefined {
    const usage = this.#usage;
    this.#usage = undefined;
    return usage && { usage };
  }

  override decode(frames: readonly Frame[], out: StreamEvent[]): void {
    if (this.reader.kind === "text") {
      for (const { data } of frames) this.#plain(data, out);
      return;
    }
    this.#isTokens ??= areTokens(frames);
    if (!this.#isTokens) {
      super.decode(frames, out);
      return;
    }
    for (const frame of frames) {
      if (this.done || this.failure) break;
      this.#token(frame, out);
    }
  }

  override end(out: StreamEvent[], head: string, lost?: AssistantError): void {
    this.#bodyEnded = lost === undefined;
    if (this.#held) this.#settle(this.#held, out);
    // The same as a connection that broke, so the answer may not pass for a whole one.
    const unproven = this.#endsWithBody && !this.reader.isFramed;
    super.end(out, head, lost ?? (unproven ? unprovenEnd(this.context) : undefined));
  }

  protected textField({ value }: Json, event: TextEvent): string | undefined {
    return event.type === "text-delta" && event.text === value ? "value" : undefined;
  }

  protected value(event: Json, isError: boolean, out: StreamEvent[]): void {
    const error = isError ? event : errorIn(event);
    if (error !== undefined) {
      this.recognised = true;
      this.fail(error, out);
      return;
    }
    switch (event.type) {
      // The backend's own clock; Runnel measures where the person waits.
      case "ttft":
        this.start(out);
        break;
      case "token": {
        this.start(out);
        const piece = text(event.value);
        if (piece !== undefined) this.answer.content(piece, out);
        break;
      }
      case "done":
        this.start(out);
        this.#count(event);
        // A backend that did not stream may say all there is here.
        if (!this.answer.written) this.answer.content(text(event.value) ?? text(event.text) ?? "", out);
        this.complete(out);
        break;
      default:
        return;
    }
    this.recognised = true;
  }

  #token({ event = "message", data }: Frame, out: StreamEvent[]): void {
    switch (event) {
      case "message":
        if (data.length < 30 && documentsIn(data)?.[0] === "[DONE]") this.complete(out);
        else if (data !== "") {
          this.start(out);
          this.answer.content(data, out);
        }
        break;
      case "done": {
        const value = parseJson(data);
        if (isObject(value)) this.#count(value);
        this.complete(out);
        break;
      }
      case "error":
        this.fail(parseJson(data) ?? data, out);
        break;
    }
  }

  #plain(piece: string, out: StreamEvent[]): void {
    let ready = piece;
    if (this.#held !== undefined) {
      ready = this.#held + piece;
      if (ready.length < largestError && mayBeError(ready)) {
        this.#held = ready;
        return;
      }
      this.#held = undefined;
    }
    this.start(out);
    this.answer.content(ready, out);
  }

  /** Nothing follows what was held back: by itself it is an error, or a short answer that only began like one. */
  #settle(held: string, out: StreamEvent[]): void {
    this.#held = undefined;
    const value = parseJson(held);
    const error = isObject(value) ? errorIn(value) : undefined;
    if (error !== undefined) this.fail(error, out);
    else if (held.trim() !== "") {
      this.start(out);
      this.answer.content(held, out);
    }
  }

  /** Plain text and tokens need no more to be whole than the end of the body. */
  get #endsWithBody(): boolean {
    return this.answer.written && (this.#isTokens === true || this.reader.kind === "text");
  }

  /** What the total counts is not agreed upon. It comes from the one who counts tokens as they go out, so the output. */
  #count({ total_tokens }: Json): void {
    const outputTokens = this.numbers.tokens(total_tokens);
    if (outputTokens !== undefined) this.#usage = { outputTokens };
  }

  protected close(ending: Ending, out: StreamEvent[]): void {
    this.answer.close(out, ending === "broken");
  }
}

/** Whether the data of events is the tokens themselves; undefined while no event tells. */
function areTokens(frames: readonly Frame[]): boolean | undefined {
  const first = frames.find(({ event, data }) => (event === undefined || event === "message") && data !== "");
  if (first === undefined) return undefined;
  const [document = first.data] = documentsIn(first.data) ?? [];
  if (document === "[DONE]") return undefined;
  const value = /^\s*\{/.test(document) ? (parseJson(document) ?? pythonDict(document)) : undefined;
  if (!isObject(value)) return true;
  // A token may look like an object. Events without a name are rather those of another protocol then.
  const isEvent = isOurs(value) || errorIn(value) !== undefined;
  return !isEvent && (first.event === "message" || document !== first.data || parseJson(document) === undefined);
}

function isOurs({ type }: Json): boolean {
  return type === "ttft" || type === "token" || type === "done";
}

function mayBeError(begun: string): boolean {
  const start = begun.slice(0, 200).replace(/\s+/g, "");
  return errorOpenings.some((opening) => opening.startsWith(start) || start.startsWith(opening));
}
