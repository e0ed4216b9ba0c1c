/** Frames of a chat-completions stream, in all the dialects there are, to events. */
import { AssistantError } from "../../core/errors.ts";
import type { FinishReason, StreamEvent } from "../../core/events.ts";
import type { Frame } from "../../stream/sse.ts";
import { hasError } from "../error-report.ts";
import { type ErrorContext, reportedError } from "../errors.ts";
import { isObject, type Json, parseJson, text } from "../json.ts";
import { contentParts, firstReasoning, ReasoningDetails } from "./reasoning.ts";
import { ThinkTags } from "./think-tags.ts";
import { ToolCalls } from "./tool-calls.ts";
import { UsageReports } from "./usage.ts";

export interface DecodeContext extends ErrorContext {
  requestId?: string | undefined;
  /** Makes the id of a tool call whose server gives none. */
  makeId: () => string;
}

/** More broken frames than this and the stream is not to be trusted. */
const maximumMalformed = 5;

export class ChatDecoder {
  /** The protocol's own end was seen; whatever follows is ignored. */
  done = false;
  /** A finish reason was seen: only usage, late errors and the end mark may still come. */
  finishing = false;
  /** What went wrong, to be thrown after the events so far. */
  failure: AssistantError | undefined;

  readonly #context: DecodeContext;
  readonly #usage = new UsageReports();
  readonly #tools: ToolCalls;
  readonly #tags = new ThinkTags();
  readonly #details = new ReasoningDetails();
  #started = false;
  #sawOutput = false;
  #sawChoices = false;
  #malformed = 0;
  #frames = 0;
  #rawReason: string | undefined;
  #model: string | undefined;
  #refused = false;
  #hadTools = false;
  /** The first half of a character that was split over two deltas. */
  #halfCharacter = "";

  constructor(context: DecodeContext) {
    this.#context = context;
    this.#tools = new ToolCalls(context.makeId);
  }

  decode(frames: readonly Frame[], out: StreamEvent[]): void {
    for (const frame of frames) {
      if (this.done || this.failure) break;
      this.#frame(frame, out);
    }
    this.#reportUsage(out);
  }

  /** The body ended. `head` is how it began, `lost` the error that ended it, if one did. */
  end(out: StreamEvent[], head = "", lost?: AssistantError): void {
    if (this.done || this.failure) return;
    // After the finish reason nothing of the answer is missing, however the connection went away.
    if (this.finishing) {
      this.#complete(out);
      return;
    }
    this.#close(true, out);
    this.failure = lost ?? this.#incomplete(head);
  }

  #frame(frame: Frame, out: StreamEvent[]): void {
    const { data } = frame;
    if (data === "" || data.trim() === "") return;
    if (data.length < 20 && /^\s*"?\[DONE\]"?\s*$/.test(data)) {
      if (this.#started || this.finishing) this.#complete(out);
      else this.failure = this.#incomplete("");
      return;
    }
    this.#frames++;
    const chunk = parseJson(data);
    if (chunk === undefined) {
      if (frame.event === "error") this.#fail(data, out);
      else this.#skip(out);
      return;
    }
    if (isObject(chunk)) this.#chunk(chunk, frame.event === "error", out);
    else if (frame.event === "error") this.#fail(chunk, out);
  }

