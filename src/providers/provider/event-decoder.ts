/** What decoders of JSON events share: what cannot be read, errors wherever they come, and exactly one end. */
import { defined } from "../../core/defined.ts";
import type { AssistantError } from "../../core/errors.ts";
import type { FinishReason, StreamEvent } from "../../core/events.ts";
import { NumberCheck } from "../../core/foreign-number.ts";
import { limits } from "../../core/limits.ts";
import type { TokenUsage } from "../../core/usage.ts";
import { documentsIn } from "../../stream/frames/json-documents.ts";
import type { Frame } from "../../stream/frames/sse.ts";
import { reportedError } from "../errors/errors.ts";
import { brokenOff, emptyAnswer, otherProtocol, unreadable } from "../errors/stream-errors.ts";
import { AnswerText } from "./answer-text.ts";
import type { EventTemplate } from "./event-template.ts";
import type { DecodeContext } from "./http-provider.ts";
import { isObject, type Json, parseJson } from "./json.ts";
import { pythonDict } from "./python-dict.ts";
import type { FrameDecoder, ResponseHead } from "./read-answer.ts";

export type TextEvent = Extract<StreamEvent, { type: "text-delta" | "thinking-delta" }>;

/** How an answer ended: as it should, at the limit of tokens, or somewhere in the middle. */
export type Ending = "whole" | "length" | "broken";

/** Where an answer's end was announced. */
interface Announced {
  /** How much of the answer there was. */
  at: number;
  /** It came with nothing of the answer. */
  isAlone: boolean;
  /** It came with a piece, as all before it did, so that it may come with each that follows. */
  isUsual: boolean;
  /** It came with a piece, as one did before that more of the answer followed. */
  isDisproved: boolean;
}

export interface UsageNews {
  usage: TokenUsage;
  cost?: { amount: number; currency: string };
}

export abstract class EventDecoder implements FrameDecoder {
  done = false;
  failure: AssistantError | undefined;

  protected context: DecodeContext;
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
  #announced: Announced | undefined;
  /** Of the answer there was this much before the event that is read now. */
  #before = 0;
  /** A piece of the answer came in an event that announced no end. */
  #hasPlainPiece = false;
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
  protected abstract usageNews(): UsageNews | undefined;
  protected abstract readonly hasTools: boolean;
  protected abstract finishReason(): FinishReason;
  /** Hands over what was held back and ends the tool calls. */
  protected abstract close(ending: Ending, out: StreamEvent[]): void;
  /** Whether the end of the body ends the answer, as things stand. */
  protected get mayEnd(): boolean {
    return this.isOver;
  }
  /** Whether a value is none of the answer's, such as a gateway's greeting. */
  protected isIdle(_value: Json): boolean {
    return false;
  }
  /** Of events that bring a piece of text. */
  protected abstract readonly template: EventTemplate;
  /** The field whose text `event` told, when this is all that `value` did and others may follow that do the same. */
  protected abstract textField(value: Json, event: TextEvent): string | undefined;
  /** Tells a piece that came in an event like the one before. */
  protected repeat(piece: string, thinks: boolean, out: StreamEvent[], _data: string): void {
    if (thinks) this.answer.thinking(piece, out);
    else this.answer.content(piece, out);
  }

  get wholeAt(): number | undefined {
    return this.#announced?.isUsual ? undefined : this.announcedAt;
  }

  /** `wholeAt` where the first piece of an answer may be its last. */
  protected get announcedAt(): number | undefined {
    return this.isOver && this.#hasAnswer && !this.#announced?.isDisproved ? this.#announced?.at : undefined;
  }

  /** An end was announced, and nothing of the answer came after it. */
  protected get isOver(): boolean {
    return this.#announced?.at === this.answer.pieces;
  }

