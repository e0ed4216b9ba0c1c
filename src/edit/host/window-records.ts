/** Keeps the records of pending edits on disk: each window writes a file of its own and takes over those of windows that are gone. */
import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createQueue } from "../../core/queue.ts";
import { textSum } from "../../core/text-sum.ts";
import { keepDamagedCopy } from "../../files/kept-copies.ts";
import { isRunning } from "../../files/processes.ts";
import type { EditRecord } from "../session/edit-record.ts";
import { type RecordStore, readRecords, recordFile, type StoredRecords } from "./stored-records.ts";

/** Milliseconds between two signs of life of a window that has records. */
const PULSE = 5000;
/** Milliseconds without one after which the window is gone, although there is a process of its number. */
const PATIENCE = 20_000;

/** Of a file: the process that writes it; undefined = of version 0.1, or of no window that could still be there. */
interface Found {
  name: string;
  owner: number | undefined;
}

/**
 * `path`: "…/pending-edits.json", which is what version 0.1 wrote; windows write "pending-edits.<process>-<id>.json" beside
 * it. A file is taken over by renaming it, so that of two windows one gets it; one of a newer version, or a damaged one
 * without a copy, stays as it is. `patience`: milliseconds, for tests.
 */
export function createRecordFiles(path: string, patience = PATIENCE): RecordStore {
  const folder = dirname(path);
  const base = basename(path, ".json");
  const ownName = `${base}.${process.pid}-${randomBytes(4).toString("hex")}`;
  const own = join(folder, `${ownName}.json`);
  const inOrder = createQueue();
  /** Files that were taken over and whose records are not in the own one yet. */
  const taken = new Set<string>();
  let count = 0;
  /** What stays where it is has been reported. */
  const left = new Set<string>();
  /** By file of a window that seems to be open: its last sign of life, and when that was first seen. */
  const signs = new Map<string, { time: number; seen: number }>();
  let hasNeighbours = false;
  let pulse: NodeJS.Timeout | undefined;

  const write = async (records: readonly EditRecord[]): Promise<void> => {
    clearInterval(pulse);
    if (records.length === 0) await rm(own, { force: true });
    else {
      await mkdir(folder, { recursive: true });
      // Never half a record: what is there is replaced as a whole.
      const draft = `${path}.${process.pid}.draft`;
      try {
        await writeFile(draft, (await recordFile()).formatRecords(records));
        await rename(draft, own);
      } finally {
        await rm(draft, { force: true });
      }
      pulse = setInterval(() => void utimes(own, new Date(), new Date()).catch(() => {}), PULSE).unref();
    }
    for (const name of taken) await rm(join(folder, name), { force: true });
    taken.clear();
  };

  const isGone = async ({ name, owner }: Found): Promise<boolean> => {
    if (owner === undefined || owner === process.pid || !isRunning(owner)) return true;
    // Another process may have its number by now.
    const { mtimeMs: time } = await stat(join(folder, name));
    const sign = signs.get(name);
    if (sign?.time === time) return performance.now() - sign.seen >= patience;
    signs.set(name, { time, seen: performance.now() });
    return false;
  };

  /** Undefined where the file is another window's. */
  const takeFile = async (found: Found): Promise<StoredRecords | undefined> => {
    const from = join(folder, found.name);
    if (!(await isGone(found))) {
      hasNeighbours = true;
      return undefined;
    }
    const reading = await readRecords(placeOf(from, path));
    const stays = reading?.isNewer === true || (reading?.isDamaged === true && reading.copy === undefined);
    if (reading === undefined || stays) return reading;
    const name = `${ownName}-${count++}.json`;
    try {
      await rename(from, join(folder, name));
      taken.add(name);
      return reading;
    } catch (error) {
      // Another window was faster, or has it open.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") hasNeighbours = true;
      return undefined;
    }
  };

  /** Of what stays where it is, only what is `fresh`, if so wanted. */
  const takeOver = async (onlyFresh: boolean): Promise<StoredRecords | undefined> => {
    hasNeighbours = false;
    let sum: StoredRecords | undefined;
    const names = await readdir(folder).catch(() => [] as string[]);
    for (const found of names.sort().flatMap((name) => foundAs(name, base))) {
      if (found.name.startsWith(ownName) || (onlyFresh && left.has(found.name))) continue;
      const reading = await takeFile(found).catch(() => undefined);
      if (reading === undefined) continue;
      if (reading.isNewer || (reading.isDamaged && reading.copy === undefined)) left.add(found.name);
      sum = joined(sum, reading);
    }
    if (taken.size === 0) return sum;
    // Before anything is changed in them: who dies in between leaves two files of the same records.
    const before = await readRecords(placeOf(own, path));
    await write(joined(before, sum)?.records ?? []).catch(() => {});
    return sum;
  };

  return {
    read: () =>
      inOrder(async () => {
        const others = await takeOver(false);
        return joined(await readRecords(placeOf(own, path)), others);
      }),
    takeOver: () => inOrder(() => takeOver(true)),
    get hasNeighbours() {
      return hasNeighbours;
    },
    write: (records) => inOrder(() => write(records)),
  };
}

function foundAs(name: string, base: string): Found[] {
  if (!name.startsWith(base) || !name.endsWith(".json")) return [];
  const middle = name.slice(base.length, -".json".length);
  // The second is where 0.1 wrote when the first was a newer version's.
  if (middle === "" || middle === ".1") return [{ name, owner: undefined }];
  const owner = /^\.(\d{1,10})-[\da-f]{8}(?:-\d+)?$/.exec(middle)?.[1];
  return owner === undefined ? [] : [{ name, owner: Number(owner) }];
}

/** The same record once. */
function joined(one: StoredRecords | undefined, other: StoredRecords | undefined): StoredRecords | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const records = new Map([...one.records, ...other.records].map((record) => [JSON.stringify(record), record]));
  return {
    ...{ ...other, ...one, records: [...records.values()], lost: [...new Set([...one.lost, ...other.lost])] },
    ...{ isDamaged: one.isDamaged || other.isDamaged, isNewer: one.isNewer || other.isNewer },
  };
}

function placeOf(path: string, main: string): Parameters<typeof readRecords>[0] {
  return {
    read: () =>
      readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return undefined;
        throw error;
      }),
    keepCopy: (text) => keepDamagedCopy(path, textSum(text), Date.now(), basename(main)),
  };
}
