/** Keeps the ledger's months in a folder that many windows write to at once. */
import { randomUUID } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { appendLines } from "../files/append-file.ts";
import type { LedgerFiles, MonthFile } from "./ledger-files.ts";

const FILE = /^ledger-(\d{4}-\d\d)\.jsonl$/;
/** Milliseconds after which a lock is taken for one that a killed process left behind. */
const STALE = 60_000;
/** Milliseconds to wait for the lock of another window: longer than a lock can seem fresh. */
const PATIENCE = 90_000;

/** `patience`: milliseconds; for tests. */
export function createLedgerFolder(folder: string, patience = PATIENCE): LedgerFiles {
  const fileOf = (month: string) => join(folder, `ledger-${month}.jsonl`);
  const rollUpOf = (month: string) => join(folder, `ledger-${month}.sums.json`);
  const lockFile = join(folder, "import.lock");

  return {
    async months() {
      const names = await readdir(folder).catch(ifAbsent([] as string[]));
      const months: MonthFile[] = [];
      for (const name of names.sort()) {
        const month = FILE.exec(name)?.[1];
        const found = month && (await stat(join(folder, name), { bigint: true }).catch(ifAbsent(undefined)));
        if (month && found) months.push({ month, size: Number(found.size), identity: identityOf(found) });
      }
      return months;
    },
    async append(month, text) {
      await mkdir(folder, { recursive: true });
      const bytes = Buffer.from(text);
      const written = await appendLines(fileOf(month), bytes);
      if (written < bytes.length) throw new Error(`only ${written} of ${bytes.length} bytes found room`);
    },
    async read(month, from, length) {
      const file = await open(fileOf(month), "r").catch(ifAbsent(undefined));
      if (file === undefined) return new Uint8Array();
      try {
        const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, from);
        return buffer.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    },
    readRollUp: (month) => readFile(rollUpOf(month), "utf8").catch(ifAbsent(undefined)),
    async writeRollUp(month, text) {
      const draft = `${rollUpOf(month)}.${process.pid}`;
      try {
        await writeFile(draft, text);
        await rename(draft, rollUpOf(month));
      } finally {
        await rm(draft, { force: true });
      }
    },
    checksum: (bytes, before) => crc32(bytes, before),
    async lock() {
      await mkdir(folder, { recursive: true });
      const token = randomUUID();
      for (const begin = performance.now(); performance.now() - begin < patience; ) {
        const isOurs = await writeFile(lockFile, token, { flag: "wx" }).then(
          () => true,
          (error: NodeJS.ErrnoException) => {
            if (error.code === "EEXIST") return false;
            throw error;
          },
        );
        if (isOurs) {
          return async () => {
            // Whoever waited too long may have taken it for a dead one's and put their own in its place.
            const holder = await readFile(lockFile, "utf8").catch(ifAbsent(undefined));
            if (holder === token) await rm(lockFile, { force: true });
          };
        }
        const age = Date.now() - (await stat(lockFile).catch(ifAbsent({ mtimeMs: 0 }))).mtimeMs;
        // Of another clock, or from before this one was set back, when it lies in the future.
        if (Math.abs(age) > STALE) await rm(lockFile, { force: true });
        else await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error(`another window is importing; if none is, remove ${lockFile}`);
    },
  };
}

/** When a file was changed last nobody can set, other than when it was written to. */
function identityOf({ ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  const later = ctimeNs > mtimeNs ? ctimeNs : mtimeNs;
  return `${Number(later) / 1e6} ${mtimeNs} ${ctimeNs} ${size} ${ino}`;
}

function ifAbsent<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === "ENOENT") return value;
    throw error;
  };
}
