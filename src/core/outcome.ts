/** How a turn ended: the one record that the ledger, the status bar and the screen all read. */
import type { AssistantError } from "./errors.ts";
import type { FinishReason } from "./events.ts";
import type { ChatMessage, ResumePoint } from "./message.ts";
import type { Target } from "./target.ts";
import type { Cost, TokenUsage } from "./usage.ts";

/** Milliseconds on a monotonic clock. */
export interface Timings {
  /** To the first output of any kind: text, thinking or a tool call; from the start of the request that answered. */
  ttft?: number;
  /** To the first text of the answer itself. */
  firstContent?: number;
  /** From the first output to the last; the time in which tokens per second are counted. */
  streaming?: number;
  /** Of the whole turn, with all that it waited for. */
  total: number;
  /** What passed before the request that answered: waiting for a slot, failed attempts, pauses between them. */
  waited?: number;
}

export type Purpose = "chat" | "explain" | "edit" | "commit" | "compare" | "test" | "api";

export interface Attempt {
  target: Target;
  error?: { kind: string; message: string; status?: number };
  /** What it reported although it failed. Never of the last attempt, whose usage and cost are the outcome's own. */
  usage?: TokenUsage;
  cost?: Cost;
}

export interface Spent {
  usage?: TokenUsage;
  /** Absent = unknown. */
  cost?: Cost;
}

/**
 * `completed`: the protocol's end was seen. `stopped`: the person stopped it. `incomplete`: output was shown, then the
 * stream was cut off (`error` says how). `failed`: nothing was shown.
 */
export type OutcomeKind = "completed" | "stopped" | "failed" | "incomplete";

export interface TurnOutcome {
  kind: OutcomeKind;
  purpose: Purpose;
  /** What was received, also when the turn did not complete. */
  message: ChatMessage;
  /** The target that answered, or the last one tried. */
  target: Target;
  /** The model name the server reported, where it differs. */
  answeredBy?: string;
  finishReason?: FinishReason;
  rawReason?: string;
  /** Absent = nothing was asked, or it was turned down. Empty = it was asked, and nobody knows what it used. */
  usage?: TokenUsage;
  /** Absent = unknown. */
  cost?: Cost;
  /**
   * Of the whole answer, where this turn read on what an earlier one began and the server counts both together; `usage`
   * and `cost` are then what the earlier turn did not account for.
   */
  whole?: Spent;
  timings: Timings;
  tokensPerSecond?: number;
  attempts: Attempt[];
  error?: AssistantError;
  /** Where `target` keeps the rest of an answer that was cut off. */
  resume?: ResumePoint;
  /** Wall clock, milliseconds since 1970, when the request began. */
  startedAt: number;
}
