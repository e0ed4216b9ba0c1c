/** The one vocabulary in which every provider's stream is told. */
import type { BudgetUse, MessageError } from "./errors.ts";
import type { ResumePoint } from "./message.ts";
import { assertNever } from "./never.ts";
import type { Target } from "./target.ts";
import type { TokenUsage } from "./usage.ts";

export type FinishReason = "stop" | "length" | "tool-calls" | "content-filter" | "other";

export type NoticeCode =
  /** Frames that were no JSON were skipped; `count` says how many so far. */
  | "malformed-frames"
  /** The server ignored `stream` and sent one whole answer. */
  | "not-streamed"
  /** The request was sent once more without a parameter that this server refuses. */
  | "repaired"
  /** Bytes keep coming but no content has, for a while. */
  | "content-idle"
  /** Counts or costs that cannot be right were reported and are unknown now; `detail` joins their kinds (`ForeignNumber`). */
  | "implausible-numbers"
  /** An error that came after the answer was complete. */
  | "late-error"
  /** All of the provider's slots are taken (its `rateLimit` in settings); up to `seconds`. */
  | "waiting-for-slot"
  /** The server told another request to come back later, so this one waits too, for `seconds`. */
  | "waiting-for-server"
  /** Nothing had been shown, so the same is asked again in `seconds`; `count` is the number of the retry. */
  | "retrying"
  /** What was waited for is over, and the request is on its way. */
  | "asking"
  /** The WebSocket failed with `error` before anything was shown, so `target` is asked the same over HTTP. */
  | "fell-back"
  /** Nothing had been shown, so the next model is asked instead of `target`, which failed with `error`. */
  | "failed-over"
  /** `target` failed with `error` a moment ago and is not asked for another `seconds`. */
  | "left-out"
  /** How a cut-off answer goes on: `detail` is one of `ContinuationMeans`. Comes before the first output. */
  | "continued"
  /** The model's context window has no room for the oldest `count` messages, so they are not sent. */
  | "trimmed"
  /** A limit of the person's budget (`budget`) is nearly or wholly used up. */
  | "budget"
  /** The budget cannot count `count` requests of unknown cost, nor what was spent in the currencies of `detail`. */
  | "budget-incomplete"
  /** What was spent cannot be read (`detail` says why), so nobody knows what is left of the budget. */
  | "budget-unreadable";

/** What happened on the way to an answer. */
export interface Notice {
  type: "notice";
  code: NoticeCode;
  detail?: string;
  count?: number;
  /** How high `count` can go. */
  most?: number;
  seconds?: number;
  target?: Target;
  error?: MessageError;
  budget?: BudgetUse;
}

export type StreamEvent =
  /** The response began. `model` is the name the server says answers. */
  | { type: "start"; model?: string; requestId?: string }
  | { type: "text-delta"; text: string }
  | { type: "thinking-delta"; text: string; signature?: string }
  | { type: "tool-call-start"; id: string; name: string }
  | { type: "tool-call-delta"; id: string; arguments: string }
  /** The whole call; `complete` is false when its arguments were cut off or are not JSON, and it must not be run then. */
  | { type: "tool-call-end"; id: string; name: string; arguments: string; complete: boolean; signature?: string }
  /** What the server reported so far; a later event replaces an earlier one field by field. */
  | { type: "usage"; usage: TokenUsage; cost?: { amount: number; currency: string } }
  | Notice
  /** The stream was cut off here, and the provider would give the rest of the same answer. */
  | { type: "resume-point"; point: ResumePoint }
  /** The protocol's own end was seen. A stream without it is incomplete. */
  | { type: "end"; finishReason: FinishReason; rawReason?: string; model?: string };

/** False for what is over once the answer begins: waits and retries. */
export function isLasting({ code }: Notice): boolean {
  switch (code) {
    case "failed-over":
    case "left-out":
    case "late-error":
    case "implausible-numbers":
    case "malformed-frames":
    case "repaired":
    case "trimmed":
    case "budget":
    case "budget-incomplete":
    case "budget-unreadable":
      return true;
    case "asking":
    case "content-idle":
    case "continued":
    case "fell-back":
    case "not-streamed":
    case "retrying":
    case "waiting-for-server":
    case "waiting-for-slot":
      return false;
    default:
      return assertNever(code);
  }
}

/** True for what a person waits out, for `seconds` from when it is told. */
export function isWait({ code }: Notice): boolean {
  return code === "retrying" || code === "waiting-for-slot" || code === "waiting-for-server";
}

/** True for events that put something on the screen: after one of these, nothing is silently asked again. */
export function isOutput(event: StreamEvent): boolean {
  switch (event.type) {
    case "text-delta":
    case "thinking-delta":
    case "tool-call-start":
    case "tool-call-delta":
    case "tool-call-end":
      return true;
    default:
      return false;
  }
}
