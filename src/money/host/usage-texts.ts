/** What a person reads about what they have spent and how fast a model is. */
import { l10n } from "vscode";
import { formatAmount, formatDuration, formatRate } from "../../core/format.ts";
import type { LatencySummary } from "../latency.ts";
import type { LedgerTotals } from "../spending.ts";

/** "~$1.24 + ₩300 + answers of unknown cost: 2", or "—" when there is nothing. */
export function totalsText({ amounts, estimated, unknown }: LedgerTotals): string {
  const parts = [...amounts].map(([currency, amount]) => `${estimated ? "~" : ""}${formatAmount(amount, currency)}`);
  if (unknown > 0) parts.push(l10n.t("answers of unknown cost: {0}", unknown));
  return parts.length === 0 ? "—" : parts.join(" + ");
}

/** A mark beside a time to first token that is not what it usually is. */
export function trendMark({ trend }: LatencySummary): string {
  return trend === undefined ? "" : trend === "slower" ? " ▲" : " ▼";
}

export function latencyRows(summary: LatencySummary): [string, string][] {
  const { count, p50, p95, rate, trend } = summary;
  if (p50 === undefined || p95 === undefined) return [];
  const rows: [string, string][] = [
    [l10n.t("TTFT p50 / p95"), `${formatDuration(p50)} / ${formatDuration(p95)} (n = ${count})`],
  ];
  if (rate !== undefined)
    rows.push([l10n.t("Tokens per second p50 / p5"), `${formatRate(rate.p50)} / ${formatRate(rate.slow)}`]);
  if (trend !== undefined) {
    const text = trend === "slower" ? l10n.t("slower than usual") : l10n.t("faster than usual");
    rows.push([l10n.t("At the moment"), `${trendMark(summary).trim()} ${text}`]);
  }
  return rows;
}
