/** Tokens and money: `undefined` means not reported or unknown, and zero means zero. */

/**
 * Token counts as one provider-independent account: `inputTokens` includes cached ones, `outputTokens` includes
 * reasoning (wire adapters translate from the provider's own way of counting).
 */
export interface TokenUsage {
  inputTokens?: number;
  outputTokens?: number;
  /** Part of `inputTokens` that was read from the provider's cache. */
  cacheReadTokens?: number;
  /** Part of `inputTokens` that was written to the provider's cache. */
  cacheWriteTokens?: number;
  /** Part of `cacheWriteTokens` that is kept for an hour instead of some minutes, and costs more. */
  cacheWriteHourTokens?: number;
  /** Part of `outputTokens` spent on reasoning. */
  reasoningTokens?: number;
  /** True when the counts are Runnel's own estimate because the server reported none. */
  estimated?: boolean;
}

/** The counts of a `TokenUsage`. */
export const tokenCounts = [
  "inputTokens",
  "outputTokens",
  "cacheReadTokens",
  "cacheWriteTokens",
  "cacheWriteHourTokens",
  "reasoningTokens",
] as const;

export type CostSource = "reported" | "computed" | "estimated";

/** `amount` is in units of `currency` (1 = one dollar, not a cent), computed without drift (see `money/money.ts`). */
export interface Cost {
  amount: number;
  currency: string;
  source: CostSource;
  /** Where the price came from, for a person to read: "your settings", "list price of 2026-11-20". */
  priceOrigin?: string;
  /** The price that was applied, kept because lists of prices change. */
  price?: Price;
}

export interface Price {
  /** Per million tokens. */
  input: number;
  output: number;
  /** Absent = cached input costs what other input costs. */
  cacheRead?: number;
  cacheWrite?: number;
  /** Absent = what `cacheWrite` costs. */
  cacheWriteHour?: number;
  currency: string;
}

/** The known fields of `next` over those of `previous`. */
export function mergeUsage(previous: TokenUsage, next: TokenUsage): TokenUsage {
  const merged: TokenUsage = { ...previous };
  for (const [name, value] of Object.entries(next)) {
    if (value !== undefined) Object.assign(merged, { [name]: value });
  }
  return merged;
}
