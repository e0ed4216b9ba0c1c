/** Frames of a chat-completions stream, in all the dialects there are, to events. */
import type { FinishReason, StreamEvent } from "../../core/events.ts";
import { limits } from "../../core/limits.ts";
import { TextBuffer } from "../../core/text-buffer.ts";
import { hasError } from "../errors/error-report.ts";
import { errorIn } from "../errors/error-signs.ts";
import { type Ending, EventDecoder, type TextEvent, type UsageNews } from "../provider/event-decoder.ts";
import { EventTemplate } from "../provider/event-template.ts";
import type { DecodeContext } from "../provider/http-provider.ts";
import { isObject, type Json, text } from "../provider/json.ts";
import { finishReasonWith, isFault, isNoReason } from "./finish-reason.ts";
import { contentParts, firstReasoning, ReasoningDetails, reasoningFields } from "./reasoning.ts";
import { ToolCalls } from "./tool-calls.ts";
import { reportsDollars, UsageReports } from "./usage.ts";

export class ChatDecoder extends EventDecoder {
  protected readonly protocol = "openai-chat";
  protected readonly template = new EventTemplate("obfuscation");
  readonly #isIdle: (value: Json) => boolean;
  readonly #tools: ToolCalls;
  readonly #details = new ReasoningDetails();
  readonly #usage: UsageReports;
  #refused = false;
  /** A chunk had several choices, so that others than choice 0 are alternatives nobody asked for. */
  #hasAlternatives = false;
  /** Why the server behind a gateway ended, in its own word. */
  #nativeReason: string | undefined;
  /** The content that came in pieces, to know it again when it comes whole; undefined once no event can hold it. */
  #content: TextBuffer | undefined = new TextBuffer();
  #contentLength = 0;

  /** `isIdle` tells values that a gateway puts between the chunks and that are none. */
  constructor(context: DecodeContext, isIdle: (value: Json) => boolean = () => false) {
    super(context);
    this.#isIdle = isIdle;
    this.#usage = new UsageReports(reportsDollars(context), this.numbers);
    this.#tools = new ToolCalls(context.makeId);
  }

  /** The last thing that came of the answer is its finish reason. */
  get isAnnounced(): boolean {
    return this.isOver;
  }

  override get announcedAt(): number | undefined {
    return super.announcedAt;
  }

  protected get hasTools(): boolean {
    return this.#tools.hasCalls;
  }

  protected usageNews(): UsageNews | undefined {
    return this.#usage.news();
  }

