/** The report as its page shows it: rows in an order that helps, a chart without gaps, and the prices of other models. */

import { formatTarget } from "../core/target.ts";
import type { Answer } from "./answers.ts";
import { countDays, daysBetween, monthsBetween } from "./day-range.ts";
import { costOfLoads, type PriceAt } from "./load.ts";
import { addAmounts } from "./money.ts";
import { amountsOf, type Report, turnsOf } from "./report.ts";
import { addSums, emptySums, type Sums } from "./roll-up.ts";
import type { Amount, AnswerRow, DayRange, ElsewhereRow, UsageChart, UsageRow } from "./usage-report.ts";

/** More bars than these cannot be told apart. */
const MOST_DAYS = 92;

export function rowOf(name: string, sums: Sums): UsageRow {
  return {
    name,
    turns: turnsOf(sums),
    inputTokens: sums.inputTokens,
    cachedTokens: sums.cacheReadTokens,
    outputTokens: sums.outputTokens,
    amounts: listAmounts(sums),
    estimated: sums.estimated > 0,
    estimatedTokens: sums.estimatedTokens > 0,
    unknown: sums.unknown,
  };
}

/** The dearest first, and what cost nothing by its tokens. */
export function rowsOf(groups: ReadonlyMap<string, Sums>): UsageRow[] {
  const dearest = ({ amounts }: UsageRow) => Math.max(0, ...amounts.map(({ amount }) => amount));
  const tokens = ({ inputTokens, outputTokens }: UsageRow) => inputTokens + outputTokens;
  return [...groups]
    .map(([name, sums]) => rowOf(name, sums))
    .sort((one, other) => dearest(other) - dearest(one) || tokens(other) - tokens(one));
}

/** `today` ends a chart that nothing else ends. */
export function chartOf({ byDay, total }: Pick<Report, "byDay" | "total">, range: DayRange, today: string): UsageChart {
  const used = [...byDay.keys()].sort();
  const end = [used.at(-1) ?? today, today].sort().at(-1)!;
  const first = range.from ?? used[0] ?? today;
  const last = range.to ?? end;
  const unit = countDays(first, last) > MOST_DAYS ? "month" : "day";
  // Of a range that was chosen wide, only the years in which there is something are shown.
  const begin = [first, used[0] ?? today].sort().at(-1)!;
  const names = unit === "day" ? daysBetween(first, last) : monthsBetween(begin, [last, end].sort()[0]!);
  const sums = new Map(names.map((name) => [name, emptySums()]));
  for (const [day, more] of byDay) {
    const group = sums.get(unit === "day" ? day : day.slice(0, 7));
    if (group) addSums(group, more);
  }
  const bars = [...sums.values()];
  const currencies = listAmounts(total).map(({ currency }) => currency);
  const series = currencies.map((currency) => ({
    currency,
    values: bars.map((bar) => amountsOf(bar).get(currency) ?? 0),
  }));
  const tokens = { values: bars.map(({ inputTokens, outputTokens }) => inputTokens + outputTokens) };
  return { unit, names, series: series.length > 0 ? series : [tokens] };
}

export function answerRows(answers: readonly Answer[]): AnswerRow[] {
  return answers.map(({ id, time, purpose, cost, recorded, ...target }) => {
    const row: AnswerRow = { id, time, name: formatTarget(target), purpose, estimated: cost?.source === "estimated" };
    if (cost !== undefined) row.amount = { currency: cost.currency, amount: cost.amount };
    if (recorded !== undefined) row.recorded = recorded && { currency: recorded.currency, amount: recorded.amount };
    return row;
  });
}

export interface OtherPrice extends Pick<ElsewhereRow, "name" | "origin"> {
  priceAt: PriceAt;
}

/** What the same requests would have cost elsewhere, the cheapest first. */
export function elsewhereRows(
  { total, loads }: Pick<Report, "total" | "loads">,
  others: readonly OtherPrice[],
): ElsewhereRow[] {
  const paid = listAmounts(total);
  const only = paid.length === 1 && total.unknown === 0 ? paid[0] : undefined;
  return others
    .flatMap(({ name, origin, priceAt }) => {
      const cost = costOfLoads(loads, priceAt);
      if (cost === undefined) return [];
      const { amount, currency } = cost;
      const difference = only?.currency === currency ? { difference: addAmounts(amount, -only.amount) } : {};
      return [{ name, origin, amount, currency, ...difference }];
    })
    .sort((one, other) =>
      one.currency === other.currency ? one.amount - other.amount : one.currency < other.currency ? -1 : 1,
    );
}

/** In an order that does not change from one look to the next. */
function listAmounts(sums: Sums): Amount[] {
  return [...amountsOf(sums)]
    .map(([currency, amount]) => ({ currency, amount }))
    .sort((one, other) => (one.currency < other.currency ? -1 : 1));
}
