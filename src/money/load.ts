/** What was asked hour by hour and size by size: enough to price it anew where prices depend on either. */
import { type Cost, type TokenUsage, tokenCounts } from "../core/usage.ts";
import { costOf } from "./cost.ts";
import { addAmounts } from "./money.ts";
import type { KnownPrice } from "./prices.ts";

export type TokenSums = Record<(typeof tokenCounts)[number], number>;

/** The requests of one hour whose input was of like size, all models together. */
export interface Load {
  /** In the person's time zone: "2026-11-26". */
  day: string;
  /** Whole hours since 1970; prices change on the hour. */
  hour: number;
  /** How many of `SIZES` the input of each was above. */
  size: number;
  tokens: TokenSums;
}

/** The sizes above which a price of the table is another one; it is a test that these are all. */
export const SIZES = [128_000, 199_999, 200_000, 271_999, 272_000, 512_000];

const HOUR = 3_600_000;

export function noTokens(): TokenSums {
  return {
    ...{ inputTokens: 0, outputTokens: 0, cacheReadTokens: 0 },
    ...{ cacheWriteTokens: 0, cacheWriteHourTokens: 0, reasoningTokens: 0 },
  };
}

export function addTokens(sums: TokenSums, more: Partial<TokenSums>): void {
  for (const name of tokenCounts) sums[name] += more[name] ?? 0;
}

export function addLoad(loads: Map<string, Load>, day: string, time: number, usage: TokenUsage): void {
  const hour = Math.floor(time / HOUR);
  const input = usage.inputTokens ?? 0;
  const size = SIZES.filter((above) => input > above).length;
  const key = loadKey({ day, hour, size });
  const load = loads.get(key) ?? { day, hour, size, tokens: noTokens() };
  loads.set(key, load);
  addTokens(load.tokens, usage);
}

export function loadKey({ day, hour, size }: Omit<Load, "tokens">): string {
  return `${day} ${hour} ${size}`;
}

/** The price at an instant for a request of so many input tokens; undefined when unknown. */
export type PriceAt = (at: number, inputTokens: number) => KnownPrice | undefined;

/** What all of it would have cost at another price; undefined when that is unknown of a part. An estimate. */
export function costOfLoads(loads: Iterable<Load>, priceAt: PriceAt): Cost | undefined {
  const amounts: number[] = [];
  let last: Cost | undefined;
  for (const { hour, size, tokens } of loads) {
    const known = priceAt(hour * HOUR, (SIZES[size - 1] ?? 0) + 1);
    const cost = costOf({ usage: { ...tokens, estimated: true }, known });
    if (cost === undefined || (last !== undefined && cost.currency !== last.currency)) return undefined;
    amounts.push(cost.amount);
    last = cost;
  }
  return last && { ...last, amount: addAmounts(...amounts), source: "estimated" };
}
