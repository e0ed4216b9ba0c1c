/** Takes in the ledger of another machine: an exported JSON file, or a file of its ledger. */
import { type CorrectedEntry, uncorrected } from "./corrections.ts";
import { asLine, type Correction, type LedgerEntry, type LedgerLine, readLine, writeLine } from "./ledger-entry.ts";
import type { LedgerFiles } from "./ledger-files.ts";
import { linesOf } from "./ledger-lines.ts";

export interface ImportResult {
  added: number;
  /** Were there already. */
  known: number;
  unreadable: number;
  /** Corrections that were added, where there were any. */
  corrected?: number;
  /** Corrections of entries that are not there, where there were any; they were left out. */
  ignored?: number;
}

interface Imported {
  entries: LedgerEntry[];
  corrections: Correction[];
  /** Lines, or values of the array, that are none of these. */
  unreadable: number;
}

/** Throws where the text begins as an export and is no JSON. */
function readImport(text: string): Imported {
  const imported: Imported = { entries: [], corrections: [], unreadable: 0 };
  const bare = text.startsWith("\ufeff") ? text.slice(1) : text;
  const found = /^\s*\[/.test(bare)
    ? (JSON.parse(bare) as unknown[]).map((value) => [asLine(value)])
    : bare
        .split("\n")
        .filter((line) => line.trim() !== "")
        .map((line) => readLine(line));
  for (const lines of found) {
    const read = lines.filter((line) => line !== undefined);
    if (read.length === 0) imported.unreadable++;
    for (const line of read) take(imported, line);
  }
  return imported;
}

function take(imported: Imported, line: LedgerLine): void {
  if (line.type === "correction") imported.corrections.push(line);
  // What another machine's clock did says nothing of this one's.
  if (line.type !== undefined) return;
  const corrected: CorrectedEntry = line;
  // An export of 0.1.0 has no such fields, and what somebody else wrote there must be a correction to count as one.
  const { entry, correction } = uncorrected(corrected);
  const checked = correction && asLine(correction);
  const original = asLine(entry);
  if (original?.type === undefined && original !== undefined) imported.entries.push(original);
  if (checked?.type === "correction") imported.corrections.push(checked);
}

/** Rejects where the text begins as an export and is no JSON, or a file cannot be read or written. */
export async function importInto(
  files: LedgerFiles,
  text: string,
  monthOf: (time: number) => string,
): Promise<ImportResult> {
  const { entries, corrections, unreadable } = readImport(text);
  /** Months by the ids of their entries; ids of corrections. */
  const places = new Map<string, string>();
  const knownCorrections = new Set<string>();
  // A correction may speak of any entry.
  const needed = new Set(entries.map(({ time }) => monthOf(time)));
  for (const { month } of await files.months())
    if (corrections.length > 0 || needed.has(month)) await readIds(files, month, places, knownCorrections);
  const fresh = new Map<string, LedgerLine[]>();
  const add = (month: string, line: LedgerLine): void => {
    const others = fresh.get(month);
    if (others === undefined) fresh.set(month, [line]);
    else others.push(line);
  };
  const result: ImportResult = { added: 0, known: 0, unreadable };
  for (const entry of entries) {
    if (places.has(entry.id)) result.known++;
    else {
      const month = monthOf(entry.time);
      places.set(entry.id, month);
      result.added++;
      add(month, entry);
    }
  }
  for (const correction of corrections) {
    const month = places.get(correction.corrects);
    if (month === undefined) result.ignored = (result.ignored ?? 0) + 1;
    else if (!knownCorrections.has(correction.id)) {
      knownCorrections.add(correction.id);
      result.corrected = (result.corrected ?? 0) + 1;
      add(month, correction);
    }
  }
  for (const [month, lines] of fresh) await files.append(month, lines.map(writeLine).join(""));
  return result;
}

async function readIds(
  files: LedgerFiles,
  month: string,
  places: Map<string, string>,
  corrections: Set<string>,
): Promise<void> {
  for await (const { lines } of linesOf(files, month, 0)) {
    for (const line of lines.flatMap(readLine)) {
      if (line.type === undefined) places.set(line.id, month);
      else corrections.add(line.id);
    }
  }
}
