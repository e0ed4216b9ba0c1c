/** The usage report as sums, and what the same tokens would have cost elsewhere. */

import { formatTarget } from "../core/target.ts";
import type { Cost } from "../core/usage.ts";
import { costOf } from "./cost.ts";
import { fromPicos } from "./money.ts";
import type { KnownPrice } from "./prices.ts";
import { addSums, type Cell, emptySums, type Sums } from "./roll-up.ts";

export interface ReportFilter {
  /** The first and the last day, in the person's time zone: "2026-11-01". */
  from?: string;
  to?: string;
  provider?: string;
  /** "provider/model" */
  target?: string;
  purpose?: string;
}

export interface Report {
  total: Sums;
  /** By "provider/model". */
  byTarget: Map<string, Sums>;
  byProvider: Map<string, Sums>;
  byPurpose: Map<string, Sums>;
  /** In the order of the calendar. */
  byDay: Map<string, Sums>;
}

export function makeReport(cells: Iterable<Cell>, filter: ReportFilter = {}): Report {
  const report: Report = {
    total: emptySums(),
    byTarget: new Map(),
    byProvider: new Map(),
    byPurpose: new Map(),
    byDay: new Map(),
  };
  const chosen = [...cells]
    .filter((cell) => isWanted(cell, filter))
    .sort((one, other) => (one.day < other.day ? -1 : 1));
  for (const cell of chosen) {
    addSums(report.total, cell.sums);
    addUnder(report.byTarget, formatTarget(cell), cell.sums);
    addUnder(report.byProvider, cell.provider, cell.sums);
    addUnder(report.byPurpose, cell.purpose, cell.sums);
    addUnder(report.byDay, cell.day, cell.sums);
  }
  return report;
}

/** What the tokens of `sums` would have cost at another price. An estimate: sizes and hours of the requests are gone. */
export function costElsewhere(sums: Sums, known: KnownPrice): Cost | undefined {
  return costOf({ usage: { ...sums, estimated: true }, known });
}

/** In units of each currency; nothing is an amount only where there is no other. */
export function amountsOf({ amounts }: Pick<Sums, "amounts">): Map<string, number> {
  const all = Object.entries(amounts);
  const spent = all.filter(([, picos]) => picos > 0n);
  return new Map((spent.length > 0 ? spent : all).map(([currency, picos]) => [currency, fromPicos(picos)]));
}

export function turnsOf({ turns }: Sums): number {
  return turns.completed + turns.stopped + turns.incomplete + turns.failed;
}

function isWanted(cell: Cell, { from, to, provider, target, purpose }: ReportFilter): boolean {
  return (
    (from === undefined || cell.day >= from) &&
    (to === undefined || cell.day <= to) &&
    (provider === undefined || cell.provider === provider) &&
    (target === undefined || formatTarget(cell) === target) &&
    (purpose === undefined || cell.purpose === purpose)
  );
}

function addUnder(groups: Map<string, Sums>, name: string, sums: Sums): void {
  const group = groups.get(name) ?? emptySums();
  addSums(group, sums);
  groups.set(name, group);
}
