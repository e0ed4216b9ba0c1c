/** The one check of numbers from outside: finite, not negative, below a bound nothing real comes near; else unknown, never zero. */
import { type TokenUsage, tokenCounts } from "./usage.ts";

/**
 * Bounds, inclusive. They keep nonsense out, so each lies far above what exists:
 *
 * - tokens of one answer: the largest context windows hold ten million;
 * - cost of one answer: at the dearest prices, a full window of a million tokens costs some hundred US dollars. Other
 *   currencies have smaller units, some a hundred thousand to the dollar;
 * - price of a million tokens: the dearest model sold so far took 600 US dollars.
 */
export const MOST_TOKENS = 1e9;
const MOST_DOLLARS = 10_000;
export const MOST_AMOUNT = 1e9;

export type ForeignNumber = "tokens" | "cost" | "price";

/** The most that one answer, or a million tokens, can cost in this currency. */
export function mostIn(currency: string): number {
  return currency === "USD" ? MOST_DOLLARS : MOST_AMOUNT;
}

/** Digits as JSON writes them. No hexadecimal, no separators, no words, nothing empty: `Number` takes all of these. */
const DECIMAL = /^\d{1,40}(?:\.\d{1,60})?(?:[eE][+-]?\d{1,3})?$/;

/** From zero up to `most`, also when written as a string of decimal digits; undefined for everything else. */
export function readNumber(value: unknown, most: number): number | undefined {
  const text = typeof value === "string" ? value.slice(0, 200).trim() : undefined;
  const number = text === undefined ? value : DECIMAL.test(text) ? Number(text) : undefined;
  if (typeof number !== "number" || !Number.isFinite(number) || number < 0 || number > most) return undefined;
  return number === 0 ? 0 : number;
}

/** A number of tokens is whole. */
export function readTokens(value: unknown): number | undefined {
  const number = readNumber(value, MOST_TOKENS);
  return number !== undefined && Number.isInteger(number) ? number : undefined;
}

export function readCost(value: unknown, currency = "USD"): number | undefined {
  return readNumber(value, mostIn(currency));
}

/** For a million tokens. */
export function readPrice(value: unknown, currency = "USD"): number | undefined {
  return readNumber(value, mostIn(currency));
}

/** Reads the numbers of one answer, and remembers of which kind some were there that could not be taken. */
export class NumberCheck {
  readonly #refused = new Set<ForeignNumber>();
  #told = 0;

  tokens(value: unknown): number | undefined {
    return this.#read("tokens", value, readTokens(value));
  }

  cost(value: unknown): number | undefined {
    return this.#read("cost", value, readCost(value));
  }

  /** The kinds so far, when there is a new one since the last call. */
  news(): ForeignNumber[] | undefined {
    if (this.#refused.size === this.#told) return undefined;
    this.#told = this.#refused.size;
    return [...this.#refused];
  }

  /** Without what no answer can have used; what is a part of something is at most as much as all of it. */
  usage(usage: TokenUsage): TokenUsage {
    const checked: TokenUsage = { ...usage };
    for (const name of tokenCounts) {
      if (checked[name] !== undefined && this.tokens(checked[name]) === undefined) delete checked[name];
    }
    return withinWhole(checked);
  }

  #read(kind: ForeignNumber, value: unknown, number: number | undefined): number | undefined {
    // Some servers write null, and an old Python NaN, where they count nothing.
    if (number === undefined && value !== undefined && value !== null) this.#refused.add(kind);
    return number;
  }
}

/** What is a part of something is at most as much as all of it. */
export function withinWhole(usage: TokenUsage): TokenUsage {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, cacheWriteHourTokens, reasoningTokens } = usage;
  const within: TokenUsage = { ...usage };
  const limit = (name: (typeof tokenCounts)[number], part: number | undefined, whole: number | undefined): void => {
    if (part !== undefined && whole !== undefined && part > whole) within[name] = whole;
  };
  limit("cacheReadTokens", cacheReadTokens, inputTokens);
  limit("cacheWriteTokens", cacheWriteTokens, inputTokens);
  limit("cacheWriteHourTokens", cacheWriteHourTokens, within.cacheWriteTokens);
  limit("reasoningTokens", reasoningTokens, outputTokens);
  return within;
}
