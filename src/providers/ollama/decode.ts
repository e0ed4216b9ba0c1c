/** Lines of an `/api/chat` answer to Runnel's events. */
import type { FinishReason, StreamEvent } from "../../core/events.ts";
import { limits } from "../../core/limits.ts";
import type { TokenUsage } from "../../core/usage.ts";
import { hasError } from "../error-report.ts";
import { type Ending, EventDecoder, isBareError, type TextEvent } from "../event-decoder.ts";
import { EventTemplate } from "../event-template.ts";
import { isObject, type Json, text } from "../json.ts";
import { argumentsText, isJsonObject } from "../tool-arguments.ts";
import { finishReasonOf } from "./finish-reason.ts";
import { usageOf } from "./usage.ts";

/** One more than an answer may have, so that the one too many is seen. */
const maximumCalls = limits.toolCalls + 1;

export class OllamaDecoder extends EventDecoder {
  protected readonly protocol = "ollama";
  /** The last line with `done` is the end, and nothing else is. */
  protected readonly mayEnd = false;
  readonly #calls: { id: string; name: string; arguments: string }[] = [];
  #usage: TokenUsage | undefined;
  protected readonly template = new EventTemplate("created_at");

  protected get hasTools(): boolean {
    return this.#calls.length > 0;
  }

  protected usageNews(): TokenUsage | undefined {
    const usage = this.#usage;
    this.#usage = undefined;
    return usage;
  }

  protected finishReason(): FinishReason {
    return finishReasonOf(this.rawReason, this.hasTools);
  }

  protected textField({ message }: Json, event: TextEvent): string | undefined {
    const field = event.type === "text-delta" ? "content" : "thinking";
    return isObject(message) && message[field] === event.text ? field : undefined;
  }

  protected value(line: Json, isError: boolean, out: StreamEvent[]): void {
    if (isError || (line.error !== undefined && hasError(line.error)) || isBareError(line)) {
      this.recognised = true;
      this.fail(line, out);
      return;
    }
    const { message, done } = line;
    if (!isObject(message) && typeof done !== "boolean") return;
    this.recognised = true;
    this.model = text(line.model) ?? this.model;
    this.start(out);
    if (isObject(message)) this.#message(message, done === true, out);
    if (done !== true) return;
    this.#usage = usageOf(line, this.numbers);
    this.rawReason = text(line.done_reason);
    this.complete(out);
  }

  #message(message: Json, isLast: boolean, out: StreamEvent[]): void {
    const content = text(message.content);
    // A stream ends in an empty line; one that is all there is was not streamed.
    if (isLast && content !== undefined && !this.answer.written) out.push({ type: "notice", code: "not-streamed" });
    const thinking = text(message.thinking);
    if (thinking !== undefined) this.answer.thinking(thinking, out);
    // Models that think in a way this version of Ollama does not know write it into the answer, between tags.
    if (content !== undefined) this.answer.content(content, out);
    if (!Array.isArray(message.tool_calls)) return;
    for (const call of message.tool_calls) if (isObject(call)) this.#call(call, out);
  }

  /** Calls come whole, and from older versions without an id. */
  #call(fields: Json, out: StreamEvent[]): void {
    if (this.#calls.length >= maximumCalls || !isObject(fields.function)) return;
    const given = text(fields.id);
    const isTaken = this.#calls.some(({ id }) => id === given);
    const id = given === undefined || isTaken ? this.context.makeId() : given;
    const name = text(fields.function.name) ?? "";
    const source = argumentsText(fields.function.arguments);
    this.#calls.push({ id, name, arguments: source });
    out.push({ type: "tool-call-start", id, name }, { type: "tool-call-delta", id, arguments: source });
  }

  protected close(ending: Ending, out: StreamEvent[]): void {
    this.answer.close(out, ending === "broken");
    for (const call of this.#calls) {
      const complete = ending !== "broken" && call.name !== "" && isJsonObject(call.arguments);
      out.push({ type: "tool-call-end", ...call, complete });
    }
  }
}
