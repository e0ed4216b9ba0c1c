/** The book of what turns used and cost: shared by all windows through its files, one of JSON lines a month. */
import { type Logger, silentLogger } from "../core/logger.ts";
import type { TurnOutcome } from "../core/outcome.ts";
import { createQueue } from "../core/queue.ts";
import { formatTarget, type Target } from "../core/target.ts";
import { isAhead } from "./clock-notes.ts";
import { CORRECTED, type CorrectedEntry, correctedEntry } from "./corrections.ts";
import { type LatencySummary, summarizeLatency } from "./latency.ts";
import {
  asLine,
  type Correction,
  entriesOf,
  type LedgerEntry,
  type LedgerLine,
  readLine,
  writeLine,
} from "./ledger-entry.ts";
import { type LedgerFiles, memoryFiles } from "./ledger-files.ts";
import { type Imported, type ImportResult, importInto } from "./ledger-import.ts";
import { linesOf } from "./ledger-lines.ts";
import { createMonths, type Month } from "./ledger-months.ts";
import { makeReport, type Report, type ReportFilter } from "./report.ts";
import { addEntry, emptyRollUp, type RollUp } from "./roll-up.ts";
import { type Spending, spendingOf } from "./spending.ts";

export type { ImportResult } from "./ledger-import.ts";

export interface Ledger {
  /** Resolves when it is written down, or could not be (see `trouble`); never rejects. */
  record(outcome: TurnOutcome, entryId?: string): Promise<void>;
  /** Books what is known of a turn that a killed editor left; nothing if the turn itself was booked. Never rejects. */
  recordLost(turn: LostTurn): Promise<void>;
  /** Resolves when all that can be written down is. */
  flush(): Promise<void>;
  /** Takes in what other windows wrote about this month and its neighbours; cheap when they wrote nothing. Never rejects. */
  refresh(): Promise<void>;
  /** As of the last `refresh` or `record`. */
  spending(): Spending;
  /** Of this target's newest 50 turns that reached a first token. */
  latency(target: Target): LatencySummary;
  /** Of all months. */
  report(filter?: ReportFilter): Promise<Report>;
  /** All that was ever recorded, in arrays, month after month; with their corrections. */
  entries(): AsyncIterable<CorrectedEntry[]>;
  /**
   * Books a person's own word on what an entry that a report showed did cost; undefined = what was recorded holds again.
   * False when there is no such entry. Rejects when it cannot be written.
   */
  correct(entryId: string, cost: Money | undefined): Promise<boolean>;
  /**
   * Adds the entries of an exported JSON file or of a ledger file that are not there yet. Rejects when that fails, also
   * when another window's import takes too long.
   */
  import(source: string | AsyncIterable<Imported>): Promise<ImportResult>;
  /** Why the newest entries are only in memory, if they are. */
  readonly trouble: string | undefined;
  /** Why what was spent is not known, if reading it failed the last time. */
  readonly unreadable: string | undefined;
  /** Of the months that have been read: lines that cannot be read, and corrections of entries that are not there. */
  readonly skipped: { lines: number; corrections: number };
}

/** `amount` in units of the currency. */
export interface Money {
  amount: number;
  currency: string;
}

/** A turn whose end nobody saw. `time`: milliseconds since 1970. */
export type LostTurn = Pick<LedgerEntry, "id" | "time" | "provider" | "model" | "purpose" | "outcome">;

export interface LedgerServices {
  /** In memory when not given. */
  files?: LedgerFiles;
  logger?: Logger;
  /** Milliseconds since 1970. */
  now?: () => number;
  newId?: () => string;
  /** Something was added by this window. */
  onChange?: () => void;
}