  get #hasAnswer(): boolean {
    return this.answer.hasText || this.hasTools;
  }

  opened({ requestId }: ResponseHead): void {
    if (requestId !== undefined) this.context = { ...this.context, requestId };
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
    const isCut = lost !== undefined && (this.#announced?.isUsual || this.#announced?.isDisproved);
    if (this.mayEnd && !isCut) this.complete(out);
    else this.break(lost ?? this.unfinished(head), out);
  }

  #frame(frame: Frame, out: StreamEvent[]): void {
    const { data, parsed } = frame;
    const isError = frame.event === "error";
    const piece = isError ? undefined : this.template.match(data);
    if (piece !== undefined) {
      this.repeat(piece, this.#thinks, out, data);
      return;
    }
    const word = data.length < 20 ? data.trim() : data;
    if (word === "") return;
    if (word === "[DONE]" || word === '"[DONE]"') {
      this.endMark(this.#frames > 0, out);
      return;
    }
    this.template.forget();
    const json = parsed ? parsed.value : parseJson(data);
    const value = json === undefined ? pythonDict(data) : json;
    if (isObject(value) && this.isIdle(value)) return;
    this.#frames++;
    if (isObject(value)) {
      const before = out.length;
      this.#value(value, isError, out);
      if (!isError && out.length === before + 1) this.#learn(data, value, out[before]!);
    } else if (Array.isArray(value) && !isError) {
      for (const element of value) {
        if (isObject(element) && !this.done && !this.failure) this.#value(element, false, out);
      }
    } else if (value === undefined) this.#unread(frame, out);
    else if (isError) this.fail(value, out);
  }

  #value(value: Json, isError: boolean, out: StreamEvent[]): void {
    this.#before = this.answer.pieces;
    const announced = this.#announced;
    this.value(value, isError, out);
    this.#hasPlainPiece ||= this.answer.pieces > this.#before && this.#announced === announced;
  }

  /** Several documents in one frame are as many events, of which a name is the last one's. */
  #unread({ event, data, parsed }: Frame, out: StreamEvent[]): void {
    const documents = parsed ? undefined : documentsIn(data);
    if (documents === undefined) {
      if (event === "error") this.fail(data, out);
      else this.#skip(out);
      return;
    }
    this.#frames--;
    documents.forEach((document, index) => {
      if (this.done || this.failure) return;
      this.#frame({ event: index === documents.length - 1 ? event : undefined, data: document }, out);
    });
  }

  /** `[DONE]` is not of most protocols, but gateways that speak several add it. */
  protected endMark(_hasFrames: boolean, out: StreamEvent[]): void {
    if (this.isOver) this.complete(out);
    else this.break(this.unfinished(""), out);
  }

  #learn(data: string, value: Json, event: StreamEvent): void {
    if (event.type !== "text-delta" && event.type !== "thinking-delta") return;
    // An end that is announced with each piece is read with each.
    if (this.isOver || this.done) return;
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
      ...defined({ model: this.model, requestId }),
    });
  }

  /** A finish reason: the end, unless more of the answer follows. */
  protected announceEnd(raw: string): void {
    const { pieces } = this.answer;
    const isAlone = pieces === this.#before;
    const before = this.#announced;
    const wasWrong = before !== undefined && (before.isDisproved || before.at < this.#before);
    const isUsual = !isAlone && !this.#hasPlainPiece;
    this.rawReason = raw;
    this.#announced = { at: pieces, isAlone, isUsual, isDisproved: !isAlone && wasWrong };
  }

  /** Nothing is no answer, whatever the server says; only one that was filtered is none by intent. */
  protected complete(out: StreamEvent[]): void {
    this.#reportUsage(out);
    const finishReason = this.finishReason();
    this.answer.close(out, false);
    // The rest of an answer may be nothing.
    if (!this.#hasAnswer && finishReason !== "content-filter" && !this.context.isRest) {
      this.break(this.#nothing("", finishReason === "length"), out);
      return;
    }
    this.close(finishReason === "length" ? "length" : "whole", out);
    this.done = true;
    out.push({
      type: "end",
      finishReason,
      ...defined({ rawReason: this.rawReason, model: this.model }),
    });
  }

  /** An error that the server reports; after an end that was announced by itself it is worth a notice only. */
  protected fail(value: unknown, out: StreamEvent[]): void {
    const error = reportedError(value, this.context);
    if (!this.isOver || !this.#announced?.isAlone || !this.#hasAnswer) this.break(error, out);
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
    if (this.#malformed > limits.malformedEvents && !this.isOver) this.break(unreadable(this.context), out);
  }

  #reportUsage(out: StreamEvent[]): void {
    const news = this.usageNews();
    if (news) out.push({ type: "usage", ...news, usage: this.numbers.usage(news.usage) });
    const refused = this.numbers.news();
    if (refused) out.push({ type: "notice", code: "implausible-numbers", detail: refused.join(", ") });
  }

  /** Why the stream is over without an end. */
  protected unfinished(head: string): AssistantError {
    return this.answer.written || this.hasTools ? brokenOff(this.context) : this.#nothing(head, false);
  }

  #nothing(head: string, atLimit: boolean): AssistantError {
    if (this.#malformed > 0 && this.#malformed === this.#frames) return unreadable(this.context);
    if (this.#frames > 0 && !this.recognised) return otherProtocol(this.context, this.protocol);
    return emptyAnswer(this.context, head, atLimit);
  }
}