  #chunk(chunk: Json, isError: boolean, out: StreamEvent[]): void {
    const model = chunk.model;
    if (typeof model === "string" && model !== "") this.#model = model;
    const choices = chunk.choices;
    const choice = Array.isArray(choices) && choices.length > 0 ? firstChoice(choices) : undefined;
    const failed = isError || (chunk.error !== undefined && hasError(chunk.error)) || isBareError(chunk);
    if (!failed && !this.#started) this.#start(out);
    if (Array.isArray(choices)) this.#sawChoices = true;
    if (
      chunk.usage !== undefined ||
      chunk.timings !== undefined ||
      chunk.x_groq !== undefined ||
      choice?.usage !== undefined
    ) {
      this.#usage.read(chunk, choice);
    }
    if (choice !== undefined) this.#choice(choice, out);
    if (failed) this.#fail(chunk, out);
    else if (chunk.done === true && !this.failure) this.#complete(out);
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
    const delta = choice.delta;
    if (isObject(delta)) this.#delta(delta, out);
    else if (isObject(choice.message)) {
      if (!this.#sawOutput) out.push({ type: "notice", code: "not-streamed" });
      this.#delta(choice.message, out);
    }
    const reason = choice.finish_reason;
    if (typeof reason === "string" && reason !== "") this.#finish(reason, out);
  }

  #delta(delta: Json, out: StreamEvent[]): void {
    const reasoning = firstReasoning(delta);
    if (delta.reasoning_details !== undefined) {
      const told = this.#details.push(delta.reasoning_details);
      if (reasoning === "" && told !== "") this.#thinking(told, out);
    }
    if (reasoning !== "") this.#thinking(reasoning, out);
    const content = delta.content;
    if (typeof content === "string") {
      if (content !== "") this.#content(content, out);
    } else if (Array.isArray(content)) {
      for (const part of contentParts(content)) {
        if (part.type === "thinking") this.#thinking(part.text, out);
        else this.#content(part.text, out);
      }
    }
    const refusal = text(delta.refusal);
    if (refusal !== undefined) {
      this.#refused = true;
      this.#text(refusal, out);
    }
    if (Array.isArray(delta.tool_calls)) {
      for (const fragment of delta.tool_calls) this.#tools.push(fragment, out);
      this.#sawOutput ||= this.#tools.size > 0;
    } else if (isObject(delta.function_call)) {
      // The form before tool_calls: at most one call, without id or index.
      this.#tools.push({ index: 0, function: delta.function_call }, out);
      this.#sawOutput ||= this.#tools.size > 0;
    }
  }

