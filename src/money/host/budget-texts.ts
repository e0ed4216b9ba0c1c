/** What a person reads about their budget. */
import { l10n } from "vscode";
import type { BudgetUse } from "../../core/errors.ts";
import { formatAmount } from "../../core/format.ts";

/** What is used of one limit. */
export function budgetText({ period, limit, spent, held, currency }: BudgetUse): string {
  const most = formatAmount(limit, currency);
  const used = formatAmount(spent, currency);
  const isOver = spent >= limit;
  if (held !== undefined && !isOver)
    return l10n.t(
      "{1} of your budget of {0} is used, and requests that are still running may use the rest. Ask again when they are done.",
      most,
      used,
    );
  switch (period) {
    case "hour":
      return isOver
        ? l10n.t("Your budget of {0} an hour is used up: {1} in the last 60 minutes.", most, used)
        : l10n.t("{1} of your budget of {0} an hour is used.", most, used);
    case "day":
      return isOver
        ? l10n.t("Your budget of {0} a day is used up: {1} today.", most, used)
        : l10n.t("{1} of today's budget of {0} is used.", most, used);
    case "month":
      return isOver
        ? l10n.t("Your budget of {0} a month is used up: {1} this month.", most, used)
        : l10n.t("{1} of this month's budget of {0} is used.", most, used);
  }
}

/** Why a request does not leave although nobody knows that the budget is used up, and the way out. */
export function unreadableRefusal(): string {
  return l10n.t(
    "The usage ledger cannot be read, so Runnel cannot keep your budget and asks nothing. Repair the ledger, or set “onExceeded” to “warn” in runnel.budget.",
  );
}

/** What a budget cannot count, or undefined when it counts everything. `currencies`: others, joined. */
export function uncountedText(unknown: number, currencies: string): string | undefined {
  const parts: string[] = [];
  if (unknown > 0) parts.push(l10n.t("requests of unknown cost: {0}", unknown));
  if (currencies !== "") parts.push(l10n.t("what was spent in {0}", currencies));
  return parts.length === 0 ? undefined : l10n.t("Your budget does not count: {0}.", parts.join("; "));
}
