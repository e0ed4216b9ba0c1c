/** Frames of a chat-completions stream, in all the dialects there are, to events. */
import type { AssistantError } from "../../core/errors.ts";
import type { StreamEvent } from "../../core/events.ts";
import type { Frame } from "../../stream/sse.ts";
import { AnswerText } from "../answer-text.ts";
import { hasError } from "../error-report.ts";
import { reportedError } from "../errors.ts";
import { EventTemplate } from "../event-template.ts";
import type { DecodeContext } from "../http-provider.ts";
import { isObject, type Json, parseJson, text } from "../json.ts";
import type { FrameDecoder } from "../read-answer.ts";
import { brokenOff, emptyAnswer, otherProtocol, unreadable } from "../stream-errors.ts";
import { finishReasonOf, isFault } from "./finish-reason.ts";
import { contentParts, firstReasoning, ReasoningDetails, reasoningFields } from "./reasoning.ts";
import { ToolCalls } from "./tool-calls.ts";
import { reportsDollars, UsageReports } from "./usage.ts";

/** More broken frames than this and the stream is not to be trusted. */
const maximumMalformed = 5;

export class ChatDecoder implements FrameDecoder {
  done = false;
  /** A finish reason was seen: only usage, late errors and the end mark may still come. */
  finishing = false;
  failure: AssistantError | undefined;

  readonly #context: DecodeContext;
  readonly #isIdle: (value: Json) => boolean;
  readonly #answer = new AnswerText();
  readonly #tools: ToolCalls;
  readonly #details = new ReasoningDetails();
  readonly #usage: UsageReports;
  readonly #template = new EventTemplate("obfuscation");
  #repeatsThinking = false;
  #started = false;
  #sawChoices = false;
  #refused = false;
  #frames = 0;
  #malformed = 0;
  #rawReason: string | undefined;
  #model: string | undefined;

  /** `isIdle` tells values that a gateway puts between the chunks and that are none. */
  constructor(context: DecodeContext, isIdle: (value: Json) => boolean = () => false) {
    this.#context = context;
    this.#isIdle = isIdle;
    this.#usage = new UsageReports(reportsDollars(context));
    this.#tools = new ToolCalls(context.makeId);
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
    // After the finish reason nothing of the answer is missing, however the connection went away.
    if (this.finishing) this.#complete(out);
    else this.#break(lost ?? this.#unfinished(head), out);
  }

  #frame(frame: Frame, out: StreamEvent[]): void {
    const { data } = frame;
    const isError = frame.event === "error";
    const repeated = isError ? undefined : this.#template.match(data);
    if (repeated !== undefined) {
      this.#frames++;
      if (this.#repeatsThinking) this.#answer.thinking(repeated, out);
      else this.#answer.content(repeated, out);
      return;
    }
    if (data.length < 20) {
      const word = data.trim();
      if (word === "") return;
      if (word === "[DONE]" || word === '"[DONE]"') {
        // The end mark by itself is no answer.
        if (this.#frames > 0) this.#complete(out);
        else this.#break(this.#unfinished(""), out);
        return;
      }
    }
    this.#template.forget();
    const chunk = parseJson(data);
    if (isObject(chunk) && this.#isIdle(chunk)) return;
    this.#frames++;
    if (isObject(chunk)) {
      const before = out.length;
      this.#chunk(chunk, isError, out);
      if (!isError && out.length === before + 1) this.#learn(data, chunk, out[before]!);
    } else if (isError) this.#fail(chunk ?? data, this.finishing, out);
    else if (chunk === undefined && data.trim() !== "") this.#skip(out);
  }

  /** A chunk that did nothing but add a text will mostly be followed by others of its kind. */
  #learn(data: string, chunk: Json, event: StreamEvent): void {
    if (event.type !== "text-delta" && event.type !== "thinking-delta") return;
    const delta = Array.isArray(chunk.choices) ? firstChoice(chunk.choices)?.delta : undefined;
    if (!isObject(delta) || delta.reasoning_details !== undefined) return;
    // Fragments of a call that has no name yet add up without an event.
    if (delta.tool_calls || delta.function_call) return;
    const fields = event.type === "text-delta" ? ["content"] : reasoningFields;
    const field = fields.find((name) => delta[name] === event.text);
    if (field === undefined) return;
    this.#template.learn(data, field);
    this.#repeatsThinking = event.type === "thinking-delta";
  }

  #chunk(chunk: Json, isError: boolean, out: StreamEvent[]): void {
    const { model, choices } = chunk;
    if (typeof model === "string" && model !== "") this.#model = model;
    const failed = isError || (chunk.error !== undefined && hasError(chunk.error)) || isBareError(chunk);
    const late = this.finishing;
    if (!failed && !this.#started) this.#start(out);
    const choice = Array.isArray(choices) ? firstChoice(choices) : undefined;
    if (Array.isArray(choices)) this.#sawChoices = true;
    this.#usage.read(chunk, choice);
    if (choice !== undefined) this.#choice(choice, out);
    if (failed) this.#fail(chunk, late, out);
    else if (choice !== undefined) this.#finish(choice.finish_reason, late, out);
    // Some gateways, those over web sockets among them, say so in the chunk itself.
    if (chunk.done === true && !this.failure) this.#complete(out);
  }

  #start(out: StreamEvent[]): void {
    this.#started = true;
    const { requestId } = this.#context;
    out.push({
      type: "start",
      ...(this.#model === undefined ? {} : { model: this.#model }),
      ...(requestId === undefined ? {} : { requestId }),
    });
  }

  #choice(choice: Json, out: StreamEvent[]): void {
    if (isObject(choice.delta)) this.#delta(choice.delta, out);
    else if (isObject(choice.message)) {
      // The server ignored that a stream was asked for.
      if (!this.#answer.written) out.push({ type: "notice", code: "not-streamed" });
      this.#delta(choice.message, out);
    }
  }

  #delta(delta: Json, out: StreamEvent[]): void {
    let reasoning = firstReasoning(delta);
    if (delta.reasoning_details !== undefined) {
      const told = this.#details.push(delta.reasoning_details);
      if (reasoning === "") reasoning = told;
    }
    if (reasoning !== "") this.#answer.thinking(reasoning, out);
    const { content } = delta;
    if (typeof content === "string") {
      if (content !== "") this.#answer.content(content, out);
    } else if (Array.isArray(content)) {
      for (const part of contentParts(content)) {
        if (part.type === "thinking") this.#answer.thinking(part.text, out);
        else this.#answer.content(part.text, out);
      }
    }
    const refusal = text(delta.refusal);
    if (refusal !== undefined) {
      this.#refused = true;
      this.#answer.text(refusal, out);
    }
    if (Array.isArray(delta.tool_calls)) for (const fragment of delta.tool_calls) this.#tools.push(fragment, out);
    // The form before tool_calls: at most one call, without id or index.
    else if (isObject(delta.function_call)) this.#tools.push({ index: 0, function: delta.function_call }, out);
  }

