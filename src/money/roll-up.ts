/** The sums of one month's entries by day, model and purpose: all that totals and reports need, however many entries there are. */
import type { OutcomeKind } from "../core/outcome.ts";
import { formatTarget } from "../core/target.ts";
import { type Answers, addAnswer } from "./answers.ts";
import type { CorrectedEntry } from "./corrections.ts";
import { addLoad, addTokens, type Load, noTokens, type TokenSums } from "./load.ts";
import { toPicos } from "./money.ts";

/** Picos by currency, because amounts of different currencies have no sum. */
export type Amounts = Record<string, bigint>;

export interface Sums extends TokenSums {
  /** Turns by how they ended; attempts before a turn's last one are in the tokens and amounts only. */
  turns: Record<OutcomeKind, number> & { /** Ends that only a newer version knows. */ other?: number };
  amounts: Amounts;
  /** Entries whose cost is an estimate. */
  estimated: number;
  /** Entries whose tokens are an estimate. */
  estimatedTokens: number;
  /** Entries that used something whose cost is unknown and therefore in no amount. */
  unknown: number;
}

export interface Cell {
  /** In the person's time zone: "2026-11-26". */
  day: string;
  provider: string;
  model: string;
  /** A `Purpose`, or a newer version's. */
  purpose: string;
  sums: Sums;
}

/** How fast one turn was: when it began, milliseconds to its first token, tokens per second. */
export type Sample = [time: number, ttft: number, tokensPerSecond?: number];

/** Something from the future, and as of when it counts as well; see `clock-notes.ts`. */
export interface Carried {
  /**
   * What it is booked under first: a minute since 1970 in 12 digits, a day ("2026-11-30") or a month ("2026-11"); then
   * where notes put it.
   */
  at: string[];
  amounts: Amounts;
}

export interface RollUp {
  cells: Map<string, Cell>;
  /** The newest samples by target, oldest first. */
  latest: Map<string, Sample[]>;
  /** Picos by currency in each of the newest minutes since 1970. */
  minutes: Map<number, Amounts>;
  /** By `loadKey`. */
  loads: Map<string, Load>;
  carried: Carried[];
  /** Single ones, to be looked at and corrected. */
  answers: Answers;
}

/** Samples that are kept of each target. */
export const SAMPLES = 50;
const MINUTES = 60;

export function emptyRollUp(): RollUp {
  return {
    cells: new Map(),
    latest: new Map(),
    minutes: new Map(),
    loads: new Map(),
    carried: [],
    answers: new Map(),
  };
}

export function emptySums(): Sums {
  return {
    turns: { completed: 0, stopped: 0, incomplete: 0, failed: 0 },
    ...noTokens(),
    amounts: noAmounts(),
    estimated: 0,
    estimatedTokens: 0,
    unknown: 0,
  };
}

export function addEntry({ cells, latest, minutes, loads, answers }: RollUp, entry: CorrectedEntry): void {
  const { time, provider, model, purpose, usage, cost } = entry;
  const day = dayOf(time);
  const key = `${day}\n${provider}\n${model}\n${purpose}`;
  const cell = cells.get(key) ?? { day, provider, model, purpose, sums: emptySums() };
  cells.set(key, cell);
  const { sums } = cell;
  if (!entry.attempt) countTurn(sums.turns, entry.outcome);
  if (usage !== undefined) {
    addTokens(sums, usage);
    addLoad(loads, day, time, usage);
    if (usage.estimated) sums.estimatedTokens++;
  }
  if (cost === undefined) {
    if (usage !== undefined) sums.unknown++;
  } else {
    const picos = toPicos(cost.amount);
    addTo(sums.amounts, cost.currency, picos);
    if (cost.source === "estimated") sums.estimated++;
    addMinute(minutes, Math.floor(time / 60_000), cost.currency, picos);
  }
  addAnswer(answers, entry, day);
  if (entry.ttft !== undefined) {
    const rate = entry.tokensPerSecond;
    addSample(latest, formatTarget(entry), rate === undefined ? [time, entry.ttft] : [time, entry.ttft, rate]);
  }
}

function countTurn(turns: Sums["turns"], outcome: string): void {
  if (isKnown(outcome)) turns[outcome]++;
  else turns.other = (turns.other ?? 0) + 1;
}

const kinds = ["completed", "stopped", "incomplete", "failed"] as const;

function isKnown(outcome: string): outcome is OutcomeKind {
  return (kinds as readonly string[]).includes(outcome);
}

export function addSums(sum: Sums, more: Sums): void {
  for (const kind of kinds) sum.turns[kind] += more.turns[kind];
  if (more.turns.other !== undefined) sum.turns.other = (sum.turns.other ?? 0) + more.turns.other;
  addTokens(sum, more);
  for (const name of ["estimated", "estimatedTokens", "unknown"] as const) sum[name] += more[name];
  for (const [currency, picos] of Object.entries(more.amounts)) addTo(sum.amounts, currency, picos);
}

export function addTo(amounts: Amounts, currency: string, picos: bigint): void {
  amounts[currency] = (amounts[currency] ?? 0n) + picos;
}

/** A currency may be called like something that objects have. One made by a constructor is faster than by Object.create. */
function OwnAmounts(this: Amounts): void {}
OwnAmounts.prototype = Object.create(null);

export function noAmounts(): Amounts {
  return new (OwnAmounts as unknown as new () => Amounts)();
}

function amountsOf(currency: string, picos: bigint): Amounts {
  const amounts = noAmounts();
  amounts[currency] = picos;
  return amounts;
}

function addMinute(minutes: RollUp["minutes"], minute: number, currency: string, picos: bigint): void {
  const amounts = minutes.get(minute);
  if (amounts !== undefined) return addTo(amounts, currency, picos);
  minutes.set(minute, amountsOf(currency, picos));
  if (minutes.size <= 3 * MINUTES) return;
  // The newest by the clock, and those booked last: after the clock was set back these are others.
  const booked = [...minutes.keys()];
  const kept = new Set([...booked.slice(-MINUTES), ...booked.sort((one, other) => one - other).slice(-MINUTES)]);
  for (const each of minutes.keys()) if (!kept.has(each)) minutes.delete(each);
}

function addSample(latest: RollUp["latest"], target: string, sample: Sample): void {
  const samples = latest.get(target);
  if (samples === undefined) {
    latest.set(target, [sample]);
    return;
  }
  // What comes from another machine or window may be older than what is there.
  if (samples.length === SAMPLES && sample[0] < samples[0]![0]) return;
  const inOrder = sample[0] >= samples.at(-1)![0];
  samples.push(sample);
  if (!inOrder) samples.sort(([one], [other]) => one - other);
  if (samples.length > SAMPLES) samples.shift();
}

let today = { begin: 0, end: 0, name: "" };

/** The day in the person's time zone. Entries come mostly in order, so the last answer mostly holds. */
export function dayOf(time: number): string {
  if (time >= today.begin && time < today.end) return today.name;
  const date = new Date(time);
  const [year, month, day] = [date.getFullYear(), date.getMonth(), date.getDate()];
  const name = `${year}-${String(month + 1).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
  today = { begin: new Date(year, month, day).getTime(), end: new Date(year, month, day + 1).getTime(), name };
  return name;
}