export function createLedger(services: LedgerServices = {}): Ledger {
  const { files = memoryFiles(), logger = silentLogger, now = Date.now, newId = defaultId, onChange } = services;
  const months = createMonths(files, logger);
  /** What could not be written yet, and its sums. */
  let unwritten: LedgerEntry[] = [];
  let unwrittenSums: RollUp = emptyRollUp();
  let trouble: string | undefined;
  let unreadable: string | undefined;
  const enqueue = createQueue();

  const write = async (): Promise<void> => {
    const waiting = unwritten;
    try {
      for (const [month, entries] of byMonth(waiting)) {
        await files.append(month, entries.map(writeLine).join(""));
        unwritten = unwritten.filter((entry) => !entries.includes(entry));
      }
      trouble = undefined;
    } catch (error) {
      const reason = reasonOf(error);
      if (trouble === undefined) logger.error(`The usage ledger could not be written: ${reason}`);
      trouble = reason;
    }
    unwrittenSums = emptyRollUp();
    for (const entry of unwritten) addEntry(unwrittenSums, entry);
  };

  /** What is from the future counts as spent now, until it is written down when that was first seen. */
  const noteClock = async (): Promise<void> => {
    const time = now();
    const ahead = months.loaded().filter(({ rollUp }) => isAhead(rollUp, time));
    if (ahead.length === 0) return;
    try {
      for (const { name } of ahead) await files.append(name, writeLine({ v: 1, id: newId(), type: "clock", time }));
    } catch (error) {
      logger.debug(`That the clock was set back could not be noted: ${reasonOf(error)}`);
      return;
    }
    const names = ahead.map(({ name }) => name);
    await months.read((month) => names.includes(month));
  };

  const refresh = async (): Promise<void> => {
    try {
      const first = monthOf(now(), -1);
      await months.read((month) => month >= first);
      await noteClock();
      unreadable = undefined;
    } catch (error) {
      const reason = reasonOf(error);
      if (unreadable === undefined) logger.error(`The usage ledger could not be read: ${reason}`);
      unreadable = reason;
    }
  };

  const add = (entries: readonly LedgerEntry[]): Promise<void> => {
    unwritten.push(...entries.map((entry) => readable(entry, now())));
    return enqueue(async () => {
      await write();
      await refresh();
      onChange?.();
    });
  };

  return {
    record: (outcome, entryId) => add(entriesOf(outcome, newId, entryId)),
    recordLost: (turn) => add([{ v: 1, ...turn, usage: {} }]),
    async correct(entryId, money) {
      const answers = months
        .loaded()
        .flatMap(({ name, rollUp, corrections }) =>
          [...rollUp.answers.values()].flat().map(({ id }) => ({ id, name, before: corrections.get(id)?.time ?? 0 })),
        );
      const found = answers.find(({ id }) => id === entryId);
      if (found === undefined) return false;
      // Also where the clock was set back, the last word holds.
      const time = Math.max(now(), found.before + 1);
      const cost = money && { ...money, source: CORRECTED };
      const line: Correction = {
        v: 1,
        id: newId(),
        type: "correction",
        corrects: entryId,
        time,
        ...(cost && { cost }),
      };
      if (asLine(structuredClone(line)) === undefined) throw new RangeError(`${money?.amount} is no plausible cost`);
      await enqueue(async () => {
        await files.append(found.name, writeLine(line));
        await refresh();
        onChange?.();
      });
      return true;
    },
    flush: () =>
      enqueue(async () => {
        if (unwritten.length === 0) return;
        await write();
        // What is on disk is in no sums until it is read from there.
        await refresh();
      }),
    refresh: () => enqueue(refresh),
    spending: () => spendingOf([...rollUps(months.loaded()), unwrittenSums], now()),
    latency: (target) =>
      summarizeLatency(
        [...rollUps(months.loaded()), unwrittenSums].map(({ latest }) => latest.get(formatTarget(target)) ?? []),
      ),
    report: (filter) =>
      enqueue(async () => {
        await months.read(() => true);
        return makeReport([...rollUps(months.loaded()), unwrittenSums], filter);
      }),
    async *entries() {
      await enqueue(() => months.read(() => true));
      for (const { name, corrections } of months.loaded().sort((one, other) => (one.name < other.name ? -1 : 1))) {
        const seen = new Set<string>();
        const isNew = (line: LedgerLine): line is LedgerEntry =>
          line.type === undefined && !seen.has(line.id) && seen.add(line.id) !== undefined;
        for await (const { lines } of linesOf(files, name, 0)) {
          yield lines.flatMap(readLine).flatMap((line) => (isNew(line) ? [correctedEntry(line, corrections)] : []));
        }
      }
      if (unwritten.length > 0) yield unwritten;
    },
    async import(source) {
      // Turns that end meanwhile do not wait for other windows.
      const unlock = await files.lock();
      try {
        return await enqueue(async () => {
          const result = await importInto(files, source, monthOf);
          await refresh();
          onChange?.();
          return result;
        });
      } finally {
        await unlock();
      }
    },
    get skipped() {
      const all = months.loaded();
      return {
        lines: all.reduce((sum, { skipped }) => sum + skipped, 0),
        corrections: all.reduce((sum, { corrections, matched }) => sum + corrections.size - matched.size, 0),
      };
    },
    get trouble() {
      return trouble;
    },
    get unreadable() {
      return unreadable;
    },
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function byMonth(entries: readonly LedgerEntry[]): Map<string, LedgerEntry[]> {
  const months = new Map<string, LedgerEntry[]>();
  for (const entry of entries) {
    const month = monthOf(entry.time);
    const others = months.get(month);
    if (others === undefined) months.set(month, [entry]);
    else others.push(entry);
  }
  return months;
}

/** In UTC, so that windows in different time zones agree. `step`: months later. */
function monthOf(time: number, step = 0): string {
  const date = new Date(time);
  if (step !== 0) return monthOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + step));
  return date.toISOString().slice(0, 7);
}

function rollUps(months: readonly Month[]): RollUp[] {
  return months.map(({ rollUp }) => rollUp);
}

/** What no reader would take in again would be lost: without the numbers that cannot be right, and at a time that there is. */
function readable(entry: LedgerEntry, now: number): LedgerEntry {
  const copy = structuredClone(entry);
  const line =
    asLine(copy) ?? asLine({ ...entry, time: now, ttft: undefined, total: undefined, usage: {}, cost: undefined });
  return line?.type === undefined && line !== undefined ? line : entry;
}

/** Twelve random bytes. */
function defaultId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
