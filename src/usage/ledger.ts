/** The book of what turns used and cost: shared by all windows through its files, one of JSON lines a month. */
import { type Logger, silentLogger } from "../core/logger.ts";
import type { TurnOutcome } from "../core/outcome.ts";
import { formatTarget, type Target } from "../core/target.ts";
import { type LatencySummary, summarizeLatency } from "./latency.ts";
import { entriesOf, type LedgerEntry, readEntries, readLine, writeEntry } from "./ledger-entry.ts";
import { type LedgerFiles, memoryFiles } from "./ledger-files.ts";
import { createMonths, linesOf } from "./ledger-months.ts";
import { makeReport, type Report, type ReportFilter } from "./report.ts";
import { addEntry, emptyRollUp, type RollUp } from "./roll-up.ts";
import { type Spending, spendingOf } from "./spending.ts";

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
  /** All that was ever recorded, in arrays, month after month. */
  entries(): AsyncIterable<LedgerEntry[]>;
  /**
   * Adds the entries of an exported JSON file or of a ledger file that are not there yet. Rejects when that fails, also
   * when another window's import takes too long.
   */
  import(source: string | AsyncIterable<ReadEntries>): Promise<ImportResult>;
  /** Why the newest entries are only in memory, if they are. */
  readonly trouble: string | undefined;
  /** Why what was spent is not known, if reading it failed the last time. */
  readonly unreadable: string | undefined;
}

/** What a part of a file that is imported holds. */
export interface ReadEntries {
  entries: LedgerEntry[];
  unreadable: number;
}

/** A turn whose end nobody saw. `time`: milliseconds since 1970. */
export type LostTurn = Pick<LedgerEntry, "id" | "time" | "provider" | "model" | "purpose" | "outcome">;

export interface ImportResult {
  added: number;
  /** Were there already. */
  known: number;
  unreadable: number;
}

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
  /** One thing after the other. */
  let line: Promise<unknown> = Promise.resolve();
  const inLine = <T>(work: () => Promise<T>): Promise<T> => {
    const done = line.then(work);
    line = done.catch(() => {});
    return done;
  };

  const write = async (): Promise<void> => {
    const waiting = unwritten;
    try {
      for (const [month, entries] of byMonth(waiting)) {
        await files.append(month, entries.map(writeEntry).join(""));
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

  const refresh = async (): Promise<void> => {
    try {
      await months.read(nearMonths(now()));
      unreadable = undefined;
    } catch (error) {
      const reason = reasonOf(error);
      if (unreadable === undefined) logger.error(`The usage ledger could not be read: ${reason}`);
      unreadable = reason;
    }
  };

  const add = (entries: readonly LedgerEntry[]): Promise<void> => {
    unwritten.push(...entries);
    return inLine(async () => {
      await write();
      await refresh();
      onChange?.();
    });
  };

  return {
    record: (outcome, entryId) => add(entriesOf(outcome, newId, entryId)),
    recordLost: (turn) => add([{ v: 1, ...turn, usage: {} }]),
    flush: () => inLine(async () => (unwritten.length > 0 ? write() : undefined)),
    refresh: () => inLine(refresh),
    spending: () => spendingOf([...months.loaded(), unwrittenSums], now()),
    latency: (target) =>
      summarizeLatency([...months.loaded(), unwrittenSums].map(({ latest }) => latest.get(formatTarget(target)) ?? [])),
    report: (filter) =>
      inLine(async () => {
        const all = await months.readAll();
        return makeReport([...all, unwrittenSums], filter);
      }),
    async *entries() {
      for (const { month } of await files.months()) {
        const seen = new Set<string>();
        for await (const { lines } of linesOf(files, month, 0)) {
          yield lines.flatMap(readLine).filter(({ id }) => !seen.has(id) && seen.add(id));
        }
      }
      if (unwritten.length > 0) yield unwritten;
    },
    async import(source) {
      const batches = typeof source === "string" ? [readEntries(source)] : source;
      // Turns that end meanwhile do not wait for other windows.
      const unlock = await files.lock();
      try {
        return await inLine(async () => {
          const result: ImportResult = { added: 0, known: 0, unreadable: 0 };
          const ids = new Map<string, Set<string>>();
          for await (const { entries, unreadable } of batches) {
            result.unreadable += unreadable;
            for (const [month, candidates] of byMonth(entries)) {
              const known = ids.get(month) ?? (await idsOf(files, month));
              ids.set(month, known);
              const fresh = candidates.filter(({ id }) => !known.has(id) && known.add(id));
              if (fresh.length > 0) await files.append(month, fresh.map(writeEntry).join(""));
              result.added += fresh.length;
              result.known += candidates.length - fresh.length;
            }
          }
          await refresh();
          onChange?.();
          return result;
        });
      } finally {
        await unlock();
      }
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

async function idsOf(files: LedgerFiles, month: string): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const { lines } of linesOf(files, month, 0)) {
    for (const line of lines) for (const { id } of readLine(line)) ids.add(id);
  }
  return ids;
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

/** In UTC, so that windows in different time zones agree. */
function monthOf(time: number): string {
  return new Date(time).toISOString().slice(0, 7);
}

/** The month of a person's clock may begin or end in a neighbour of the month in UTC. */
function nearMonths(time: number): string[] {
  const date = new Date(time);
  return [-1, 0, 1].map((step) => monthOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + step)));
}

/** Twelve random bytes. */
function defaultId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
