/** What a comparison will cost, guessed before anything is sent, so that a person can say yes or no. */
import type { ChatRequest } from "../core/message.ts";
import { costOf } from "../usage/cost.ts";
import { estimateUsage } from "../usage/estimate.ts";
import { findPrice, type KnownPrice, type PriceTable } from "../usage/prices.ts";
import { addCost, type Spending } from "./comparison-figures.ts";
import type { Candidate } from "./turn.ts";

export interface ComparisonQuestion {
  question: Omit<ChatRequest, "model">;
  rounds: number;
  /** Tokens that one answer may have. */
  outputTokens: number;
}

export interface PricesNow {
  table: PriceTable;
  /** Milliseconds since 1970: some prices depend on the hour. */
  at: number;
}

/** `unknown` counts models. */
export function estimateSpending(
  candidates: readonly Candidate[],
  asked: ComparisonQuestion,
  prices: PricesNow,
): Spending {
  const spending: Spending = { amounts: new Map(), estimated: true, unknown: 0 };
  for (const candidate of candidates) {
    const { inputTokens } = estimateUsage({ ...asked.question, model: candidate.model }, "");
    const outputTokens = Math.min(asked.outputTokens, asked.question.maxOutputTokens ?? Number.POSITIVE_INFINITY);
    const usage = { ...(inputTokens === undefined ? {} : { inputTokens }), outputTokens, estimated: true };
    const cost = costOf({ usage, known: priceOf(candidate, prices, inputTokens) });
    if (cost === undefined) spending.unknown++;
    else addCost(spending, cost, asked.rounds);
  }
  return spending;
}

/** The price of a request of this size, as the turn will be booked with; undefined when unknown. */
export function priceOf(
  { provider, model, ownPrice, endpointPrice }: Candidate,
  { table, at }: PricesNow,
  inputTokens = 0,
): KnownPrice | undefined {
  const { preset, baseUrl } = provider.config;
  const question = {
    model,
    baseUrl,
    at,
    inputTokens,
    ...(preset === undefined ? {} : { preset }),
    ...(ownPrice === undefined ? {} : { own: ownPrice }),
    ...(endpointPrice === undefined ? {} : { endpoint: endpointPrice }),
  };
  return findPrice(question, table);
}
