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

/** What a part of an imported file holds. */
export interface Imported {
  entries: LedgerEntry[];
  corrections: Correction[];
  /** Lines, or values of the array, that are none of these. */
  unreadable: number;
}

/** A whole file. Throws where the text begins as an export and is no JSON. */
export function readImport(text: string): Imported {
  const imported: Imported = { entries: [], corrections: [], unreadable: 0 };
  const bare = text.startsWith("\ufeff") ? text.slice(1) : text;
  const found = /^\s*\[/.test(bare)
    ? (JSON.parse(bare) as unknown[]).map((value) => [asLine(value)])
    : bare
        .split("\n")
        .filter((line) => line.trim() !== "")
        .map((line) => readLine(line));
  for (const lines of found) takeAll(imported, lines);
  return imported;
}

/** Some lines of a file too large for one string: of a ledger, or of an export, which has one entry and a comma on each. */
export function readImportLines(lines: readonly string[]): Imported {
  const imported: Imported = { entries: [], corrections: [], unreadable: 0 };
  for (const line of lines) {
    const text = line.trim();
    if (text === "" || text === "[" || text === "]" || text === "[]") continue;
    takeAll(imported, readLine(text.endsWith(",") ? text.slice(0, -1) : text));
  }
  return imported;
}

function takeAll(imported: Imported, lines: readonly (LedgerLine | undefined)[]): void {
  const read = lines.filter((line) => line !== undefined);
  if (read.length === 0) imported.unreadable++;
  for (const line of read) take(imported, line);
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

/**
 * `source`: the text of a file, or its parts. Rejects where the text begins as an export and is no JSON, or a file cannot
 * be read or written; parts before that are then in the ledger.
 */
export async function importInto(
  files: LedgerFiles,
  source: string | AsyncIterable<Imported>,
  monthOf: (time: number) => string,
): Promise<ImportResult> {
  const parts = typeof source === "string" ? [readImport(source)] : source;
  /** Months by the ids of their entries; ids of corrections. */
  const places = new Map<string, string>();
  const knownCorrections = new Set<string>();
  const months = new Set<string>();
  const know = async (month: string): Promise<void> => {
    if (months.has(month)) return;
    months.add(month);
    await readIds(files, month, places, knownCorrections);
  };
  const existing = new Set((await files.months()).map(({ month }) => month));
  const result: ImportResult = { added: 0, known: 0, unreadable: 0 };
  const corrections: Correction[] = [];
  for await (const part of parts) {
    result.unreadable += part.unreadable;
    corrections.push(...part.corrections);
    const fresh: Fresh = new Map();
    for (const entry of part.entries) {
      const month = monthOf(entry.time);
      if (existing.has(month)) await know(month);
      if (places.has(entry.id)) result.known++;
      else {
        places.set(entry.id, month);
        result.added++;
        addTo(fresh, month, entry);
      }
    }
    await append(files, fresh);
  }
  // A correction may speak of any entry.
  if (corrections.length > 0) for (const month of existing) await know(month);
  const fresh: Fresh = new Map();
  for (const correction of corrections) {
    const month = places.get(correction.corrects);
    if (month === undefined) result.ignored = (result.ignored ?? 0) + 1;
    else if (!knownCorrections.has(correction.id)) {
      knownCorrections.add(correction.id);
      result.corrected = (result.corrected ?? 0) + 1;
      addTo(fresh, month, correction);
    }
  }
  await append(files, fresh);
  return result;
}

/** Lines to write, by month. */
type Fresh = Map<string, LedgerLine[]>;

function addTo(fresh: Fresh, month: string, line: LedgerLine): void {
  const others = fresh.get(month);
  if (others === undefined) fresh.set(month, [line]);
  else others.push(line);
}

async function append(files: LedgerFiles, fresh: Fresh): Promise<void> {
  for (const [month, lines] of fresh) await files.append(month, lines.map(writeLine).join(""));
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
