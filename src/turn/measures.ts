/** What is kept of an outcome beside its text, and how two halves of one answer add up. */
import type { MessageMeasures } from "../core/conversation.ts";
import { readCost, readTokens } from "../core/foreign-number.ts";
import type { Spent, TurnOutcome } from "../core/outcome.ts";
import { type Cost, type TokenUsage, tokenCounts } from "../core/usage.ts";
import { addAmounts } from "../money/money.ts";

export function measuresOf(outcome: TurnOutcome): MessageMeasures {
  const measures: MessageMeasures = { target: outcome.target, timings: outcome.timings };
  if (outcome.answeredBy !== undefined) measures.answeredBy = outcome.answeredBy;
  if (outcome.finishReason !== undefined) measures.finishReason = outcome.finishReason;
  if (outcome.usage !== undefined) measures.usage = outcome.usage;
  const cost = outcome.attempts.reduce(
    (sum, attempt) => (attempt.usage === undefined ? sum : addCost(sum, attempt.cost)),
    outcome.cost,
  );
  if (cost !== undefined) measures.cost = cost;
  if (outcome.tokensPerSecond !== undefined) measures.tokensPerSecond = outcome.tokensPerSecond;
  return measures;
}

/**
 * The sum of a cut-off answer and its continuation; the first half's TTFT stays, an unknown half makes the sum
 * unknown. `whole`: what the server reported of both together.
 */
export function addMeasures(
  first: MessageMeasures | undefined,
  second: MessageMeasures,
  whole?: Spent,
): MessageMeasures {
  // A continuation that never began adds only time.
  if (first !== undefined && second.timings?.ttft === undefined && second.usage === undefined) return first;
  const { cost: _cost, usage: _usage, timings, ...rest } = second;
  const sum: MessageMeasures = { ...rest, ...whole };
  // The editor was closed over the first half, so nothing is known of it.
  if (first === undefined) return whole && timings ? { ...sum, timings } : sum;
  if (whole === undefined) {
    const usage = addUsage(first.usage, second.usage);
    if (usage !== undefined) sum.usage = usage;
    const cost = addCost(first.cost, second.cost);
    if (cost !== undefined) sum.cost = cost;
  }
  if (first.timings && timings) {
    sum.timings = { ...timings, ...first.timings, total: first.timings.total + timings.total };
  }
  return sum;
}

/**
 * What is left of a whole when a part was accounted for before. A part that was estimated too high leaves nothing.
 * `before` comes from the file of a conversation and is no part where it is no plausible number.
 */
export function restOf(whole: Spent, before: Spent): Spent {
  const rest: Spent = { ...whole };
  if (whole.usage && before.usage) {
    const usage = { ...whole.usage };
    for (const name of tokenCounts) {
      const count = usage[name];
      if (count !== undefined) usage[name] = Math.max(0, count - (readTokens(before.usage[name]) ?? 0));
    }
    rest.usage = before.usage.estimated ? { ...usage, estimated: true } : usage;
  }
  const paid = before.cost && readCost(before.cost.amount, before.cost.currency);
  if (whole.cost && before.cost?.currency === whole.cost.currency && paid !== undefined) {
    const amount = Math.max(0, addAmounts(whole.cost.amount, -paid));
    const source = before.cost.source === "estimated" ? "estimated" : whole.cost.source;
    rest.cost = { ...whole.cost, amount, source };
  }
  return rest;
}

function addUsage(first: TokenUsage | undefined, second: TokenUsage | undefined): TokenUsage | undefined {
  if (first === undefined || second === undefined) return undefined;
  const sum: TokenUsage = {};
  for (const name of tokenCounts) {
    const a = first[name];
    const b = second[name];
    if (a !== undefined && b !== undefined) sum[name] = a + b;
  }
  if (first.estimated || second.estimated) sum.estimated = true;
  return sum;
}

function addCost(first: Cost | undefined, second: Cost | undefined): Cost | undefined {
  if (first === undefined || second === undefined || first.currency !== second.currency) return undefined;
  const estimated = first.source === "estimated" || second.source === "estimated";
  const source = estimated ? "estimated" : first.source === second.source ? second.source : "computed";
  const amounts = [first, second].map(({ amount, currency }) => readCost(amount, currency));
  if (!amounts.every((amount) => amount !== undefined)) return undefined;
  return { ...second, amount: addAmounts(...amounts), source };
}
