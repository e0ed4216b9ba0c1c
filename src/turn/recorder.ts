/** Listens to one attempt's events and keeps what the outcome needs: the message, the times, the usage. */
import { defined } from "../core/defined.ts";
import { type FinishReason, isOutput, type StreamEvent } from "../core/events.ts";
import { withinWhole } from "../core/foreign-number.ts";
import type { ChatMessage, MessagePart, ResumePoint } from "../core/message.ts";
import type { Timings } from "../core/outcome.ts";
import { TextBuffer } from "../core/text-buffer.ts";
import { mergeUsage, type TokenUsage } from "../core/usage.ts";

export interface Recorder {
  /** `at`: milliseconds on the clock of `startedAt`. */
  record(event: StreamEvent, at: number): void;
  message(): ChatMessage;
  /** Everything the model wrote, thinking and tool arguments included: what an estimate of output tokens counts. */
  written(): string;
  /** Of a turn from `begin` to `end`. */
  timings(begin: number, end: number): Timings;
  /** Tokens per second between the first and the last output, or undefined when there is too little to tell. */
  rate(outputTokens: number | undefined, reasoningTokens: number | undefined): number | undefined;
  readonly shown: boolean;
  readonly ended: boolean;
  readonly finishReason: FinishReason | undefined;
  readonly rawReason: string | undefined;
  readonly model: string | undefined;
  readonly usage: TokenUsage | undefined;
  readonly reportedCost: { amount: number; currency: string } | undefined;
  /** Undefined also when a tool call was begun: a call is asked for anew, never gone on with. */
  readonly resume: ResumePoint | undefined;
  /** The server gives the rest of the answer that the question continues. */
  readonly resumed: boolean;
}

/** Under this many milliseconds between first and last output a rate would be an accident of one network read. */
const SHORTEST_RATE = 50;

/** `startedAt`: when the request was sent, milliseconds on a monotonic clock. */
export function createRecorder(startedAt: number): Recorder {
  const text = new TextBuffer();
  const thinking = new TextBuffer();
  let signature: string | undefined;
  const calls = new Map<
    string,
    { name: string; arguments: TextBuffer | string; complete: boolean; signature?: string }
  >();
  let firstOutput: number | undefined;
  let firstContent: number | undefined;
  let lastOutput = 0;
  const seen: {
    ended: boolean;
    resumed: boolean;
    finishReason?: FinishReason;
    rawReason?: string;
    model?: string;
    usage?: TokenUsage;
    cost?: { amount: number; currency: string };
    resume?: ResumePoint;
  } = { ended: false, resumed: false };

  return {
    record(event, at) {
      if (isOutput(event)) {
        firstOutput ??= at;
        lastOutput = at;
      }
      switch (event.type) {
        case "start":
          if (event.model) seen.model = event.model;
          break;
        case "text-delta":
          firstContent ??= at;
          text.add(event.text);
          break;
        case "thinking-delta":
          thinking.add(event.text);
          if (event.signature !== undefined) signature = event.signature;
          break;
        case "tool-call-start":
          calls.set(event.id, { name: event.name, arguments: new TextBuffer(), complete: false });
          break;
        case "tool-call-delta": {
          const call = calls.get(event.id);
          if (typeof call?.arguments === "object") call.arguments.add(event.arguments);
          break;
        }
        case "tool-call-end":
          calls.set(event.id, {
            name: event.name,
            arguments: event.arguments,
            complete: event.complete,
            ...defined({ signature: event.signature }),
          });
          break;
        case "usage":
          seen.usage = withinWhole(mergeUsage(seen.usage ?? {}, event.usage));
          if (event.cost) seen.cost = event.cost;
          break;
        case "resume-point":
          seen.resume = event.point;
          break;
        case "notice":
          if (event.code === "continued") seen.resumed = event.detail === "resume";
          break;
        case "end":
          seen.ended = true;
          seen.finishReason = event.finishReason;
          if (event.rawReason !== undefined) seen.rawReason = event.rawReason;
          if (event.model) seen.model = event.model;
          break;
      }
    },
    message() {
      const parts: MessagePart[] = [];
      if (!thinking.isEmpty || signature !== undefined)
        parts.push({ type: "thinking", text: `${thinking}`, ...defined({ signature }) });
      if (!text.isEmpty) parts.push({ type: "text", text: `${text}` });
      for (const [id, call] of calls) parts.push({ type: "tool-call", id, ...call, arguments: `${call.arguments}` });
      return { role: "assistant", parts };
    },
    written() {
      let all = `${thinking}${text}`;
      for (const call of calls.values()) all += `${call.name}${call.arguments}`;
      return all;
    },
    timings(begin, end) {
      const timings: Timings = { total: end - begin };
      if (startedAt - begin >= 1) timings.waited = startedAt - begin;
      if (firstOutput !== undefined) {
        timings.ttft = firstOutput - startedAt;
        timings.streaming = lastOutput - firstOutput;
      }
      if (firstContent !== undefined) timings.firstContent = firstContent - startedAt;
      return timings;
    },
    rate(outputTokens, reasoningTokens) {
      if (outputTokens === undefined || firstOutput === undefined) return undefined;
      const elapsed = lastOutput - firstOutput;
      if (elapsed < SHORTEST_RATE) return undefined;
      // Reasoning that was billed but never streamed happened before the first output, outside the time measured.
      const streamed = thinking.isEmpty ? outputTokens - (reasoningTokens ?? 0) : outputTokens;
      return streamed > 0 ? (streamed * 1000) / elapsed : undefined;
    },
    get shown() {
      return firstOutput !== undefined;
    },
    get ended() {
      return seen.ended;
    },
    get finishReason() {
      return seen.finishReason;
    },
    get rawReason() {
      return seen.rawReason;
    },
    get model() {
      return seen.model;
    },
    get usage() {
      return seen.usage;
    },
    get reportedCost() {
      return seen.cost;
    },
    get resumed() {
      return seen.resumed;
    },
    get resume() {
      return calls.size === 0 ? seen.resume : undefined;
    },
  };
}