  #finish(reason: unknown, late: boolean, out: StreamEvent[]): void {
    if (typeof reason !== "string" || reason === "") return;
    if (isFault(reason)) {
      const error = { code: reason, message: `The answer ended with “${reason}”.` };
      this.#fail({ error }, late, out);
      return;
    }
    this.finishing = true;
    this.#rawReason = reason;
  }

  #complete(out: StreamEvent[]): void {
    this.#reportUsage(out);
    const hadTools = this.#tools.size > 0;
    this.#close(false, out);
    this.done = true;
    out.push({
      type: "end",
      finishReason: finishReasonOf(this.#rawReason, hadTools, this.#refused),
      ...(this.#rawReason === undefined ? {} : { rawReason: this.#rawReason }),
      ...(this.#model === undefined ? {} : { model: this.#model }),
    });
  }

  /** An error that the server reports; `late` when the answer was complete before. */
  #fail(value: unknown, late: boolean, out: StreamEvent[]): void {
    const error = reportedError(value, this.#context);
    if (late) out.push({ type: "notice", code: "late-error", detail: error.details.providerMessage ?? error.message });
    else this.#break(error, out);
  }

  #break(error: AssistantError, out: StreamEvent[]): void {
    this.#reportUsage(out);
    this.#close(true, out);
    this.failure = error;
  }

  /** Hands over what was held back and ends the tool calls. */
  #close(cutOff: boolean, out: StreamEvent[]): void {
    this.#answer.close(out, cutOff);
    const signature = cutOff ? undefined : this.#details.signature(this.#tools.size > 0);
    if (signature !== undefined) out.push({ type: "thinking-delta", text: "", signature });
    this.#tools.end(cutOff ? "broken" : this.#rawReason === "length" ? "length" : "whole", out);
  }

  #skip(out: StreamEvent[]): void {
    this.#malformed++;
    out.push({ type: "notice", code: "malformed-frames", count: this.#malformed });
    if (this.#malformed > maximumMalformed && !this.finishing) this.#break(unreadable(this.#context), out);
  }

  #reportUsage(out: StreamEvent[]): void {
    const news = this.#usage.news();
    if (news) out.push({ type: "usage", ...news });
    const refused = this.#usage.refused();
    if (refused) out.push({ type: "notice", code: "implausible-numbers", detail: refused.join(", ") });
  }

  /** Why the stream is over without an end. */
  #unfinished(head: string): AssistantError {
    const sawOutput = this.#answer.written || this.#tools.size > 0;
    if (sawOutput) return brokenOff(this.#context);
    if (this.#malformed > 0 && this.#malformed === this.#frames) return unreadable(this.#context);
    if (this.#frames > 0 && !this.#sawChoices) return otherProtocol(this.#context, "openai-chat");
    return emptyAnswer(this.#context, head);
  }
}

/** Choice 0: others are alternatives nobody asked for. */
function firstChoice(choices: readonly unknown[]): Json | undefined {
  for (const choice of choices) {
    if (!isObject(choice)) continue;
    const { index } = choice;
    if (index === 0 || index === undefined || index === null || index === "0") return choice;
  }
  return undefined;
}

/** An error that is not wrapped in `error`: `{object: "error", message, code}` of older vLLM, or FastAPI's `detail`. */
function isBareError(chunk: Json): boolean {
  if (chunk.choices !== undefined) return false;
  if (chunk.object === "error" || chunk.type === "error") return true;
  return text(chunk.message) !== undefined || (chunk.detail !== undefined && chunk.detail !== null);
}