  #content(piece: string, out: StreamEvent[]): void {
    if (this.#tags.passes) {
      this.#text(piece, out);
      return;
    }
    const parted = this.#tags.push(piece);
    if (parted.thinking !== "") this.#thinking(parted.thinking, out);
    if (parted.text !== "") this.#text(parted.text, out);
  }

  #text(piece: string, out: StreamEvent[]): void {
    let whole = piece;
    if (this.#halfCharacter !== "") {
      whole = this.#halfCharacter + piece;
      this.#halfCharacter = "";
    }
    const last = whole.charCodeAt(whole.length - 1);
    if (last >= 0xd800 && last < 0xdc00) {
      this.#halfCharacter = whole.slice(-1);
      whole = whole.slice(0, -1);
      if (whole === "") return;
    }
    this.#sawOutput = true;
    out.push({ type: "text-delta", text: whole });
  }

  #thinking(piece: string, out: StreamEvent[]): void {
    this.#sawOutput = true;
    out.push({ type: "thinking-delta", text: piece });
  }

  #finish(reason: string, out: StreamEvent[]): void {
    // DeepSeek out of machines, OpenRouter and z.ai after a fault behind them: no end but an error.
    if (/^(insufficient_system_resource|error|network_error)$/i.test(reason)) {
      if (!this.failure) this.#fail({ error: { code: reason, message: `The answer ended with “${reason}”.` } }, out);
      return;
    }
    this.finishing = true;
    this.#rawReason = reason;
  }

  #complete(out: StreamEvent[]): void {
    this.#reportUsage(out);
    this.#close(false, out);
    this.done = true;
    const finishReason = finishReasonOf(this.#rawReason, this.#hadTools, this.#refused);
    out.push({
      type: "end",
      finishReason,
      ...(this.#rawReason === undefined ? {} : { rawReason: this.#rawReason }),
      ...(this.#model === undefined ? {} : { model: this.#model }),
    });
  }

  /** Hands over what was held back and ends the tool calls. */
  #close(cutOff: boolean, out: StreamEvent[]): void {
    const held = this.#tags.end();
    if (held.thinking !== "") this.#thinking(held.thinking, out);
    if (held.text !== "") this.#text(held.text, out);
    // A half that stayed alone is no character; it shows as one that is missing.
    if (this.#halfCharacter !== "") {
      this.#halfCharacter = "";
      out.push({ type: "text-delta", text: "\ufffd" });
    }
    this.#hadTools = this.#tools.size > 0;
    const signature = cutOff ? undefined : this.#details.signature(this.#hadTools);
    if (signature !== undefined) out.push({ type: "thinking-delta", text: "", signature });
    this.#tools.end(cutOff || this.#rawReason === "length", out);
  }

  #fail(value: unknown, out: StreamEvent[]): void {
    const error = reportedError(value, this.#errorContext());
    if (this.finishing) {
      out.push({ type: "notice", code: "late-error", detail: error.details.providerMessage ?? error.message });
      return;
    }
    this.#reportUsage(out);
    this.#close(true, out);
    this.failure = error;
  }

  #skip(out: StreamEvent[]): void {
    this.#malformed++;
    out.push({ type: "notice", code: "malformed-frames", count: this.#malformed });
    if (this.#malformed <= maximumMalformed) return;
    this.#close(true, out);
    this.failure = this.#malformedError();
  }

  #reportUsage(out: StreamEvent[]): void {
    const news = this.#usage.news();
    if (news) out.push({ type: "usage", ...news });
  }

  #incomplete(head: string): AssistantError {
    const { host } = this.#context;
    if (this.#malformed > 0 && this.#malformed === this.#frames) return this.#malformedError();
    if (this.#frames > 0 && !this.#sawChoices && !this.#sawOutput) {
      const message = `${host} answers, but not in the chat-completions protocol.`;
      return new AssistantError("malformed", message, { ...this.#common(), retryable: false });
    }
    if (this.#sawOutput) {
      const message = `The answer of ${host} broke off before its end.`;
      return new AssistantError("incomplete", message, {
        ...this.#common(),
        reason: "connection-lost",
        retryable: true,
      });
    }
    const error = head.trim() === "" ? undefined : reportedError(head, this.#errorContext());
    const said = error?.details.providerMessage;
    const message = `${host} ended the answer before it began.${said === undefined ? "" : ` It says: ${said}`}`;
    return new AssistantError("incomplete", message, {
      ...this.#common(),
      reason: "empty-response",
      retryable: true,
      ...(said === undefined ? {} : { providerMessage: said }),
    });
  }

  #malformedError(): AssistantError {
    const message = `${this.#context.host} sends data that cannot be read.`;
    return new AssistantError("malformed", message, { ...this.#common(), retryable: true });
  }

  #common() {
    const { host, provider, model, requestId } = this.#context;
    return {
      host,
      ...(provider === undefined ? {} : { provider }),
      ...(model === undefined ? {} : { model }),
      ...(requestId === undefined ? {} : { requestId }),
    };
  }

  #errorContext(): ErrorContext {
    return { ...this.#common(), apiKey: this.#context.apiKey };
  }
}

/** Choice 0: others are alternatives nobody asked for. */
function firstChoice(choices: unknown[]): Json | undefined {
  for (const choice of choices) {
    if (
      isObject(choice) &&
      (choice.index === 0 || choice.index === undefined || choice.index === null || choice.index === "0")
    ) {
      return choice;
    }
  }
  return undefined;
}

/** An error that is not wrapped in `error`: `{object: "error", message, code}` of older vLLM, or FastAPI's `detail`. */
function isBareError(chunk: Json): boolean {
  if (chunk.choices !== undefined) return false;
  if (chunk.object === "error" || chunk.type === "error") return true;
  return text(chunk.message) !== undefined || (chunk.detail !== undefined && chunk.detail !== null);
}

function finishReasonOf(raw: string | undefined, hadTools: boolean, refused: boolean): FinishReason {
  switch (raw?.toLowerCase()) {
    case "stop":
    case "eos":
    case "eos_token":
    case "end_turn":
    case "stop_sequence":
    case "stop_token":
      // Older servers say "stop" although they call tools.
      return hadTools ? "tool-calls" : refused ? "content-filter" : "stop";
    case "tool_calls":
    case "tool_call":
    case "tool_use":
    case "function_call":
      return "tool-calls";
    case "length":
    case "max_tokens":
    case "model_context_window_exceeded":
      return "length";
    case "content_filter":
    case "safety":
    case "sensitive":
    case "refusal":
      return "content-filter";
    default:
      return raw === undefined && hadTools ? "tool-calls" : "other";
  }
}
