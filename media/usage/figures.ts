/** How the figures of a row read: rounded in the cell, with all digits in its tooltip. */

import { exactAmount, fill, formatAmount } from "../../src/core/format.ts";
import type { Amount, UsageRow, UsageTexts } from "../../src/money/usage-protocol.ts";

/** "~$1.24 + ¥3.00 + answers of unknown cost: 2", or "—" when there is nothing. */
export function costText({ amounts, estimated, unknown }: UsageRow, texts: UsageTexts): string {
  const parts = amounts.map(({ amount, currency }) => `${estimated ? "~" : ""}${formatAmount(amount, currency)}`);
  if (unknown > 0) parts.push(fill(texts.unknown, { count: unknown }));
  return parts.length === 0 ? "—" : parts.join(" + ");
}

export function exactText(amounts: readonly Amount[]): string {
  return amounts.map(({ amount, currency }) => exactAmount(amount, currency)).join(" + ");
}

/** With its sign: "+~$1.20", "−~$0.30". */
export function differenceText(amount: number, currency: string): string {
  const sign = amount > 0 ? "+" : amount < 0 ? "−" : "";
  return `${sign}~${formatAmount(Math.abs(amount), currency)}`;
}

export function countText(count: number, locale: string): string {
  return count.toLocaleString(locale);
}

/** Tokens of a row, marked where any of them are estimated. */
export function tokensText(tokens: number, { estimatedTokens }: UsageRow, locale: string): string {
  return `${estimatedTokens ? "~" : ""}${countText(tokens, locale)}`;
}

/** A day or a month of the calendar as people write it. */
export function dateText(name: string, locale: string): string {
  const isMonth = name.length === 7;
  const date = new Date(`${isMonth ? `${name}-01` : name}T00:00:00Z`);
  const parts = isMonth ? ({ year: "numeric", month: "short" } as const) : ({ dateStyle: "medium" } as const);
  return new Intl.DateTimeFormat(locale, { ...parts, timeZone: "UTC" }).format(date);
}