  protected finishReason(): FinishReason {
    return finishReasonWith(this.rawReason, this.#nativeReason, this.hasTools, this.#refused);
  }

  protected override isIdle(value: Json): boolean {
    return this.#isIdle(value);
  }

  /** The end mark by itself is no answer, but many servers send no finish reason before it. */
  protected override endMark(hasFrames: boolean, out: StreamEvent[]): void {
    if (hasFrames) this.complete(out);
    else this.break(this.unfinished(""), out);
  }

  /** A chunk that did nothing but add a text will mostly be followed by others of its kind. */
  protected textField({ choices }: Json, event: TextEvent): string | undefined {
    const choice = Array.isArray(choices) ? choiceIn(choices, this.#hasAlternatives) : undefined;
    const delta = choice?.delta;
    // A whole text beside the piece is another one each time, and may be the answer at its end.
    if (!isObject(delta) || delta.reasoning_details !== undefined || isObject(choice?.message)) return undefined;
    // Fragments of a call that has no name yet add up without an event.
    if (delta.tool_calls || delta.function_call) return undefined;
    const fields = event.type === "text-delta" ? ["content"] : reasoningFields;
    return fields.find((name) => delta[name] === event.text);
  }

  protected override repeat(piece: string, thinks: boolean, out: StreamEvent[]): void {
    if (thinks) this.answer.thinking(piece, out);
    else this.#tell(piece, out);
  }

  protected value(chunk: Json, isError: boolean, out: StreamEvent[]): void {
    const { choices } = chunk;
    this.model = text(chunk.model) ?? this.model;
    this.#hasAlternatives ||= Array.isArray(choices) && choices.length > 1;
    const choice = Array.isArray(choices) ? choiceIn(choices, this.#hasAlternatives) : undefined;
    const error = isError ? chunk : reportIn(chunk, choice);
    if (error === undefined) this.start(out);
    if (Array.isArray(choices)) this.recognised = true;
    this.#usage.read(chunk, choice);
    if (choice !== undefined) this.#choice(choice, out);
    if (error !== undefined) this.fail(error, out);
    else if (choice !== undefined) this.#finish(choice, out);
    // Some gateways, those over web sockets among them, say so in the chunk itself.
    if (chunk.done === true && !this.failure) this.complete(out);
  }

  #choice(choice: Json, out: StreamEvent[]): void {
    const { delta, message } = choice;
    if (isObject(delta)) this.#delta(delta, out);
    // Of the protocol before this one, beside a delta that says nothing or alone.
    if (!isObject(delta) || !delta.content) this.#tell(text(choice.text) ?? "", out);
    if (!isObject(message)) return;
    if (!isObject(delta)) {
      // The server ignored that a stream was asked for.
      if (!this.answer.written) out.push({ type: "notice", code: "not-streamed" });
      this.#whole(message, out);
    } else if (text(choice.finish_reason) !== undefined) this.#whole(message, out);
  }

  /** A whole message: all there is, or what has come in pieces, of which what is missing is told. */
  #whole(message: Json, out: StreamEvent[]): void {
    if (!this.answer.written && !this.hasTools) {
      this.#delta(message, out);
      return;
    }
    const { content } = message;
    // The lengths first: what was told is put together anew for each comparison.
    const isLonger = typeof content === "string" && content.length > this.#contentLength;
    if (isLonger && this.#content && content.startsWith(`${this.#content}`))
      this.#tell(content.slice(this.#contentLength), out);
    if (!this.hasTools) this.#calls(message, out);
  }

  #delta(delta: Json, out: StreamEvent[]): void {
    let reasoning = firstReasoning(delta);
    if (delta.reasoning_details !== undefined) {
      const told = this.#details.push(delta.reasoning_details);
      if (reasoning === "") reasoning = told;
    }
    if (reasoning !== "") this.answer.thinking(reasoning, out);
    const { content } = delta;
    if (typeof content === "string") this.#tell(content, out);
    else {
      for (const part of contentParts(content)) {
        if (part.type === "thinking") this.answer.thinking(part.text, out);
        else this.#tell(part.text, out);
      }
    }
    const refusal = text(delta.refusal);
    if (refusal !== undefined) {
      this.#refused = true;
      this.answer.text(refusal, out);
    }
    this.#calls(delta, out);
  }

  #calls({ tool_calls: calls, function_call: call }: Json, out: StreamEvent[]): void {
    if (isObject(calls)) this.#fragment(calls, out);
    else if (Array.isArray(calls)) for (const fragment of calls) this.#fragment(fragment, out);
    // The form before tool_calls: at most one call, without id or index.
    else if (isObject(call)) this.#fragment({ index: 0, function: call }, out);
  }

  #tell(piece: string, out: StreamEvent[]): void {
    if (piece === "") return;
    this.#content?.add(piece);
    this.#contentLength += piece.length;
    if (this.#contentLength > limits.event) this.#content = undefined;
    this.answer.content(piece, out);
  }

  #fragment(fragment: unknown, out: StreamEvent[]): void {
    if (this.#tools.push(fragment, out)) this.answer.pieces++;
  }

  #finish(choice: Json, out: StreamEvent[]): void {
    const reason = text(choice.finish_reason);
    if (reason === undefined || isNoReason(reason)) return;
    const native = text(choice.native_finish_reason);
    const fault = [reason, native].find((each) => each !== undefined && isFault(each));
    if (fault !== undefined) {
      this.fail({ error: { code: fault, message: `The answer ended with “${fault}”.` } }, out);
      return;
    }
    this.#nativeReason = native ?? this.#nativeReason;
    this.announceEnd(reason);
  }

  protected close(ending: Ending, out: StreamEvent[]): void {
    this.answer.close(out, ending === "broken");
    const signature = ending === "broken" ? undefined : this.#details.signature(this.hasTools);
    if (signature !== undefined) out.push({ type: "thinking-delta", text: "", signature });
    this.#tools.end(ending, out);
  }
}

/** Choice 0, or the only one there is, whatever its index: LiteLLM counts thinking and text apart. */
function choiceIn(choices: readonly unknown[], hasAlternatives: boolean): Json | undefined {
  // Nearly always.
  if (choices.length === 1 && !hasAlternatives) return isObject(choices[0]) ? choices[0] : undefined;
  const all = choices.filter(isObject);
  const first = all.find(({ index }) => index === 0 || index === undefined || index === null || index === "0");
  return first ?? (hasAlternatives ? undefined : all[0]);
}

/** The error that a chunk, or its choice, reports. */
function reportIn(chunk: Json, choice: Json | undefined): Json | undefined {
  const error = errorIn(chunk);
  if (error !== undefined) return error;
  if (choice && hasError(choice.error)) return { error: choice.error };
  if (chunk.choices !== undefined && chunk.choices !== null) return undefined;
  // Of older vLLM and FastAPI.
  return text(chunk.message) !== undefined || hasError(chunk.detail) ? chunk : undefined;
}
