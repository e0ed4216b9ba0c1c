/** What a turn cost: the server's own figure, else computed from the tokens it reported, else from an estimate, else unknown. */
import { readCost, readPrice, readTokens } from "../core/foreign-number.ts";
import { type Cost, type Price, type TokenUsage, tokenCounts } from "../core/usage.ts";
import { addAmounts, priceOf } from "./money.ts";
import type { KnownPrice } from "./prices.ts";

export interface CostQuestion {
  usage: TokenUsage | undefined;
  reported?: { amount: number; currency: string };
  known: KnownPrice | undefined;
}

/** Undefined = unknown: no price, or the tokens of one side were neither reported nor estimated. */
export function costOf({ usage, reported, known }: CostQuestion): Cost | undefined {
  const figure = reported && readCost(reported.amount, reported.currency);
  if (reported !== undefined && figure !== undefined)
    return { amount: addAmounts(figure), currency: reported.currency, source: "reported" };
  if (known === undefined || usage?.inputTokens === undefined || usage.outputTokens === undefined) return undefined;
  const { price, origin, date } = known;
  if (!isPlausible(price) || !tokenCounts.every((name) => usage[name] === undefined || isCount(usage[name])))
    return undefined;
  const cacheRead = Math.min(usage.cacheReadTokens ?? 0, usage.inputTokens);
  const cacheWrite = Math.min(usage.cacheWriteTokens ?? 0, usage.inputTokens - cacheRead);
  const forAnHour = Math.min(usage.cacheWriteHourTokens ?? 0, cacheWrite);
  const writePrice = price.cacheWrite ?? price.input;
  const amount = priceOf([
    [usage.inputTokens - cacheRead - cacheWrite, price.input],
    [cacheRead, price.cacheRead ?? price.input],
    [cacheWrite - forAnHour, writePrice],
    [forAnHour, price.cacheWriteHour ?? writePrice],
    [usage.outputTokens, price.output],
  ]);
  // Each of its parts may be plausible and all of it not.
  if (readCost(amount, price.currency) === undefined) return undefined;
  return {
    amount,
    currency: price.currency,
    // A gateway's own price may differ from the maker's list price, so that is an estimate however exact the tokens are.
    source: !isFree(price) && (usage.estimated || origin === "list") ? "estimated" : "computed",
    priceOrigin: date === undefined ? origin : `${origin} ${date}`,
    price,
  };
}

function isPlausible({ currency, ...amounts }: Price): boolean {
  return Object.values(amounts).every((amount) => amount === undefined || readPrice(amount, currency) !== undefined);
}

/** Estimates are sums of parts and need not be whole. */
function isCount(tokens: number): boolean {
  return readTokens(Math.round(tokens)) !== undefined;
}

/** However many tokens there are. */
export function isFree({ input, output }: Price): boolean {
  return input === 0 && output === 0;
}
