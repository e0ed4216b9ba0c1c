/** Events of a Messages stream to Runnel's. */
import { defined } from "../../core/defined.ts";
import { AssistantError } from "../../core/errors.ts";
import type { FinishReason, StreamEvent } from "../../core/events.ts";
import { errorIn } from "../errors/error-signs.ts";
import { type Ending, EventDecoder, type TextEvent, type UsageNews } from "../provider/event-decoder.ts";
import { EventTemplate } from "../provider/event-template.ts";
import type { DecodeContext } from "../provider/http-provider.ts";
import { isObject, type Json, text } from "../provider/json.ts";
import { argumentsJson } from "../provider/tool-arguments.ts";
import { type Block, Blocks } from "./blocks.ts";
import { finishReasonOf } from "./finish-reason.ts";
import { signatureOf } from "./signature.ts";
import { MessageUsage } from "./usage.ts";

/** Those whose pieces are told; kinds that came after this was written mean nothing here. */
const deltaTypes: ReadonlySet<unknown> = new Set([
  "text_delta",
  "thinking_delta",
  "signature_delta",
  "input_json_delta",
]);

export class MessagesDecoder extends EventDecoder {
  protected readonly protocol = "anthropic";
  readonly #blocks: Blocks;
  readonly #usage = new MessageUsage(this.numbers);
  protected readonly template = new EventTemplate();
  /** The block that the template's pieces belong to. */
  #repeats: Block | undefined;
  #id: string | undefined;

  constructor(context: DecodeContext) {
    super(context);
    this.#blocks = new Blocks(context.makeId);
  }

  protected get hasTools(): boolean {
    return this.#blocks.hasTools;
  }

  protected usageNews(): UsageNews | undefined {
    const usage = this.#usage.news();
    return usage && { usage };
  }

  protected finishReason(): FinishReason {
    return finishReasonOf(this.rawReason, this.hasTools);
  }

  protected textField({ type, index, delta }: Json, event: TextEvent): string | undefined {
    if (type !== "content_block_delta" || !isObject(delta)) return undefined;
    const block = this.#blocks.at(index);
    const field = event.type === "text-delta" ? "text" : "thinking";
    if (block?.type !== field || delta[field] !== event.text) return undefined;
    this.#repeats = block;
    return field;
  }

  protected override repeat(piece: string, _thinks: boolean, out: StreamEvent[]): void {
    if (this.#repeats) this.#write(this.#repeats, piece, out);
  }

  protected value(value: Json, isError: boolean, out: StreamEvent[]): void {
    const error = isError ? value : errorIn(value);
    if (error !== undefined) {
      this.recognised = true;
      this.fail(error, out);
      return;
    }
    const { type, index } = value;
    switch (type) {
      case "message_start":
        this.#begin(isObject(value.message) ? value.message : {}, out);
        break;
      case "content_block_start":
        this.start(out);
        if (isObject(value.content_block)) this.#open(index, value.content_block, out);
        break;
      case "content_block_delta":
        this.start(out);
        if (isObject(value.delta)) this.#delta(index, value.delta, out);
        break;
      case "content_block_stop":
        this.#blocks.closeBlock(index);
        break;
      case "message_delta":
        this.#usage.update(value.usage);
        if (isObject(value.delta)) this.#stopReason(value.delta.stop_reason);
        break;
      case "message_stop":
        this.start(out);
        this.recognised = true;
        this.complete(out);
        return;
      case "message":
        this.#wholeMessage(value, out);
        return;
      case "ping":
        break;
      default:
        // Kinds that came after this was written mean nothing here.
        return;
    }
    this.recognised = true;
  }

  #begin(message: Json, out: StreamEvent[]): void {
    const id = text(message.id);
    if (this.#id !== undefined && id !== undefined) {
      // Sent twice by some proxies; another id means that a proxy asked again and put the second answer behind the first.
      if (id !== this.#id) this.break(this.#secondAnswer(), out);
      return;
    }
    this.#id = id;
    this.model = text(message.model) ?? this.model;
    this.#usage.begin(message.usage);
    this.start(out);
    this.#content(message, out);
  }

  /** Blocks that come whole, in a message that is not streamed or begins with something in it. */
  #content({ content }: Json, out: StreamEvent[]): void {
    if (!Array.isArray(content)) return;
    content.forEach((block, index) => {
      if (!isObject(block)) return;
      this.#open(index, block, out);
      this.#blocks.closeBlock(index);
    });
  }

  /** The server ignored that a stream was asked for. */
  #wholeMessage(message: Json, out: StreamEvent[]): void {
    this.recognised = true;
    this.model = text(message.model) ?? this.model;
    this.start(out);
    // Behind the pieces it says only once more what they said.
    if (!this.answer.hasText && !this.hasTools) {
      out.push({ type: "notice", code: "not-streamed" });
      this.#content(message, out);
    }
    this.#usage.update(message.usage);
    this.#stopReason(message.stop_reason);
    this.complete(out);
  }

  #open(index: unknown, content: Json, out: StreamEvent[]): void {
    const block = this.#blocks.open(index, content, out);
    if (block.type === "tool") this.answer.pieces++;
    const begun = block.type === "text" ? text(content.text) : text(content.thinking);
    if (begun !== undefined) this.#write(block, begun, out);
    // The model that took over from the one asked for; its price is the one that holds.
    if (content.type === "fallback" && isObject(content.to)) this.model = text(content.to.model) ?? this.model;
  }

  /** What a piece says counts, not the kind that its block or its own type has: servers mix them up. */
  #delta(index: unknown, delta: Json, out: StreamEvent[]): void {
    if (delta.type !== undefined && !deltaTypes.has(delta.type)) return;
    const thought = text(delta.thinking);
    if (thought !== undefined) this.#write(this.#blocks.find(index, "thinking"), thought, out);
    const written = text(delta.text);
    if (written !== undefined) this.#write(this.#blocks.find(index, "text"), written, out);
    const signature = text(delta.signature);
    if (signature !== undefined) this.#blocks.sign(index, signature);
    const source = isObject(delta.partial_json) ? argumentsJson(delta.partial_json) : text(delta.partial_json);
    if (source === undefined) return;
    this.answer.pieces++;
    this.#blocks.argue(index, source, out);
  }

  #write(block: Block, piece: string, out: StreamEvent[]): void {
    if (block.type === "text") {
      block.length += piece.length;
      this.answer.text(piece, out);
    } else if (block.type === "thinking") {
      block.length += piece.length;
      this.answer.thinking(piece, out);
    }
  }

  #stopReason(reason: unknown): void {
    const raw = text(reason);
    if (raw !== undefined) this.announceEnd(raw);
  }

  protected close(ending: Ending, out: StreamEvent[]): void {
    this.answer.close(out, ending === "broken");
    // Thinking that was cut off is refused when it comes back.
    const signature = ending === "broken" ? undefined : signatureOf(this.#blocks.kept());
    if (signature !== undefined) out.push({ type: "thinking-delta", text: "", signature });
    this.#blocks.endCalls(ending, out);
  }

  #secondAnswer(): AssistantError {
    const { host, provider, model, requestId } = this.context;
    const message = `${host} began a second answer in the middle of the first.`;
    return new AssistantError("malformed", message, {
      host,
      retryable: true,
      ...defined({ provider, model, requestId }),
    });
  }
}
