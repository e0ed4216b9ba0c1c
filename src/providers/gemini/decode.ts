/** Chunks of a streamGenerateContent answer to Runnel's events. */
import type { FinishReason, StreamEvent } from "../../core/events.ts";
import { errorIn } from "../errors/error-signs.ts";
import { type Ending, EventDecoder, type TextEvent, type UsageNews } from "../provider/event-decoder.ts";
import { EventTemplate } from "../provider/event-template.ts";
import type { DecodeContext } from "../provider/http-provider.ts";
import { isObject, type Json, parseJson, text } from "../provider/json.ts";
import { finishReasonOf, isFaultyCall } from "./finish-reason.ts";
import { FunctionCalls } from "./function-calls.ts";
import { markSignature } from "./signature.ts";
import { ContentUsage, countFields } from "./usage.ts";

/** An absent reason, written out. */
const noReason = /^(FINISH_REASON_UNSPECIFIED|null|none)$/i;

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
  /** A chunk had several candidates, so that others than 0 are alternatives nobody asked for. */
  #hasAlternatives = false;

  constructor(context: DecodeContext) {
    super(context);
    this.#calls = new FunctionCalls(context.makeId);
  }

  protected get hasTools(): boolean {
    return this.#calls.size > 0;
  }

  protected usageNews(): UsageNews | undefined {
    this.#count();
    const usage = this.#usage.news();
    return usage && { usage };
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
    const error = isError ? value : errorIn(value);
    if (typeof value.modelVersion === "string" && value.modelVersion !== "") this.model = value.modelVersion;
    if (Array.isArray(candidates) || isObject(value.usageMetadata) || isObject(promptFeedback)) {
      this.recognised = true;
      if (error === undefined) this.start(out);
    }
    this.#usage.read(value.usageMetadata);
    this.#hasAlternatives ||= Array.isArray(candidates) && candidates.length > 1;
    const candidate = Array.isArray(candidates) ? candidateIn(candidates, this.#hasAlternatives) : undefined;
    const content = isObject(candidate?.content) ? candidate.content : {};
    const reason = text(candidate?.finishReason);
    this.#parts(content.parts, out);
    if (error !== undefined) {
      this.recognised = true;
      this.fail(error, out);
      return;
    }
    if (reason !== undefined && !noReason.test(reason)) this.announceEnd(reason);
    const blocked = isObject(promptFeedback) ? text(promptFeedback.blockReason) : undefined;
    if (blocked !== undefined && this.rawReason === undefined) {
      this.#blocked = true;
      this.announceEnd(blocked);
    }
  }

  #parts(parts: unknown, out: StreamEvent[]): void {
    if (!Array.isArray(parts)) return;
    const known = parts.filter(isObject);
    // Some proxies send all calls so far with each chunk, or with the last, once more.
    let repeated = this.#calls.repeatedIn(known.map(({ functionCall }) => functionCall).filter(isObject));
    for (const part of known) {
      if (!isObject(part.functionCall)) this.#text(part, out);
      else if (repeated > 0) repeated--;
      else {
        this.answer.pieces++;
        this.#calls.push(part.functionCall, signatureIn(part), out);
      }
    }
  }

  #text(part: Json, out: StreamEvent[]): void {
    // It often comes with an empty text, after all others.
    this.#signature = signatureIn(part) ?? this.#signature;
    const piece = text(part.text);
    if (piece !== undefined) this.#tell(piece, part.thought === true, out);
  }

  #tell(piece: string, thinks: boolean, out: StreamEvent[]): void {
    if (thinks) this.answer.thinking(piece, out);
    else this.answer.text(piece, out);
  }

  protected close(ending: Ending, out: StreamEvent[]): void {
    this.answer.close(out, ending === "broken");
    if (ending !== "broken" && this.#signature !== undefined) {
      out.push({ type: "thinking-delta", text: "", signature: markSignature(this.#signature) });
    }
    this.#calls.end(isFaultyCall(this.rawReason) ? "broken" : ending, out);
  }
}

function signatureIn(part: Json): string | undefined {
  return text(part.thoughtSignature) ?? text(part.thought_signature);
}

/** Candidate 0, or the only one there is, whatever its index. */
function candidateIn(candidates: readonly unknown[], hasAlternatives: boolean): Json | undefined {
  const all = candidates.filter(isObject);
  const first = all.find(({ index }) => index === 0 || index === undefined || index === null || index === "0");
  return first ?? (hasAlternatives ? undefined : all[0]);
}
