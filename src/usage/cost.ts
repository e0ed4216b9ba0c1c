/** What a turn cost: the server's own figure, else computed from the tokens it reported, else from an estimate, else unknown. */
import type { Cost, Price, TokenUsage } from "../core/usage.ts";
import { addAmounts, priceOf } from "./money.ts";
import type { KnownPrice } from "./prices.ts";

export interface CostQuestion {
  usage: TokenUsage | undefined;
  reported?: { amount: number; currency: string };
  known: KnownPrice | undefined;
}

/** Undefined = unknown: no price, or the tokens of one side were neither reported nor estimated. */
export function costOf({ usage, reported, known }: CostQuestion): Cost | undefined {
  if (reported !== undefined && Number.isFinite(reported.amount) && reported.amount >= 0) {
    return { amount: addAmounts(reported.amount), currency: reported.currency, source: "reported" };
  }
  if (known === undefined || usage?.inputTokens === undefined || usage.outputTokens === undefined) return undefined;
  const { price, origin, date } = known;
  const cacheRead = Math.min(usage.cacheReadTokens ?? 0, usage.inputTokens);
  const cacheWrite = Math.min(usage.cacheWriteTokens ?? 0, usage.inputTokens - cacheRead);
  const forAnHour = Math.min(usage.cacheWriteHourTokens ?? 0, cacheWrite);
  const writePrice = price.cacheWrite ?? price.input;
  return {
    amount: priceOf([
      [usage.inputTokens - cacheRead - cacheWrite, price.input],
      [cacheRead, price.cacheRead ?? price.input],
      [cacheWrite - forAnHour, writePrice],
      [forAnHour, price.cacheWriteHour ?? writePrice],
      [usage.outputTokens, price.output],
    ]),
    currency: price.currency,
    // A gateway's own price may differ from the maker's list price, so that is an estimate however exact the tokens are.
    source: !isFree(price) && (usage.estimated || origin === "list") ? "estimated" : "computed",
    priceOrigin: date === undefined ? origin : `${origin} ${date}`,
    price,
  };
}

/** However many tokens there are. */
export function isFree({ input, output }: Price): boolean {
  return input === 0 && output === 0;
}
