/** What a turn cost: the server's own figure, else computed from the tokens it reported, else from an estimate, else unknown. */
import type { Cost, TokenUsage } from "../core/usage.ts";
import { type KnownPrice, PRICES_CHECKED } from "./prices.ts";

export interface CostQuestion {
  usage: TokenUsage | undefined;
  reported?: { amount: number; currency: string };
  known: KnownPrice | undefined;
}

/** Undefined = unknown: no price, or the tokens of one side were neither reported nor estimated. */
export function costOf({ usage, reported, known }: CostQuestion): Cost | undefined {
  if (reported !== undefined && Number.isFinite(reported.amount) && reported.amount >= 0) {
    return { ...reported, source: "reported" };
  }
  if (known === undefined || usage?.inputTokens === undefined || usage.outputTokens === undefined) return undefined;
  const { price } = known;
  const cacheRead = Math.min(usage.cacheReadTokens ?? 0, usage.inputTokens);
  const cacheWrite = Math.min(usage.cacheWriteTokens ?? 0, usage.inputTokens - cacheRead);
  const fresh = usage.inputTokens - cacheRead - cacheWrite;
  const perMillion =
    fresh * price.input +
    cacheRead * (price.cacheRead ?? price.input) +
    cacheWrite * (price.cacheWrite ?? price.input) +
    usage.outputTokens * price.output;
  return {
    amount: perMillion / 1_000_000,
    currency: price.currency,
    // A gateway's own price may differ from the maker's list price, so that is an estimate however exact the tokens are.
    source: usage.estimated || known.origin === "list" ? "estimated" : "computed",
    priceOrigin:
      known.origin === "own" || known.origin === "endpoint" ? known.origin : `${known.origin} ${PRICES_CHECKED}`,
  };
}
