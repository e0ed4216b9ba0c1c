/** What decoders of JSON events share: what cannot be read, errors wherever they come, and exactly one end. */
import type { AssistantError } from "../core/errors.ts";
import type { FinishReason, StreamEvent } from "../core/events.ts";
import { NumberCheck } from "../core/foreign-number.ts";
import type { TokenUsage } from "../core/usage.ts";
import type { Frame } from "../stream/sse.ts";
import { AnswerText } from "./answer-text.ts";
import { reportedError } from "./errors.ts";
import type { EventTemplate } from "./event-template.ts";
import type { DecodeContext } from "./http-provider.ts";
import { isObject, type Json, parseJson } from "./json.ts";
import type { FrameDecoder } from "./read-answer.ts";
import { brokenOff, emptyAnswer, otherProtocol, unreadable } from "./stream-errors.ts";

/** More broken frames than this and the stream is not to be trusted. */
const maximumMalformed = 5;

export type TextEvent = Extract<StreamEvent, { type: "text-delta" | "thinking-delta" }>;

/** How an answer ended: as it should, at the limit of tokens, or somewhere in the middle. */
export type Ending = "whole" | "length" | "broken";

export abstract class EventDecoder implements FrameDecoder {
  done = false;
  /** The answer is whole: only usage, late errors and the protocol's own end may still come. */
  finishing = false;
  failure: AssistantError | undefined;

  protected readonly context: DecodeContext;
  protected readonly answer = new AnswerText();
  /** Reads the numbers that the server reports. */
  protected readonly numbers = new NumberCheck();
  /** The finish reason as the server wrote it. */
  protected rawReason: string | undefined;
  protected model: string | undefined;
  /** Something came that only this protocol says. */
  protected recognised = false;
  /** The event before was thinking; where the template matches, the one that it was learned from. */
  #thinks = false;
  #started = false;
  #frames = 0;
  #malformed = 0;

  constructor(context: DecodeContext) {
    this.context = context;
  }

  /** The protocol's name in settings. */
  protected abstract readonly protocol: string;
  /** Reads one event. `isError` when its frame was named so. */
  protected abstract value(value: Json, isError: boolean, out: StreamEvent[]): void;
  /** The reported usage so far if there is news since the last call. */
  protected abstract usageNews(): TokenUsage | undefined;
  protected abstract readonly hasTools: boolean;
  protected abstract finishReason(): FinishReason;
  /** Hands over what was held back and ends the tool calls. */
  protected abstract close(ending: Ending, out: StreamEvent[]): void;
  /** Whether the end of the body ends the answer, as things stand. */
  protected abstract readonly mayEnd: boolean;
  /** Of events that bring a piece of text. */
  protected abstract readonly template: EventTemplate;
  /** The field whose text `event` told, when this is all that `value` did and others may follow that do the same. */
  protected abstract textField(value: Json, event: TextEvent): string | undefined;
  /** Tells a piece that came in an event like the one before. */
  protected repeat(piece: string, thinks: boolean, out: StreamEvent[], _data: string): void {
    if (thinks) this.answer.thinking(piece, out);
    else this.answer.content(piece, out);
  }

  decode(frames: readonly Frame[], out: StreamEvent[]): void {
    for (const frame of frames) {
      if (this.done || this.failure) break;
      this.#frame(frame, out);
    }
    this.#reportUsage(out);
  }

  end(out: StreamEvent[], head: string, lost?: AssistantError): void {
    if (this.done || this.failure) return;
    if (this.mayEnd) this.complete(out);
    else this.break(lost ?? this.#unfinished(head), out);
  }

  #frame(frame: Frame, out: StreamEvent[]): void {
    const { data } = frame;
    const isError = frame.event === "error";
    const piece = isError ? undefined : this.template.match(data);
    if (piece !== undefined) {
      this.repeat(piece, this.#thinks, out, data);
      return;
    }
    const word = data.length < 20 ? data.trim() : data;
    if (word === "") return;
    if (word === "[DONE]" || word === '"[DONE]"') {
      // Not of these protocols, but gateways that speak several add it.
      if (this.finishing) this.complete(out);
      else this.break(this.#unfinished(""), out);
      return;
    }
    this.#frames++;
    this.template.forget();
    const value = parseJson(data);
    if (isObject(value)) {
      const before = out.length;
      this.value(value, isError, out);
      if (!isError && out.length === before + 1) this.#learn(data, value, out[before]!);
    } else if (isError) this.fail(value ?? data, out);
    else if (Array.isArray(value)) {
      for (const element of value) {
        if (isObject(element) && !this.done && !this.failure) this.value(element, false, out);
      }
    } else if (value === undefined) this.#skip(out);
  }

  #learn(data: string, value: Json, event: StreamEvent): void {
    if (event.type !== "text-delta" && event.type !== "thinking-delta") return;
    const field = this.textField(value, event);
    if (field === undefined) return;
    this.#thinks = event.type === "thinking-delta";
    this.template.learn(data, field);
  }

  protected start(out: StreamEvent[]): void {
    if (this.#started) return;
    this.#started = true;
    const { requestId } = this.context;
    out.push({
      type: "start",
      ...(this.model === undefined ? {} : { model: this.model }),
      ...(requestId === undefined ? {} : { requestId }),
    });
  }

  protected complete(out: StreamEvent[]): void {
    this.#reportUsage(out);
    const finishReason = this.finishReason();
    this.close(finishReason === "length" ? "length" : "whole", out);
    this.done = true;
    out.push({
      type: "end",
      finishReason,
      ...(this.rawReason === undefined ? {} : { rawReason: this.rawReason }),
      ...(this.model === undefined ? {} : { model: this.model }),
    });
  }

  /** An error that the server reports; after a whole answer it is worth a notice only. */
  protected fail(value: unknown, out: StreamEvent[]): void {
    const error = reportedError(value, this.context);
    if (!this.finishing) this.break(error, out);
    else out.push({ type: "notice", code: "late-error", detail: error.details.providerMessage ?? error.message });
  }

  protected break(error: AssistantError, out: StreamEvent[]): void {
    this.#reportUsage(out);
    this.close("broken", out);
    this.failure = error;
  }

  #skip(out: StreamEvent[]): void {
    this.#malformed++;
    out.push({ type: "notice", code: "malformed-frames", count: this.#malformed });
    if (this.#malformed > maximumMalformed && !this.finishing) this.break(unreadable(this.context), out);
  }

  #reportUsage(out: StreamEvent[]): void {
    const usage = this.usageNews();
    if (usage) out.push({ type: "usage", usage: this.numbers.usage(usage) });
    const refused = this.numbers.news();
    if (refused) out.push({ type: "notice", code: "implausible-numbers", detail: refused.join(", ") });
  }

  /** Why the stream is over without an end. */
  #unfinished(head: string): AssistantError {
    if (this.answer.written || this.hasTools) return brokenOff(this.context);
    if (this.#malformed > 0 && this.#malformed === this.#frames) return unreadable(this.context);
    if (this.#frames > 0 && !this.recognised) return otherProtocol(this.context, this.protocol);
    return emptyAnswer(this.context, head);
  }
}

/** An error that is wrapped in nothing: `{type: "error", message}`, `{object: "error", message}`, FastAPI's `detail`. */
export function isBareError(value: Json): boolean {
  if (value.type === "error" || value.object === "error") return true;
  return value.type === undefined && (typeof value.detail === "string" || Array.isArray(value.detail));
}
