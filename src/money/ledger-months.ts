/** Reads the months of a ledger: each once, then only what was added; the sums of long ones are kept beside them. */
import type { Logger } from "../core/logger.ts";
import { takeNote } from "./clock-notes.ts";
import { addCorrection, type Corrections, correctedEntry } from "./corrections.ts";
import { type KeptSums, packSums, unpackSums } from "./kept-sums.ts";
import { readLine } from "./ledger-entry.ts";
import type { LedgerFiles, MonthFile } from "./ledger-files.ts";
import { FileReplaced, linesOf } from "./ledger-lines.ts";
import { addEntry, emptyRollUp, type RollUp } from "./roll-up.ts";

export interface Month {
  name: string;
  rollUp: RollUp;
  corrections: Corrections;
  /** Ids of entries that were found corrected. */
  matched: Set<string>;
  /** Lines that hold nothing that can be read. */
  skipped: number;
  /** Bytes that the roll-up covers, whole lines only; their checksum; the last of them. */
  covered: number;
  checksum: number;
  tail: Uint8Array;
  /** What the disk said of the file when that was last known to be so. */
  identity: string | undefined;
  /** Bytes that the kept roll-up covers. */
  kept: number;
  /** The kept sums are a newer version's. */
  foreign: boolean;
  /** Of the newest entries, and of those before: a line that had to be written twice is counted once. */
  ids: Set<string>;
  older: Set<string>;
}

/** Bytes that are read again at most when a window opens. */
const UNKEPT = 1 << 16;
/** Last bytes covered by a roll-up, which must still be there: another file may have taken its place. */
const TAIL = 1024;
const NEWEST = 4096;
/** Milliseconds: how coarse the times are that a disk keeps. What changes within them may look unchanged. */
const COARSE = 2000;

export interface Months {
  read(months: (month: string) => boolean): Promise<void>;
  /** As far as they have been read. */
  loaded(): Month[];
}

export function createMonths(files: LedgerFiles, logger: Logger): Months {
  const loaded = new Map<string, Month>();

  async function readMonth(file: MonthFile): Promise<void> {
    const { month: name, size, identity } = file;
    let month = loaded.get(name);
    // Shorter, or as long and changed: somebody put another file in its place.
    if (month !== undefined && (size < month.covered || (await isChanged(files, file, month)))) month = undefined;
    month ??= (await readKept(files, file)) ?? newMonth(name, false);
    loaded.set(name, month);
    if (size > month.covered) {
      const isSame = await readOn(files, month, logger);
      if (!isSame) {
        month = newMonth(name, month.foreign);
        loaded.set(name, month);
        await readOn(files, month, logger);
      }
    }
    month.identity = identity;
    if (month.covered - month.kept < UNKEPT || month.foreign) return;
    try {
      await keep(files, month, file);
    } catch (error) {
      logger.debug(`The sums of ${name} could not be kept: ${error instanceof Error ? error.message : error}`);
    }
  }

  return {
    async read(wanted) {
      for (const file of await files.months()) if (wanted(file.month)) await readMonth(file);
    },
    loaded: () => [...loaded.values()],
  };
}

function newMonth(name: string, foreign: boolean): Month {
  return {
    ...{ name, rollUp: emptyRollUp(), corrections: new Map(), matched: new Set(), skipped: 0 },
    ...{ covered: 0, checksum: 0, tail: new Uint8Array(), identity: undefined, kept: 0, foreign },
    ...{ ids: new Set(), older: new Set() },
  };
}

async function isChanged(files: LedgerFiles, { month, size, identity }: MonthFile, known: Month): Promise<boolean> {
  if (size > known.covered || identity === undefined || identity === known.identity) return false;
  return (await checksumOf(files, month, known.covered)) !== known.checksum;
}

