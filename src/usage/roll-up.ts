/** The sums of one month's entries by day, model and purpose: all that totals and reports need, however many entries there are. */
import type { OutcomeKind, Purpose } from "../core/outcome.ts";
import { formatTarget } from "../core/target.ts";
import type { LedgerEntry } from "./ledger-entry.ts";
import { addLoad, addTokens, type Load, loadKey, noTokens, type TokenSums } from "./load.ts";
import { toPicos } from "./money.ts";

export interface Sums extends TokenSums {
  /** Turns by how they ended; attempts before a turn's last one are in the tokens and amounts only. */
  turns: Record<OutcomeKind, number>;
  /** Picos by currency, because amounts of different currencies have no sum. */
  amounts: Record<string, bigint>;
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
  purpose: Purpose;
  sums: Sums;
}

/** How fast one turn was: when it began, milliseconds to its first token, tokens per second. */
export type Sample = [time: number, ttft: number, tokensPerSecond?: number];

export interface RollUp {
  cells: Map<string, Cell>;
  /** The newest samples by target, oldest first. */
  latest: Map<string, Sample[]>;
  /** Picos by currency in each of the newest minutes since 1970. */
  minutes: Map<number, Record<string, bigint>>;
  /** By `loadKey`. */
  loads: Map<string, Load>;
}

/** Samples that are kept of each target. */
export const SAMPLES = 50;
const MINUTES = 60;

export function emptyRollUp(): RollUp {
  return { cells: new Map(), latest: new Map(), minutes: new Map(), loads: new Map() };
}

export function emptySums(): Sums {
  return {
    turns: { completed: 0, stopped: 0, incomplete: 0, failed: 0 },
    ...noTokens(),
    amounts: {},
    estimated: 0,
    estimatedTokens: 0,
    unknown: 0,
  };
}

export function addEntry({ cells, latest, minutes, loads }: RollUp, entry: LedgerEntry): void {
  const { time, provider, model, purpose, usage, cost } = entry;
  const day = dayOf(time);
  const key = `${day}\n${provider}\n${model}\n${purpose}`;
  const cell = cells.get(key) ?? { day, provider, model, purpose, sums: emptySums() };
  cells.set(key, cell);
  const { sums } = cell;
  if (!entry.attempt) sums.turns[entry.outcome]++;
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
  if (entry.ttft !== undefined) {
    const rate = entry.tokensPerSecond;
    addSample(latest, formatTarget(entry), rate === undefined ? [time, entry.ttft] : [time, entry.ttft, rate]);
  }
}

export function addSums(sum: Sums, more: Sums): void {
  for (const kind of ["completed", "stopped", "incomplete", "failed"] as const) sum.turns[kind] += more.turns[kind];
  addTokens(sum, more);
  for (const name of ["estimated", "estimatedTokens", "unknown"] as const) sum[name] += more[name];
  for (const [currency, picos] of Object.entries(more.amounts)) addTo(sum.amounts, currency, picos);
}

export function addTo(amounts: Record<string, bigint>, currency: string, picos: bigint): void {
  amounts[currency] = (amounts[currency] ?? 0n) + picos;
}

function addMinute(minutes: RollUp["minutes"], minute: number, currency: string, picos: bigint): void {
  const amounts = minutes.get(minute);
  if (amounts !== undefined) return addTo(amounts, currency, picos);
  minutes.set(minute, { [currency]: picos });
  if (minutes.size <= 2 * MINUTES) return;
  const old = [...minutes.keys()].sort((one, other) => one - other).slice(0, -MINUTES);
  for (const each of old) minutes.delete(each);
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

/** Plain data, for keeping. */
export function packRollUp({ cells, latest, minutes, loads }: RollUp): unknown {
  const texts = (amounts: Record<string, bigint>) =>
    Object.fromEntries(Object.entries(amounts).map(([currency, picos]) => [currency, String(picos)]));
  return {
    cells: [...cells.values()].map((cell) => ({ ...cell, sums: { ...cell.sums, amounts: texts(cell.sums.amounts) } })),
    latest: [...latest],
    minutes: [...minutes].map(([minute, amounts]) => [minute, texts(amounts)]),
    loads: [...loads.values()],
  };
}

/** Throws when it is no roll-up. */
export function unpackRollUp(packed: unknown): RollUp {
  const { cells, latest, minutes, loads } = packed as {
    cells: (Omit<Cell, "sums"> & { sums: Omit<Sums, "amounts"> & { amounts: Record<string, string> } })[];
    latest: [string, Sample[]][];
    minutes: [number, Record<string, string>][];
    loads: Load[];
  };
  const numbers = (amounts: Record<string, string>) =>
    Object.fromEntries(Object.entries(amounts).map(([currency, picos]) => [currency, BigInt(picos)]));
  const rollUp = emptyRollUp();
  for (const cell of cells) {
    const { day, provider, model, purpose, sums } = cell;
    const key = `${day}\n${provider}\n${model}\n${purpose}`;
    rollUp.cells.set(key, { ...cell, sums: { ...sums, amounts: numbers(sums.amounts) } });
  }
  for (const [target, samples] of latest) rollUp.latest.set(target, samples);
  for (const [minute, amounts] of minutes) rollUp.minutes.set(minute, numbers(amounts));
  for (const load of loads) rollUp.loads.set(loadKey(load), load);
  return rollUp;
}
