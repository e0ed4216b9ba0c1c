/** What asking a candidate costs: the price that holds for it, and the most that one request is likely to come to. */
import { defined } from "../core/defined.ts";
import type { ChatRequest } from "../core/message.ts";
import type { Cost } from "../core/usage.ts";
import { costOf } from "../money/cost.ts";
import { estimateUsage } from "../money/estimate.ts";
import type { PriceTable } from "../money/price-types.ts";
import { findPrice, type KnownPrice } from "../money/prices.ts";
import type { Candidate } from "./candidate.ts";

export interface PricesNow {
  table: PriceTable;
  /** Milliseconds since 1970: some prices depend on the hour. */
  at: number;
}

/** Output tokens to reckon with where neither the question nor the settings limit them. */
const USUAL_MOST = 8192;

/** The price of a request of this size; undefined when unknown. */
export function priceOf(
  { provider, model, ownPrice, endpointPrice }: Omit<Candidate, "apiKey">,
  { table, at }: PricesNow,
  inputTokens = 0,
): KnownPrice | undefined {
  const question = {
    ...provider.config,
    model,
    at,
    inputTokens,
    ...defined({ own: ownPrice, endpoint: endpointPrice }),
  };
  return findPrice(question, table);
}

/** Undefined when the price is unknown. */
export function mostOf(
  candidate: Candidate,
  question: Omit<ChatRequest, "model">,
  prices: PricesNow,
): Cost | undefined {
  const { inputTokens } = estimateUsage({ ...question, model: candidate.model }, "");
  const own = candidate.provider.config.models.find(({ id }) => id === candidate.model)?.maxOutputTokens;
  const outputTokens = question.maxOutputTokens ?? own ?? USUAL_MOST;
  const usage = { outputTokens, estimated: true, ...defined({ inputTokens }) };
  return costOf({ usage, known: priceOf(candidate, prices, inputTokens) });
}
