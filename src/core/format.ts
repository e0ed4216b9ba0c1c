/** How numbers read, the same in the status bar, the transcript and reports. */
import { trimEndOf } from "./trim.ts";
import type { Cost } from "./usage.ts";

/** Milliseconds as "340 ms" under a second, else "1.24 s", "12.3 s", "2 min 05 s". */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 99.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

/** Two durations in the unit of the longer one: "380–520 ms", "0.42–1.24 s". */
export function formatDurationRange(low: number, high: number): string {
  if (high < 999.5) return `${Math.round(low)}–${formatDuration(high)}`;
  if (high >= 99_950) return `${formatDuration(low)}–${formatDuration(high)}`;
  return `${(low / 1000).toFixed(high < 9995 ? 2 : 1)}–${formatDuration(high)}`;
}

/** A running clock in whole seconds: "7 s", "2 min 05 s", "1 h 00 min". */
export function formatElapsed(milliseconds: number): string {
  const whole = Math.floor(milliseconds / 1000);
  if (whole >= 3600) return `${Math.floor(whole / 3600)} h ${String(Math.floor(whole / 60) % 60).padStart(2, "0")} min`;
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

/** Tokens per second: "167", "42.5", "3.1". */
/** Stands before every figure that rests on counts of ours instead of the provider's. */
export function estimateMark(usage: { estimated?: boolean } | undefined): "~" | "" {
  return usage?.estimated === true ? "~" : "";
}

export function formatRate(tokensPerSecond: number): string {
  return tokensPerSecond >= 99.95 ? String(Math.round(tokensPerSecond)) : tokensPerSecond.toFixed(1);
}

const symbols = new Map(Object.entries({ USD: "$", CNY: "¥", JPY: "¥", KRW: "₩", EUR: "€", GBP: "£" }));

/**
 * Money with as many digits as the amount needs to say anything: "$0.0042", "$1.24", "~$0.012" for an estimate, "—"
 * when unknown. An amount above zero never reads as zero.
 */
export function formatCost(cost: Cost | undefined): string {
  if (cost === undefined) return "—";
  return `${cost.source === "estimated" ? "~" : ""}${formatAmount(cost.amount, cost.currency)}`;
}

export function formatAmount(amount: number, currency: string): string {
  const symbol = symbols.get(currency) ?? `${currency} `;
  if (amount === 0) return `${symbol}0`;
  if (amount >= 0.995) return `${symbol}${amount.toFixed(2)}`;
  if (amount < 0.000001) return `<${symbol}0.000001`;
  const digits = Math.min(8, Math.ceil(-Math.log10(amount)) + 1);
  return `${symbol}${amount.toFixed(digits)}`;
}

/** All digits that an amount can have, and never an exponent: "0.000227416 USD". */
export function exactAmount(amount: number, currency: string): string {
  return `${trimEndOf(trimEndOf(amount.toFixed(12), "0"), ".")} ${currency}`;
}

/** Token counts: "950", "12.4k", "1.05M". */
export function formatTokens(tokens: number): string {
  if (tokens < 1000) return String(tokens);
  if (tokens < 999_500) return `${(tokens / 1000).toFixed(tokens < 99_950 ? 1 : 0)}k`;
  return `${(tokens / 1_000_000).toFixed(2)}M`;
}

/** Sizes of files: "815 MB", "5.2 GB". */
export function formatSize(bytes: number): string {
  return bytes < 999.5e6 ? `${(bytes / 1e6).toFixed(0)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** The word for `name`, which anyone may have chosen; the name itself where there is none. */
export function wordFor(name: string, words: Readonly<Record<string, string>>): string {
  return Object.hasOwn(words, name) ? words[name]! : name;
}

/** Fills "{name}" placeholders; unknown ones stay. */
export function fill(template: string, values: Record<string, string | number>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : whole,
  );
}
