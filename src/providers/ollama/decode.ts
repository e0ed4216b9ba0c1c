/** Lines of an `/api/chat` answer to Runnel's events. */
import type { FinishReason, StreamEvent } from "../../core/events.ts";
import { limits } from "../../core/limits.ts";
import type { TokenUsage } from "../../core/usage.ts";
import { TooLarge } from "../../stream/too-large.ts";
import { errorIn } from "../errors/error-signs.ts";
import { ArgumentsSize } from "../provider/arguments-size.ts";
import { decodedObject, hasNone } from "../provider/call-arguments.ts";
import { type Ending, EventDecoder, type TextEvent, type UsageNews } from "../provider/event-decoder.ts";
import { EventTemplate } from "../provider/event-template.ts";
import { isObject, type Json, readIndex, text } from "../provider/json.ts";
import { isSnapshot } from "../provider/repeated-calls.ts";
import { argumentsText } from "../provider/tool-arguments.ts";
import { finishReasonOf } from "./finish-reason.ts";
import { usageOf } from "./usage.ts";

export class OllamaDecoder extends EventDecoder {
  protected readonly protocol = "ollama";
  readonly #calls: (ReadCall & { id: string })[] = [];
  readonly #size = new ArgumentsSize();
  #usage: TokenUsage | undefined;
  protected readonly template = new EventTemplate("created_at");

  protected get hasTools(): boolean {
    return this.#calls.length > 0;
  }

  /** The last line with `done` is the end, and nothing else is. */
  protected override get mayEnd(): boolean {
    return false;
  }

  protected usageNews(): UsageNews | undefined {
    const usage = this.#usage;
    this.#usage = undefined;
    return usage && { usage };
  }

  protected finishReason(): FinishReason {
    return finishReasonOf(this.rawReason, this.hasTools);
  }

  protected textField({ message }: Json, event: TextEvent): string | undefined {
    const field = event.type === "text-delta" ? "content" : "thinking";
    return isObject(message) && message[field] === event.text ? field : undefined;
  }

  protected value(line: Json, isError: boolean, out: StreamEvent[]): void {
    const error = isError ? line : errorIn(line);
    if (error !== undefined) {
      this.recognised = true;
      this.fail(error, out);
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
    const calls = Array.isArray(message.tool_calls) ? message.tool_calls.map(readCall).filter((call) => !!call) : [];
    // Some versions send all calls so far once more.
    const known = isSnapshot(calls, this.#calls) ? this.#calls.length : 0;
    const before = this.#calls.slice();
    for (const call of calls.slice(known)) this.#call(call, before, out);
  }

  /** Calls come whole, and from older versions without an id. */
  #call(call: ReadCall, before: readonly ReadCall[], out: StreamEvent[]): void {
    if (this.#calls.length > limits.toolCalls) return;
    const { id: given, index, name, arguments: source } = call;
    const isSame = (each: ReadCall) => each.id === given && each.name === name && each.arguments === source;
    if (given !== undefined && before.some(isSame)) return;
    // An empty object holds the place of arguments, before them or behind.
    const begun = before.find((each) => given !== undefined && each.id === given && each.name === name);
    if (begun && hasNone(source)) return;
    if (begun && hasNone(begun.arguments)) {
      begun.arguments = source;
      out.push({ type: "tool-call-delta", id: given!, arguments: source });
      return;
    }
    const isTaken = this.#calls.some(({ id }) => id === given);
    const id = given === undefined || isTaken ? this.context.makeId() : given;
    if (!this.#size.take(source.length)) throw new TooLarge("toolArguments");
    this.answer.pieces++;
    this.#calls.push({ id, index, name, arguments: source });
    out.push({ type: "tool-call-start", id, name }, { type: "tool-call-delta", id, arguments: source });
  }

  protected close(ending: Ending, out: StreamEvent[]): void {
    this.answer.close(out, ending === "broken");
    for (const call of this.#calls) {
      const { id, name, arguments: given } = call;
      const source = decodedObject(given);
      const complete = ending !== "broken" && name !== "" && source !== undefined;
      out.push({ type: "tool-call-end", id, name, arguments: source ?? given, complete });
    }
  }
}

interface ReadCall {
  id: string | undefined;
  index: number | undefined;
  name: string;
  arguments: string;
}

function readCall(fields: unknown): ReadCall | undefined {
  if (!isObject(fields) || !isObject(fields.function)) return undefined;
  const { name, arguments: given, index } = fields.function;
  const id = text(fields.id);
  return { id, index: readIndex(index), name: text(name) ?? "", arguments: argumentsText(given) };
}
