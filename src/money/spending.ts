/** What was spent in the last hour, today and this month. */
import { aheadOfHour, aheadOfPeriod } from "./clock-notes.ts";
import { fromPicos } from "./money.ts";
import { amountsOf, turnsOf } from "./report.ts";
import { type Amounts, addSums, addTo, dayOf, emptySums, noAmounts, type RollUp, type Sums } from "./roll-up.ts";

export interface LedgerTotals {
  turns: number;
  /** By currency, because amounts of different currencies have no sum. */
  amounts: Map<string, number>;
  /** True when an estimate is among the amounts. */
  estimated: boolean;
  /** Requests whose cost is unknown and therefore in no amount. */
  unknown: number;
}

export interface Spending {
  /** In the last 60 minutes, by currency. */
  hour: Map<string, number>;
  today: LedgerTotals;
  /** Since the first of the month. */
  month: LedgerTotals;
}

/** `now`: milliseconds since 1970; days and months are those of the person's clock. */
export function spendingOf(rollUps: readonly RollUp[], now: number): Spending {
  const day = dayOf(now);
  const today = emptySums();
  const month = emptySums();
  const hour = noAmounts();
  const minute = Math.floor(now / 60_000);
  for (const rollUp of rollUps) {
    const { cells, minutes } = rollUp;
    for (const cell of cells.values()) {
      if (cell.day.slice(0, 7) !== day.slice(0, 7)) continue;
      addSums(month, cell.sums);
      if (cell.day === day) addSums(today, cell.sums);
    }
    for (const [at, amounts] of minutes) {
      if (at <= minute - 60 || at > minute) continue;
      addAll(hour, amounts);
    }
    for (const amounts of aheadOfHour(rollUp, now)) addAll(hour, amounts);
    for (const amounts of aheadOfPeriod(rollUp, day)) addAll(today.amounts, amounts);
    for (const amounts of aheadOfPeriod(rollUp, day.slice(0, 7))) addAll(month.amounts, amounts);
  }
  return {
    hour: new Map(Object.entries(hour).map(([currency, picos]) => [currency, fromPicos(picos)])),
    today: totalsOf(today),
    month: totalsOf(month),
  };
}

function addAll(sum: Amounts, more: Amounts): void {
  for (const [currency, picos] of Object.entries(more)) addTo(sum, currency, picos);
}

function totalsOf(sums: Sums): LedgerTotals {
  return {
    turns: turnsOf(sums),
    amounts: amountsOf(sums),
    estimated: sums.estimated > 0,
    unknown: sums.unknown,
  };
}
