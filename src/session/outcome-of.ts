/** Makes the one outcome of a turn from what its last attempt recorded: usage, cost, times. */
import type { AssistantError } from "../core/errors.ts";
import type { ChatRequest } from "../core/message.ts";
import type { Attempt, OutcomeKind, Purpose, TurnOutcome } from "../core/outcome.ts";
import type { Target } from "../core/target.ts";
import type { Cost, TokenUsage } from "../core/usage.ts";
import { costOf } from "../usage/cost.ts";
import { estimateUsage } from "../usage/estimate.ts";
import type { PriceTable } from "../usage/prices.ts";
import { priceOf } from "./candidate-price.ts";
import type { Recorder } from "./recorder.ts";
import type { Candidate } from "./turn.ts";

export interface TurnEnd {
  candidate: Candidate | undefined;
  target: Target;
  recorder: Recorder;
  kind: OutcomeKind;
  error: AssistantError | undefined;
  attempts: Attempt[];
  question: Omit<ChatRequest, "model">;
  prices: PriceTable;
  purpose: Purpose;
  /** Wall clock, milliseconds since 1970. */
  startedAt: number;
  /** Monotonic clock, milliseconds. */
  begin: number;
  end: number;
}

export function outcomeOf(turn: TurnEnd): TurnOutcome {
  const { recorder, target } = turn;
  const { usage, cost } = spentBy(turn);
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
  const rate = recorder.rate(usage?.outputTokens, usage?.reasoningTokens);
  if (rate !== undefined) outcome.tokensPerSecond = rate;
  if (turn.error !== undefined) outcome.error = turn.error;
  if (recorder.resume !== undefined) outcome.resume = recorder.resume;
  return outcome;
}

/** What one attempt used and cost, also when it failed. */
export function spentBy(
  attempt: Pick<TurnEnd, "recorder" | "candidate" | "question" | "prices" | "startedAt">,
): Pick<Attempt, "usage" | "cost"> {
  const usage = usageOf(attempt);
  const cost = costOfAttempt(attempt, usage);
  return { ...(usage === undefined ? {} : { usage }), ...(cost === undefined ? {} : { cost }) };
}

/** Counts that were reported stand; without any, what was sent and received is estimated if anything was received. */
function usageOf({ recorder, question, candidate }: Parameters<typeof spentBy>[0]): TokenUsage | undefined {
  if (recorder.usage?.outputTokens !== undefined || !recorder.shown) return recorder.usage;
  const request = { ...question, model: candidate?.model ?? "" };
  return { ...estimateUsage(request, recorder.written()), ...recorder.usage, estimated: true };
}

function costOfAttempt(
  { candidate, recorder, prices, startedAt }: Parameters<typeof spentBy>[0],
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
