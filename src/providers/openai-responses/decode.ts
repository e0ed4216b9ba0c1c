/** Events of a Responses stream to Runnel's. */
import type { AssistantError } from "../../core/errors.ts";
import type { FinishReason, StreamEvent } from "../../core/events.ts";
import type { ResumePoint } from "../../core/message.ts";
import type { TokenUsage } from "../../core/usage.ts";
import { hasError } from "../errors/error-report.ts";
import { errorIn } from "../errors/error-signs.ts";
import { type Ending, EventDecoder, type TextEvent, type UsageNews } from "../provider/event-decoder.ts";
import { EventTemplate } from "../provider/event-template.ts";
import type { DecodeContext } from "../provider/http-provider.ts";
import { isObject, type Json, text } from "../provider/json.ts";
import type { ResponseHead } from "../provider/read-answer.ts";
import { finishReasonOf } from "./finish-reason.ts";
import { OutputItems, type Place } from "./items.ts";
import { signatureOf } from "./signature.ts";
import {
  byChannel,
  type Channel,
  channelOfEvent,
  channelOfPart,
  type Part,
  partOf,
  type Speech,
  speechOf,
  thinks,
  untold,
  wholeParts,
} from "./speech.ts";
import { usageOf } from "./usage.ts";

export class ResponsesDecoder extends EventDecoder {
  protected readonly protocol = "openai-responses";
  readonly #items: OutputItems;
  protected readonly template = new EventTemplate("sequence_number", "obfuscation");
  /** The part that the template's pieces belong to. */
  #repeats: Part | undefined;
  #usage: TokenUsage | undefined;
  #background: ResumePoint | undefined;
  #thought = false;
  #refused = false;

  constructor(context: DecodeContext) {
    super(context);
    this.#items = new OutputItems(context.makeId);
  }

  override opened(response: ResponseHead): void {
    super.opened(response);
    const { resume } = response;
    this.#items.isResumed = resume !== undefined;
    this.#background = resume && { ...resume };
  }

  /** Until the answer's end. */
  get background(): ResumePoint | undefined {
    return this.#background;
  }

  protected get hasTools(): boolean {
    return this.#items.hasCalls;
  }

  /** An event says so; nothing else ends an answer. */
  protected override get mayEnd(): boolean {
    return false;
  }

  protected usageNews(): UsageNews | undefined {
    const usage = this.#usage;
    this.#usage = undefined;
    return usage && { usage };
  }

  protected finishReason(): FinishReason {
    return finishReasonOf(this.rawReason, this.hasTools, this.#refused);
  }

  override end(out: StreamEvent[], head: string, lost?: AssistantError): void {
    const wasOpen = !this.done && !this.failure;
    super.end(out, head, lost);
    if (wasOpen && this.background) out.push({ type: "resume-point", point: { ...this.background } });
  }

  protected textField({ delta }: Json, { text }: TextEvent): string | undefined {
    // In the background each number counts.
    return delta === text && !this.#background ? "delta" : undefined;
  }

  protected override repeat(piece: string, _thinks: boolean, out: StreamEvent[]): void {
    if (this.#repeats) this.#tell(this.#repeats, piece, out);
  }

  protected value(value: Json, isError: boolean, out: StreamEvent[]): void {
    const { type } = value;
    if (value.object === "response" && type === undefined) {
      this.#wholeResponse(value, out);
      return;
    }
    const error = isError ? value : errorIn(value);
    if (error !== undefined) {
      this.recognised = true;
      this.#end();
      this.fail(error, out);
      return;
    }
    // Kinds that came after this was written, such as those that keep a connection alive, mean nothing here.
    if (typeof type !== "string" || !type.startsWith("response.")) return;
    this.recognised = true;
    const response = isObject(value.response) ? value.response : {};
    this.#describe(response);
    const id = text(response.id);
    // Without numbers it could not be read on from where it was cut off.
    if (response.background === true && id !== undefined && typeof value.sequence_number === "number") {
      this.#background ??= { id, after: value.sequence_number };
    }
    if (!this.#isNews(value.sequence_number)) return;
    if (type !== "response.failed") this.start(out);
    this.#event(type, value, response, out);
  }

  #event(type: string, value: Json, response: Json, out: StreamEvent[]): void {
    const { output_index: index, item_id: id, item } = value;
    const place: Place = { index, id };
    switch (type) {
      case "response.output_item.added":
        if (isObject(item)) this.#items.open(index, item, out);
        return;
      case "response.output_item.done":
        if (isObject(item)) this.#close({ index, id: item.id }, item, out);
        return;
      case "response.function_call_arguments.delta":
      case "response.custom_tool_call_input.delta": {
        const piece = text(value.delta);
        if (piece !== undefined) this.#items.argue(place, piece, out);
        return;
      }
      case "response.function_call_arguments.done":
      case "response.custom_tool_call_input.done":
        this.#items.argued(place, value, out);
        return;
      case "response.content_part.done":
      case "response.reasoning_summary_part.done":
        if (isObject(value.part)) this.#part(place, value, value.part, out);
        return;
      case "response.completed":
      case "response.incomplete":
      case "response.cancelled":
      case "response.failed":
        this.#finish(response, type.slice("response.".length), out);
        return;
    }
    const [, name = "", step] = /^response\.(\w+)\.(delta|done)$/.exec(type) ?? [];
    const channel = channelOfEvent.get(name);
    if (channel === undefined) return;
    const at = value.content_index ?? value.summary_index;
    if (step === "done") this.#whole(place, channel, at, value.text ?? value.refusal, out);
    else this.#piece(place, channel, at, value.delta, out);
  }

  #describe(response: Json): void {
    this.model = text(response.model) ?? this.model;
    this.#usage = usageOf(response.usage, this.numbers) ?? this.#usage;
  }

  /** False for an event that was read before the connection was lost. Not all servers number their events. */
  #isNews(number: unknown): boolean {
    if (typeof number !== "number" || !this.#background) return true;
    if (this.#items.isResumed && number <= this.#background.after) return false;
    this.#background.after = number;
    return true;
  }

  #piece(place: Place, channel: Channel, at: unknown, delta: unknown, out: StreamEvent[]): void {
    const piece = text(isObject(delta) ? delta.text : delta);
    const part = piece === undefined ? undefined : this.#items.part(place, channel, at);
    this.#repeats = part;
    if (piece !== undefined && part) this.#tell(part, piece, out);
  }

  #part(place: Place, { content_index: content, summary_index: summary }: Json, part: Json, out: StreamEvent[]): void {
    const channel = channelOfPart.get(part.type);
    if (channel !== undefined) this.#whole(place, channel, content ?? summary, part.text ?? part.refusal, out);
  }

