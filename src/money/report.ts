/** The usage report as sums. */

import { formatTarget } from "../core/target.ts";
import { type Answer, chooseAnswers } from "./answers.ts";
import type { Load } from "./load.ts";
import { fromPicos } from "./money.ts";
import { addSums, type Cell, emptySums, type RollUp, type Sums } from "./roll-up.ts";

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
  /** Of these days and all models. */
  loads: Load[];
  /** Single answers of these days: the dearest, the newest, and all that were corrected. */
  answers: Answer[];
}

/** Of an answer that was not corrected. */
const MOST_ANSWERS = 10;

export function makeReport(rollUps: readonly RollUp[], filter: ReportFilter = {}): Report {
  const report: Report = {
    total: emptySums(),
    byTarget: new Map(),
    byProvider: new Map(),
    byPurpose: new Map(),
    byDay: new Map(),
    loads: rollUps.flatMap(({ loads }) => [...loads.values()]).filter(({ day }) => isWithin(day, filter)),
    answers: chooseAnswers(
      rollUps.map(({ answers }) => answers),
      filter,
      MOST_ANSWERS,
    ),
  };
  const chosen = rollUps
    .flatMap(({ cells }) => [...cells.values()])
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

/** In units of each currency; nothing is an amount only where there is no other. */
export function amountsOf({ amounts }: Pick<Sums, "amounts">): Map<string, number> {
  const all = Object.entries(amounts);
  const spent = all.filter(([, picos]) => picos > 0n);
  return new Map((spent.length > 0 ? spent : all).map(([currency, picos]) => [currency, fromPicos(picos)]));
}

export function turnsOf({ turns }: Sums): number {
  return turns.completed + turns.stopped + turns.incomplete + turns.failed + (turns.other ?? 0);
}

function isWithin(day: string, { from, to }: ReportFilter): boolean {
  return (from === undefined || day >= from) && (to === undefined || day <= to);
}

function isWanted(cell: Cell, filter: ReportFilter): boolean {
  const { provider, target, purpose } = filter;
  return (
    isWithin(cell.day, filter) &&
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
