/** Makes the one outcome of a turn from what its last attempt recorded: usage, cost, times. */
import { defined } from "../core/defined.ts";
import type { AssistantError, ErrorKind } from "../core/errors.ts";
import type { ChatRequest } from "../core/message.ts";
import type { Attempt, OutcomeKind, Purpose, Spent, TurnOutcome } from "../core/outcome.ts";
import type { Target } from "../core/target.ts";
import type { Cost, TokenUsage } from "../core/usage.ts";
import { costOf } from "../money/cost.ts";
import { estimateTokens, estimateUsage } from "../money/estimate.ts";
import type { PriceTable } from "../money/price-types.ts";
import type { Candidate } from "./candidate.ts";
import { priceOf } from "./candidate-price.ts";
import { restOf } from "./measures.ts";
import type { Recorder } from "./recorder.ts";

export interface TurnEnd {
  candidate: Candidate | undefined;
  target: Target;
  recorder: Recorder;
  /** The question went out. */
  sent: boolean;
  kind: OutcomeKind;
  error: AssistantError | undefined;
  attempts: Attempt[];
  /** What its last attempt used and cost. */
  spent: Spent;
  /** What turns before accounted for of the answer that this one continues. */
  spentBefore: Spent;
  purpose: Purpose;
  /** Wall clock, milliseconds since 1970. */
  startedAt: number;
  /** Monotonic clock, milliseconds. */
  begin: number;
  end: number;
}

export function outcomeOf(turn: TurnEnd): TurnOutcome {
  const { recorder, target, spent } = turn;
  const isWhole = recorder.resumed && spent.usage !== undefined && !spent.usage.estimated;
  const { usage, cost } = isWhole ? restOf(spent, turn.spentBefore) : spent;
  const outcome: TurnOutcome = {
    kind: turn.kind,
    purpose: turn.purpose,
    message: recorder.message(),
    target,
    timings: recorder.timings(turn.begin, turn.end),
    attempts: turn.attempts,
    startedAt: turn.startedAt,
  };
  if (recorder.model !== undefined && recorder.model !== target.model) outcome.answeredBy = recorder.model;
  if (recorder.finishReason !== undefined) outcome.finishReason = recorder.finishReason;
  if (recorder.rawReason !== undefined) outcome.rawReason = recorder.rawReason;
  if (usage !== undefined) outcome.usage = usage;
  if (cost !== undefined) outcome.cost = cost;
  if (isWhole) outcome.whole = spent;
  const rate = recorder.rate(usage?.outputTokens, usage?.reasoningTokens);
  if (rate !== undefined) outcome.tokensPerSecond = rate;
  if (turn.error !== undefined) outcome.error = turn.error;
  if (recorder.resume !== undefined) outcome.resume = recorder.resume;
  return outcome;
}

/** `error`: of this attempt, also where the person has stopped the turn. */
export interface PricedAttempt {
  candidate: Candidate | undefined;
  recorder: Recorder;
  sent: boolean;
  error?: AssistantError | undefined;
  question: Omit<ChatRequest, "model">;
  prices: PriceTable;
  /** Wall clock, milliseconds since 1970. */
  startedAt: number;
}

/** What one attempt used and cost, also when it failed. */
export function spentBy(attempt: PricedAttempt): Spent {
  const usage = usageOf(attempt);
  const cost = costOfAttempt(attempt, usage);
  return { ...defined({ usage, cost }) };
}

/**
 * Counts that were reported stand, but those of an answer that did not end are of its middle, or of its thoughts alone.
 * Where there is none, what was sent and received is estimated if anything was received.
 */
function usageOf({ recorder, sent, error, question, candidate }: PricedAttempt): TokenUsage | undefined {
  // Who got the question may charge for it, and nobody knows how much.
  if (!recorder.shown) return recorder.usage ?? (sent && mayHaveWorked(error) ? {} : undefined);
  const reported = recorder.usage?.outputTokens;
  // An end without an answer is one too: all that was written was thinking.
  const isWhole = recorder.ended || error?.details.reason === "empty-response";
  if (reported !== undefined && isWhole) return recorder.usage;
  // Nothing but a place in it is sent for the rest of an answer.
  const estimate = recorder.resumed
    ? { inputTokens: 0, outputTokens: estimateTokens(recorder.written()) }
    : estimateUsage({ ...question, model: candidate?.model ?? "" }, recorder.written());
  const outputTokens = Math.max(reported ?? 0, estimate.outputTokens ?? 0);
  return { ...estimate, ...recorder.usage, outputTokens, estimated: true };
}

const workedKinds = new Set<ErrorKind>([
  ...(["network", "first-token-timeout", "idle-timeout", "overloaded"] as const),
  ...(["malformed", "incomplete", "refused", "reported", "too-large"] as const),
]);

/** False where the server turned the question down; undefined = the person stopped it. */
function mayHaveWorked(error: AssistantError | undefined): boolean {
  if (error === undefined) return true;
  const { status = 0, reason } = error.details;
  return workedKinds.has(error.kind) && status < 400 && reason !== "html";
}

function costOfAttempt(
  { candidate, recorder, prices, startedAt }: PricedAttempt,
  usage: TokenUsage | undefined,
): Cost | undefined {
  // Of an attempt that failed before its output began, the input is charged all the same.
  const inputOnly = !recorder.shown && usage !== undefined && usage.outputTokens === undefined;
  const charged = inputOnly ? { ...usage, outputTokens: 0, estimated: true } : usage;
  // A router answers by a model of its choice, and that one is paid for.
  const priceAs = (model: string) =>
    candidate && priceOf({ ...candidate, model }, { table: prices, at: startedAt }, usage?.inputTokens);
  const known = priceAs(recorder.model ?? candidate?.model ?? "") ?? priceAs(candidate?.model ?? "");
  return costOf({ usage: charged, known, ...(recorder.reportedCost && { reported: recorder.reportedCost }) });
}