  /** A part's whole text, of which what is missing is told. What contradicts the pieces cannot be untold. */
  #whole(place: Place, channel: Channel, at: unknown, whole: unknown, out: StreamEvent[]): void {
    const full = text(whole);
    const part = full === undefined ? undefined : this.#items.part(place, channel, at);
    // The lengths first: what was told is put together anew for each comparison.
    if (full === undefined || !part?.fromStart || full.length <= part.told.length) return;
    if (!full.startsWith(part.told)) return;
    const rest = full.slice(part.told.length);
    if (rest !== "") this.#tell(part, rest, out);
  }

  #close(place: Place, item: Json, out: StreamEvent[]): void {
    const speech = this.#items.close(place, item, out);
    if (speech) this.#say(speech, item, out);
  }

  /** What of a whole item was not streamed is told now. */
  #say(speech: Speech, item: Json, out: StreamEvent[]): void {
    if (!speech.fromStart) return;
    for (const parts of byChannel(wholeParts(item))) {
      for (const { channel, place, text: rest } of untold(speech, parts) ?? []) {
        const part = partOf(speech, channel, place);
        if (part) this.#tell(part, rest, out);
      }
    }
  }

  /** The server ignored that a stream was asked for. */
  #wholeResponse(response: Json, out: StreamEvent[]): void {
    this.recognised = true;
    this.#describe(response);
    const status = text(response.status) ?? "completed";
    // It is only begun, and nothing more comes.
    if (status === "queued" || status === "in_progress") return;
    if (status !== "failed") {
      this.start(out);
      out.push({ type: "notice", code: "not-streamed" });
    }
    this.#finish(response, status, out);
  }

  #finish(response: Json, status: string, out: StreamEvent[]): void {
    this.#list(Array.isArray(response.output) ? response.output.filter(isObject) : [], out);
    // Where a server wrote the answer there alone.
    if (!this.answer.hasText && !this.hasTools && !this.#items.isResumed) {
      this.answer.content(text(response.output_text) ?? "", out);
    }
    this.#end();
    if (status === "failed" || response.status === "failed") {
      const error = hasError(response.error) ? response.error : { code: "failed", message: "The response failed." };
      this.fail({ error }, out);
      return;
    }
    const details = isObject(response.incomplete_details) ? response.incomplete_details : {};
    this.rawReason = text(details.reason) ?? status;
    this.complete(out);
  }

  /** The items of the whole response. Its list may leave some out, so that its places need not be those of the stream. */
  #list(output: readonly Json[], out: StreamEvent[]): void {
    const open = this.#items.speeches;
    const hadCalls = this.#items.hasCalls;
    for (const item of output) {
      if (item.type !== "message" && item.type !== "reasoning") {
        // A call without an id could be any of those that were streamed.
        if (text(item.call_id) !== undefined || !hadCalls) this.#items.close(undefined, item, out);
        continue;
      }
      // Of a resumed answer the beginning is not known here.
      if (this.#items.isResumed) continue;
      const known = speechOf(item, open);
      const speech = known === undefined ? this.#items.add(item) : known;
      if (known) open.splice(open.indexOf(known), 1);
      if (speech) this.#say(speech, item, out);
    }
  }

  /** The server does not go on with this answer any more. */
  #end(): void {
    this.#background = undefined;
  }

  #tell(part: Part, piece: string, out: StreamEvent[]): void {
    if (thinks(part.channel)) {
      // Each part of a summary has a title of its own.
      if (part.told === "" && this.#thought) this.answer.thinking("\n\n", out);
      this.#thought = true;
      this.answer.thinking(piece, out);
    } else {
      if (part.channel === "refusal") this.#refused = true;
      this.answer.content(piece, out);
    }
    part.told += piece;
  }

  protected close(ending: Ending, out: StreamEvent[]): void {
    this.answer.close(out, ending === "broken");
    // Of a resumed answer only the end is known here.
    const isWhole = ending !== "broken" && !this.#items.isResumed;
    const signature = isWhole ? signatureOf(this.#items.kept()) : undefined;
    if (signature !== undefined) out.push({ type: "thinking-delta", text: "", signature });
    this.#items.endCalls(ending, out);
  }
}
