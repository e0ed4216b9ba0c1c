/** The usage report as plain numbers: what its page shows, before anything is put into words. */
import type { BudgetUse } from "../core/errors.ts";

/** An amount in units of its currency; amounts of different currencies have no sum. */
export interface Amount {
  currency: string;
  amount: number;
}

/** The sums of some requests: of a model, a provider, a purpose, a day or all together. */
export interface UsageRow {
  /** "provider/model", a provider, a purpose, "2026-11-26" or "2026-11". */
  name: string;
  turns: number;
  inputTokens: number;
  /** Part of `inputTokens`. */
  cachedTokens: number;
  outputTokens: number;
  amounts: Amount[];
  /** True when an estimate is among the amounts. */
  estimated: boolean;
  /** True when an estimate is among the tokens. */
  estimatedTokens: boolean;
  /** Requests whose cost is unknown and therefore in no amount. */
  unknown: number;
}

/** One answer of the period. */
export interface AnswerRow {
  id: string;
  /** When it began, milliseconds since 1970. */
  time: number;
  /** "provider/model" */
  name: string;
  purpose: string;
  /** Absent = unknown. */
  amount?: Amount;
  estimated: boolean;
  /** What was recorded, where a person has corrected it; null = unknown. */
  recorded?: Amount | null;
}

/** What all the tokens of the report would have cost at one other price. Always an estimate. */
export interface ElsewhereRow extends Amount {
  /** "provider/model" of the settings, or "maker/model" of the bundled table. */
  name: string;
  origin: "settings" | "table";
  /** What it is above (or below zero: under) what was paid; absent where what was paid is not known in this currency alone. */
  difference?: number;
}

export const rangeNames = ["today", "week", "month", "last-month", "all", "custom"] as const;
export type RangeName = (typeof rangeNames)[number];

/** The days that are counted, the first and the last one included, in the person's time zone: "2026-11-26". */
export interface DayRange {
  name: RangeName;
  /** Absent = from the first day on. */
  from?: string;
  /** Absent = up to the last day. */
  to?: string;
}

export interface UsageReport {
  range: DayRange;
  total: UsageRow;
  byTarget: UsageRow[];
  byProvider: UsageRow[];
  byPurpose: UsageRow[];
  /** In the order of the calendar, without days on which nothing was asked. */
  byDay: UsageRow[];
  chart: UsageChart;
  /** The dearest first, and all that were corrected. */
  answers?: AnswerRow[];
  /** The cheapest first; different currencies one after the other. */
  elsewhere: ElsewhereRow[];
  budget: BudgetUse[];
}

/** What was spent over time, without gaps: by day, or by month where the days would be too many to tell apart. */
export interface UsageChart {
  unit: "day" | "month";
  /** "2026-11-26" or "2026-11". */
  names: string[];
  /** One for each currency that was spent; where none was, one of tokens. */
  series: { currency?: string; values: number[] }[];
}