/** False when what came before is no longer there. Counts all anew when something is corrected that was counted. */
async function readOn(files: LedgerFiles, month: Month, logger: Logger): Promise<boolean> {
  let again = false;
  try {
    for await (const { lines, bytes, end } of linesOf(files, month.name, month.covered, month.tail)) {
      for (const line of lines) if (take(month, line, logger)) again = true;
      month.covered = end;
      month.checksum = files.checksum(bytes, month.checksum);
      month.tail = lastOf(month.tail, bytes);
    }
  } catch (error) {
    if (error instanceof FileReplaced) return false;
    throw error;
  }
  if (!again) return true;
  const { corrections, name, foreign, covered } = month;
  const anew = newMonth(name, foreign);
  anew.corrections = corrections;
  for await (const { lines, bytes, end } of linesOf(files, name, 0)) {
    for (const line of lines) take(anew, line, logger);
    anew.covered = end;
    anew.checksum = files.checksum(bytes, anew.checksum);
    anew.tail = lastOf(anew.tail, bytes);
  }
  if (anew.covered < covered) return false;
  Object.assign(month, anew);
  return true;
}

function lastOf(tail: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (bytes.length >= TAIL) return bytes.slice(-TAIL);
  const both = new Uint8Array(tail.length + bytes.length);
  both.set(tail);
  both.set(bytes, tail.length);
  return both.slice(-TAIL);
}

/** True when something that is counted already would have to be counted otherwise. */
function take(month: Month, line: string, logger: Logger): boolean {
  if (line === "" || line === "\r") return false;
  const found = readLine(line);
  if (found.length === 0) {
    month.skipped++;
    logger.debug(`An unreadable line of the usage ledger of ${month.name} was skipped`);
  }
  let again = false;
  for (const one of found) {
    if (one.type === "correction") {
      if (addCorrection(month.corrections, one)) again = true;
    } else if (one.type === "clock") takeNote(month.rollUp, one.time);
    else if (!month.ids.has(one.id) && !month.older.has(one.id)) {
      month.ids.add(one.id);
      if (month.corrections.size > 0 && month.corrections.has(one.id)) month.matched.add(one.id);
      addEntry(month.rollUp, correctedEntry(one, month.corrections));
    }
  }
  if (month.ids.size >= NEWEST) {
    month.older = month.ids;
    month.ids = new Set();
  }
  return again;
}

async function readKept(files: LedgerFiles, { month: name, size, identity }: MonthFile): Promise<Month | undefined> {
  try {
    const text = await files.readRollUp(name);
    const kept = text === undefined ? undefined : unpackSums(text, (bytes) => files.checksum(bytes, 0), timeZone());
    if (kept === undefined) return undefined;
    if (kept === "newer") return newMonth(name, true);
    const { covered, checksum, rollUp, corrections, skipped, at } = kept;
    if (covered > size) return undefined;
    // Untouched since, for all that the disk can tell: to read all of a long month takes a while.
    const isTrusted = identity !== undefined && identity === kept.identity && at - modifiedOf(identity) > COARSE;
    if (!isTrusted && (await checksumOf(files, name, covered)) !== checksum) return undefined;
    return {
      ...newMonth(name, false),
      ...{ rollUp, corrections, skipped, covered, checksum, kept: isTrusted ? covered : Number.NEGATIVE_INFINITY },
      tail: Uint8Array.from(kept.tail, (letter) => letter.charCodeAt(0)),
      matched: new Set(kept.matched),
      ids: new Set(kept.ids),
    };
  } catch {
    // It can be made again.
    return undefined;
  }
}

async function keep(files: LedgerFiles, month: Month, file: MonthFile): Promise<void> {
  const { covered, checksum, corrections, skipped, rollUp } = month;
  const sums: KeptSums = {
    ...{ zone: timeZone(), covered, checksum, corrections, skipped, rollUp },
    ...{ tail: new TextDecoder("latin1").decode(month.tail), identity: file.identity ?? "", at: Date.now() },
    ids: [...month.older, ...month.ids].slice(-8),
    matched: [...month.matched],
  };
  await files.writeRollUp(
    month.name,
    packSums(sums, (bytes) => files.checksum(bytes, 0)),
  );
  month.kept = covered;
}

async function checksumOf(files: LedgerFiles, name: string, covered: number): Promise<number> {
  let checksum = 0;
  for (let from = 0; from < covered; ) {
    const bytes = await files.read(name, from, Math.min(1 << 20, covered - from));
    if (bytes.length === 0) return Number.NaN;
    checksum = files.checksum(bytes, checksum);
    from += bytes.length;
  }
  return checksum;
}

/** The identity begins with when the file was last touched, milliseconds since 1970. */
function modifiedOf(identity: string): number {
  return Number.parseFloat(identity);
}

function timeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
