/** What a person says that an answer cost: which correction holds, and an entry with it. */
import type { Correction, EntryCost, LedgerEntry } from "./ledger-entry.ts";

export const CORRECTED = "corrected";

/** By the id of the entry that is corrected. */
export type Corrections = Map<string, Correction>;

/** An entry as its reader sees it: with the corrected cost, and what was recorded beside it. */
export interface CorrectedEntry extends LedgerEntry {
  /** Null = unknown. */
  recorded?: EntryCost | null;
  correction?: Pick<Correction, "id" | "time">;
}

/** False when another one holds: the one of the highest time, whatever the order in which they are read. */
export function addCorrection(corrections: Corrections, next: Correction): boolean {
  const holds = corrections.get(next.corrects);
  const isLater = holds === undefined || next.time > holds.time || (next.time === holds.time && next.id > holds.id);
  if (isLater) corrections.set(next.corrects, next);
  return isLater;
}

/** The entry itself where nothing corrects it. */
export function correctedEntry(entry: LedgerEntry, corrections: Corrections): CorrectedEntry {
  const correction = corrections.size === 0 ? undefined : corrections.get(entry.id);
  if (correction?.cost === undefined) return entry;
  const { id, time, cost } = correction;
  return { ...entry, cost, recorded: entry.cost ?? null, correction: { id, time } };
}

/** An entry of an export as it was recorded, and its correction. */
export function uncorrected(entry: CorrectedEntry): { entry: LedgerEntry; correction?: Correction } {
  const { recorded, correction, ...rest } = entry;
  if (recorded === undefined || correction === undefined || entry.cost === undefined) return { entry };
  const { cost = entry.cost, ...bare } = rest;
  const original: LedgerEntry = recorded === null ? bare : { ...bare, cost: recorded };
  const { id, time } = correction;
  return { entry: original, correction: { v: 1, id, type: "correction", corrects: entry.id, time, cost } };
}
