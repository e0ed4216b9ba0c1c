/** Makes figures of what the models of a comparison did: medians with their spread, success, tokens and money. */

import type { TurnOutcome } from "../core/outcome.ts";
import type { Cost } from "../core/usage.ts";
import { median } from "../money/statistics.ts";
import { measuresOf } from "../turn/measures.ts";
import type { ComparisonFigures, Spread } from "./result.ts";

/** Output tokens below which the time for 1,000 would be mostly the time to the first. */
const LONG_ENOUGH = 100;

/** Of one model's outcomes. */
export function figuresOf(outcomes: readonly TurnOutcome[]): ComparisonFigures {
  const answers = outcomes.filter(({ kind }) => kind === "completed");
  const failures = outcomes.flatMap(({ attempts }) => attempts.filter(({ error }) => error !== undefined));
  const figures: ComparisonFigures = {
    asked: answers.length + failures.length,
    answered: answers.length,
    retries: outcomes.reduce((sum, { attempts }) => sum + Math.max(0, attempts.length - 1), 0),
  };
  const measure = (
    name: "ttft" | "total" | "perThousand" | "tokensPerSecond" | "inputTokens" | "outputTokens",
    value: (answer: TurnOutcome) => number | undefined,
  ): void => {
    const spread = spreadOf(answers.map(value).filter((one) => one !== undefined));
    if (spread !== undefined) figures[name] = spread;
  };
  measure("ttft", ({ timings }) => timings.ttft);
  measure("total", answerTime);
  measure("perThousand", timePerThousand);
  measure("tokensPerSecond", ({ tokensPerSecond }) => tokensPerSecond);
  measure("inputTokens", ({ usage }) => usage?.inputTokens);
  measure("outputTokens", ({ usage }) => usage?.outputTokens);
  if (answers.some(({ usage }) => usage?.estimated)) figures.estimated = true;
  const cost = costSpread(answers.map((answer) => measuresOf(answer).cost));
  if (cost !== undefined) figures.cost = cost;
  return figures;
}

/** From the start of the request that answered: waiting for a slot or a retry is not the model's doing. */
export function answerTime({ timings }: TurnOutcome): number {
  return timings.total - (timings.waited ?? 0);
}

export function timePerThousand(answer: TurnOutcome): number | undefined {
  const tokens = answer.usage?.outputTokens;
  return tokens === undefined || tokens < LONG_ENOUGH ? undefined : (answerTime(answer) * 1000) / tokens;
}

/** By currency, because amounts of different currencies have no sum. */
export interface Spending {
  amounts: Map<string, number>;
  estimated: boolean;
  /** Answers, or models, whose cost is unknown and therefore in no amount. */
  unknown: number;
}

/** What the outcomes cost together, failed and stopped ones included. */
export function spentOn(outcomes: readonly TurnOutcome[]): Spending {
  const spending: Spending = { amounts: new Map(), estimated: false, unknown: 0 };
  for (const outcome of outcomes) {
    for (const { usage, cost } of [...outcome.attempts, outcome]) {
      if (cost !== undefined) addCost(spending, cost, 1);
      else if (usage !== undefined) spending.unknown++;
    }
  }
  return spending;
}

export function addCost(spending: Spending, { amount, currency, source }: Cost, times: number): void {
  spending.amounts.set(currency, (spending.amounts.get(currency) ?? 0) + amount * times);
  if (source === "estimated") spending.estimated = true;
}

function spreadOf(values: readonly number[]): Spread | undefined {
  const middle = median(values);
  return middle === undefined ? undefined : { median: middle, low: Math.min(...values), high: Math.max(...values) };
}

/** One answer of unknown cost makes the figure unknown: a median of the others would pass for that of all. */
function costSpread(costs: readonly (Cost | undefined)[]): ComparisonFigures["cost"] {
  const known = costs.filter((cost) => cost !== undefined);
  const currency = known[0]?.currency;
  const spread = spreadOf(known.map(({ amount }) => amount));
  if (spread === undefined || currency === undefined || known.length < costs.length) return undefined;
  if (known.some((cost) => cost.currency !== currency)) return undefined;
  const source = known.find((cost) => cost.source === "estimated")?.source ?? known[0]!.source;
  return { ...spread, currency, source };
}
