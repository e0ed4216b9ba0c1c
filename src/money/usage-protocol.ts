/** The whole contract between the extension host and the page of the usage report. */
import type { BudgetUse } from "../core/errors.ts";
import { type MessageFields, messageGuard } from "../core/message-guard.ts";
import type { UsageReport } from "./usage-report.ts";

export {
  type Amount,
  type AnswerRow,
  type DayRange,
  rangeNames,
  type UsageChart,
  type UsageRow,
} from "./usage-report.ts";

/** A limit with what is used of it, in a localized sentence. */
export interface BudgetBar extends BudgetUse {
  text: string;
}

export interface UsagePage extends Omit<UsageReport, "budget"> {
  budget: BudgetBar[];
  /** Localized: what the budget cannot count, and why the newest entries are only in memory. */
  remarks: string[];
  /** Localized: whose list prices these are, and of when. */
  prices: string;
}

/** Each message replaces the one before. */
export type ToUsage = { type: "report"; page: UsagePage; texts: UsageTexts; locale: string };

export type FromUsage =
  | { type: "ready" }
  /** A name of `rangeNames`; the days count for "custom" only and are empty where there is no limit. */
  | { type: "choose-range"; name: string; from: string; to: string }
  /** Which models of the price table are compared with. */
  | { type: "choose-models" }
  | { type: "export"; format: string }
  | { type: "import" }
  /** The person wants to say what this answer did cost. */
  | { type: "correct"; id: string };

const fields: MessageFields<FromUsage> = {
  ready: {},
  "choose-range": { name: "string", from: "string", to: "string" },
  "choose-models": {},
  export: { format: "string" },
  import: {},
  correct: { id: "string" },
};

/** The message when a value is one. */
export const asFromUsage = messageGuard<FromUsage>(fields);

/** Every text of the page, in the user's language. */
export interface UsageTexts {
  title: string;
  range: string;
  ranges: Record<string, string>;
  from: string;
  to: string;
  exportCsv: string;
  exportJson: string;
  importUsage: string;
  total: string;
  cost: string;
  answers: string;
  inputTokens: string;
  cachedTokens: string;
  outputTokens: string;
  unknown: string; // "answers of unknown cost: {0}"
  budget: string;
  overTime: string;
  /** For a screen reader: "{measure} by day: {count} bars, the highest {most} on {when}" */
  chartByDay: string;
  chartByMonth: string;
  tokens: string;
  asTable: string;
  byTarget: string;
  byProvider: string;
  byPurpose: string;
  model: string;
  provider: string;
  purpose: string;
  purposes: Record<string, string>;
  day: string;
  answersList: string;
  answersHint: string;
  time: string;
  correct: string;
  correctedFrom: string; // "corrected; recorded: {amount}"
  unknownCost: string;
  elsewhere: string;
  elsewhereHint: string;
  elsewhereEmpty: string;
  noDifference: string;
  chooseModels: string;
  difference: string;
  paid: string;
  priceFrom: string;
  origins: Record<string, string>;
  nothing: string;
  updated: string;
}
