/** Chunks of a streamGenerateContent answer to Runnel's events. */
import type { FinishReason, StreamEvent } from "../../core/events.ts";
import type { TokenUsage } from "../../core/usage.ts";
import { hasError } from "../error-report.ts";
import { type Ending, EventDecoder, isBareError, type TextEvent } from "../event-decoder.ts";
import { EventTemplate } from "../event-template.ts";
import type { DecodeContext } from "../http-provider.ts";
import { isObject, type Json, parseJson, text } from "../json.ts";
import { finishReasonOf, isFaultyCall } from "./finish-reason.ts";
import { FunctionCalls } from "./function-calls.ts";
import { markSignature } from "./signature.ts";
import { ContentUsage, countFields } from "./usage.ts";

export class ContentDecoder extends EventDecoder {
  protected readonly protocol = "gemini";
  readonly #calls: FunctionCalls;
  readonly #usage = new ContentUsage(this.numbers);
  /** `tokenCount` is in lists by kind of content, which are not read. */
  protected readonly template = new EventTemplate(...countFields, "tokenCount");
  /** An event like the one before, of which only the text was read. */
  #uncounted: string | undefined;
  #signature: string | undefined;
  #blocked = false;

  constructor(context: DecodeContext) {
    super(context);
    this.#calls = new FunctionCalls(context.makeId);
  }

  protected get hasTools(): boolean {
    return this.#calls.size > 0;
  }

  /** The end of the body is the end of the answer, if a reason for it was given. */
  protected get mayEnd(): boolean {
    return this.rawReason !== undefined;
  }

  protected usageNews(): TokenUsage | undefined {
    this.#count();
    return this.#usage.news();
  }

  /** The counts go up, so that of events with the same ones those of the last are enough. */
  #count(): void {
    if (this.#uncounted === undefined) return;
    const value = parseJson(this.#uncounted);
    this.#uncounted = undefined;
    if (isObject(value)) this.#usage.read(value.usageMetadata);
  }

  protected textField({ candidates, promptFeedback }: Json, event: TextEvent): string | undefined {
    const [candidate, other] = Array.isArray(candidates) ? candidates : [];
    if (!isObject(candidate) || other !== undefined || candidate.finishReason || promptFeedback) return undefined;
    const parts = isObject(candidate.content) ? candidate.content.parts : undefined;
    return Array.isArray(parts) && parts.length === 1 && parts[0]?.text === event.text ? "text" : undefined;
  }

  protected override repeat(piece: string, thinks: boolean, out: StreamEvent[], data: string): void {
    this.#uncounted = data;
    this.#tell(piece, thinks, out);
  }

  protected finishReason(): FinishReason {
    return finishReasonOf(this.rawReason, this.hasTools, this.#blocked);
  }

  protected value(value: Json, isError: boolean, out: StreamEvent[]): void {
    this.#count();
    const { candidates, promptFeedback } = value;
    const failed = isError || (value.error !== undefined && hasError(value.error)) || isBareError(value);
    if (typeof value.modelVersion === "string" && value.modelVersion !== "") this.model = value.modelVersion;
    if (Array.isArray(candidates) || isObject(value.usageMetadata) || isObject(promptFeedback)) {
      this.recognised = true;
      if (!failed) this.start(out);
    }
    this.#usage.read(value.usageMetadata);
    const wasWhole = this.finishing;
    const candidate = Array.isArray(candidates) ? firstCandidate(candidates) : undefined;
    const content = isObject(candidate?.content) ? candidate.content : {};
    if (Array.isArray(content.parts)) {
      for (const part of content.parts) if (isObject(part)) this.#part(part, out);
    }
    if (failed) {
      this.recognised = true;
      this.finishing = wasWhole;
      this.fail(value, out);
      return;
    }
    const reason = text(candidate?.finishReason);
    if (reason !== undefined && reason !== "FINISH_REASON_UNSPECIFIED") this.#finish(reason);
    const blocked = isObject(promptFeedback) ? text(promptFeedback.blockReason) : undefined;
    if (blocked !== undefined && this.rawReason === undefined) {
      this.#blocked = true;
      this.#finish(blocked);
    }
  }

  #part(part: Json, out: StreamEvent[]): void {
    const signature = text(part.thoughtSignature) ?? text(part.thought_signature);
    if (isObject(part.functionCall)) {
      this.finishing = false;
      this.#calls.push(part.functionCall, signature, out);
      return;
    }
    // It often comes with an empty text, after all others.
    if (signature !== undefined) this.#signature = signature;
    const piece = text(part.text);
    if (piece !== undefined) this.#tell(piece, part.thought === true, out);
  }

  #tell(piece: string, thinks: boolean, out: StreamEvent[]): void {
    // Older models give a reason with every chunk.
    this.finishing = false;
    if (thinks) this.answer.thinking(piece, out);
    else this.answer.text(piece, out);
  }

  #finish(reason: string): void {
    this.rawReason = reason;
    this.finishing = true;
  }

  protected close(ending: Ending, out: StreamEvent[]): void {
    this.answer.close(out, ending === "broken");
    if (ending !== "broken" && this.#signature !== undefined) {
      out.push({ type: "thinking-delta", text: "", signature: markSignature(this.#signature) });
    }
    this.#calls.end(isFaultyCall(this.rawReason) ? "broken" : ending, out);
  }
}

/** Candidate 0: others are alternatives nobody asked for. */
function firstCandidate(candidates: readonly unknown[]): Json | undefined {
  for (const candidate of candidates) {
    if (!isObject(candidate)) continue;
    const { index } = candidate;
    if (index === 0 || index === undefined || index === null || index === "0") return candidate;
  }
  return undefined;
}
