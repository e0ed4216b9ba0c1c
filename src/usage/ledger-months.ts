/** Reads the months of a ledger: each once, then only what was added; the sums of long ones are kept beside them. */
import type { Logger } from "../core/logger.ts";
import { readLine } from "./ledger-entry.ts";
import type { LedgerFiles } from "./ledger-files.ts";
import { addEntry, emptyRollUp, packRollUp, type RollUp, unpackRollUp } from "./roll-up.ts";

interface Month {
  rollUp: RollUp;
  /** Bytes that the roll-up covers, whole lines only. */
  covered: number;
  /** Bytes that the kept roll-up covers. */
  kept: number;
  /** Of the newest entries, and of those before: a line that had to be written twice is counted once. */
  ids: Set<string>;
  older: Set<string>;
}

const CHUNK = 1 << 20;
/** Bytes that are read again at most when a window opens. */
const UNKEPT = 1 << 16;
/** Last bytes covered by a kept roll-up, which must still be there: it might be of another file. */
const MARK = 1024;
const NEWEST = 4096;
const VERSION = 2;

export interface Months {
  read(months: readonly string[]): Promise<void>;
  readAll(): Promise<RollUp[]>;
  /** As far as they have been read. */
  loaded(): RollUp[];
}

export function createMonths(files: LedgerFiles, logger: Logger): Months {
  const loaded = new Map<string, Month>();

  async function readMonth(name: string, size: number): Promise<void> {
    let month = loaded.get(name);
    // Shorter than before: somebody put another file in its place.
    if (month === undefined || size < month.covered) {
      month = (await readKept(files, name, size)) ?? monthFrom(emptyRollUp(), 0, []);
      loaded.set(name, month);
    }
    if (size === month.covered) return;
    for await (const { lines, end } of linesOf(files, name, month.covered)) {
      for (const line of lines) take(month, line, logger);
      month.covered = end;
    }
    if (month.covered - month.kept < UNKEPT) return;
    try {
      await keep(files, name, month);
    } catch (error) {
      logger.debug(`The sums of ${name} could not be kept: ${error instanceof Error ? error.message : error}`);
    }
  }

  async function read(wanted: (month: string) => boolean): Promise<void> {
    for (const { month, size } of await files.months()) if (wanted(month)) await readMonth(month, size);
  }

  return {
    read: (months) => read((month) => months.includes(month)),
    async readAll() {
      await read(() => true);
      return [...loaded.values()].map(({ rollUp }) => rollUp);
    },
    loaded: () => [...loaded.values()].map(({ rollUp }) => rollUp),
  };
}

function monthFrom(rollUp: RollUp, covered: number, ids: readonly string[]): Month {
  return { rollUp, covered, kept: covered, ids: new Set(ids), older: new Set() };
}

function take(month: Month, line: string, logger: Logger): void {
  if (line === "") return;
  const entries = readLine(line);
  if (entries.length === 0) logger.debug("A torn line of the usage ledger was skipped");
  for (const entry of entries) {
    if (month.ids.has(entry.id) || month.older.has(entry.id)) continue;
    month.ids.add(entry.id);
    addEntry(month.rollUp, entry);
  }
  if (month.ids.size < NEWEST) return;
  month.older = month.ids;
  month.ids = new Set();
}

/** The whole lines from `from` on, with the offset after them. What comes after the last line break is not there yet. */
export async function* linesOf(
  files: LedgerFiles,
  month: string,
  from: number,
): AsyncGenerator<{ lines: string[]; end: number }> {
  let length = CHUNK;
  for (let begin = from; ; ) {
    const bytes = await files.read(month, begin, length);
    const end = bytes.lastIndexOf(0x0a) + 1;
    if (end > 0) {
      const lines = new TextDecoder().decode(bytes.subarray(0, end)).split("\n");
      lines.pop();
      begin += end;
      yield { lines, end: begin };
      length = CHUNK;
    } else length *= 2;
    if (bytes.length === 0 || (end === 0 && bytes.length < length / 2)) return;
  }
}

async function readKept(files: LedgerFiles, name: string, size: number): Promise<Month | undefined> {
  try {
    const text = await files.readRollUp(name);
    if (text === undefined) return undefined;
    const { v, zone, covered, mark, ids, rollUp } = JSON.parse(text);
    if (v !== VERSION || zone !== timeZone() || covered > size) return undefined;
    if (mark !== (await markAt(files, name, covered))) return undefined;
    return monthFrom(unpackRollUp(rollUp), covered, ids);
  } catch {
    // It can be made again.
    return undefined;
  }
}

async function keep(files: LedgerFiles, name: string, month: Month): Promise<void> {
  const { covered, rollUp } = month;
  const ids = [...month.older, ...month.ids].slice(-8);
  const mark = await markAt(files, name, covered);
  await files.writeRollUp(
    name,
    JSON.stringify({ v: VERSION, zone: timeZone(), covered, mark, ids, rollUp: packRollUp(rollUp) }),
  );
  month.kept = covered;
}

async function markAt(files: LedgerFiles, name: string, covered: number): Promise<string> {
  const from = Math.max(0, covered - MARK);
  return new TextDecoder("latin1").decode(await files.read(name, from, covered - from));
}

/** Days of a roll-up are those of the time zone it was made in. */
function timeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
