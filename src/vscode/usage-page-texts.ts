/** The texts of the usage report's page in the user's language. */
import { l10n } from "vscode";
import type { UsageTexts } from "../shared/usage-protocol.ts";

export function usagePageTexts(): UsageTexts {
  return {
    title: l10n.t("Usage"),
    range: l10n.t("Period"),
    ranges: {
      today: l10n.t("Today"),
      week: l10n.t("Last 7 days"),
      month: l10n.t("This month"),
      "last-month": l10n.t("Last month"),
      all: l10n.t("All"),
      custom: l10n.t("Custom dates"),
    },
    from: l10n.t("From"),
    to: l10n.t("To"),
    exportCsv: l10n.t("Export as CSV"),
    exportJson: l10n.t("Export as JSON"),
    importUsage: l10n.t("Import…"),
    total: l10n.t("Total"),
    cost: l10n.t("Cost"),
    answers: l10n.t("Answers"),
    inputTokens: l10n.t("Input tokens"),
    cachedTokens: l10n.t("of these cached"),
    outputTokens: l10n.t("Output tokens"),
    unknown: l10n.t({ message: "answers of unknown cost: {count}", comment: ["{count} is filled in later"] }),
    budget: l10n.t("Budget"),
    overTime: l10n.t("Over Time"),
    chartByDay: l10n.t({
      message: "{measure} by day, days: {count}. The highest: {most}, {when}.",
      comment: ["What a screen reader says about a bar chart; {measure} is a currency or “tokens”"],
    }),
    chartByMonth: l10n.t({
      message: "{measure} by month, months: {count}. The highest: {most}, {when}.",
      comment: ["What a screen reader says about a bar chart; {measure} is a currency or “tokens”"],
    }),
    tokens: l10n.t("Tokens"),
    asTable: l10n.t("By day, as a table"),
    byTarget: l10n.t("By model"),
    byProvider: l10n.t("By provider"),
    byPurpose: l10n.t("By purpose"),
    model: l10n.t("Model"),
    provider: l10n.t("Provider"),
    purpose: l10n.t("Purpose"),
    purposes: {
      chat: l10n.t("Chat"),
      explain: l10n.t("Explanations"),
      edit: l10n.t("Edits"),
      commit: l10n.t("Commit messages"),
      compare: l10n.t("Comparisons"),
      test: l10n.t("Connection tests"),
      api: l10n.t("Other extensions"),
    },
    day: l10n.t("Day"),
    elsewhere: l10n.t("The Same Tokens Elsewhere"),
    elsewhereHint: l10n.t(
      "What the same requests would have cost at other prices, each at its hour and of its size. An estimate: another model counts and answers differently.",
    ),
    elsewhereEmpty: l10n.t("No price of another model is known. Choose models of the price table."),
    noDifference: l10n.t(
      "No difference is shown, because some costs are unknown or what was paid is in another or more than one currency.",
    ),
    chooseModels: l10n.t("Choose Models…"),
    difference: l10n.t("Difference"),
    paid: l10n.t("Paid"),
    priceFrom: l10n.t("Price from"),
    origins: { settings: l10n.t("configured"), table: l10n.t("price table") },
    nothing: l10n.t("Nothing was asked in this period."),
    updated: l10n.t({ message: "Usage: {total}", comment: ["Said by a screen reader; {total} is an amount of money"] }),
  };
}
