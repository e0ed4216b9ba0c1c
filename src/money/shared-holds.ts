/** Tells other windows what the running turns of this one may cost: a small file for each, beside the ledger. */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { readCost } from "../core/foreign-number.ts";
import type { Logger } from "../core/logger.ts";
import { isRunning } from "../files/processes.ts";
import type { Hold, SharedHolds } from "./budget.ts";

/** Milliseconds after which a turn is taken for one of a process that was killed and whose number another one has now. */
const STALE = 3_600_000;

/**
 * `{"v":1,"amount":0.5,"currency":"USD","check":<CRC-32 of "amount currency">}`. Of a newer version's file the amount is
 * taken as far as it is understood; what is damaged is left out, and that is logged once.
 */
interface KeptHold extends Hold {
  v: number;
  check: number;
}

const VERSION = 1;

/** Without the folder each window keeps to the budget by itself: what goes wrong here is logged and stops nobody. */
export function createSharedHolds(folder: string, logger: Logger): SharedHolds {
  const FILE = /^(\d+)-[\w-]+\.json(?:\.draft)?$/;
  /** Damaged files of which the log knows. */
  const said = new Set<string>();
  const fileOf = (id: string): string => join(folder, `${process.pid}-${id}.json`);
  const attempt = async <T>(otherwise: T, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      logger.warn(`What running turns may cost is not shared: ${error instanceof Error ? error.message : error}`);
      return otherwise;
    }
  };

  return {
    place: (id, { amount, currency }) =>
      attempt(undefined, async () => {
        await mkdir(folder, { recursive: true });
        const hold: KeptHold = { v: VERSION, amount, currency, check: checkOf({ amount, currency }) };
        // Others never read half of it.
        const draft = `${fileOf(id)}.draft`;
        await writeFile(draft, JSON.stringify(hold));
        await rename(draft, fileOf(id));
      }),
    lift: (id) => attempt(undefined, () => rm(fileOf(id), { force: true })),
    others: () =>
      attempt([], async () => {
        const found: Hold[] = [];
        for (const name of await readdir(folder).catch(() => [] as string[])) {
          const owner = Number(FILE.exec(name)?.[1] ?? process.pid);
          if (owner === process.pid) continue;
          const hold = await readHold(join(folder, name), owner);
          if (hold === "damaged" && !name.endsWith(".draft") && !said.has(name)) {
            said.add(name);
            logger.warn(`What a running turn of another window may cost is not counted: ${name} is damaged`);
          } else if (hold !== undefined && hold !== "damaged") found.push(hold);
        }
        return found;
      }),
  };
}

/** Undefined when its turn has ended meanwhile, or its process did. */
async function readHold(file: string, owner: number): Promise<Hold | "damaged" | undefined> {
  try {
    if (!isRunning(owner) || Date.now() - (await stat(file)).mtimeMs > STALE) {
      await rm(file, { force: true });
      return undefined;
    }
    return asHold(JSON.parse(await readFile(file, "utf8"))) ?? "damaged";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : "damaged";
  }
}

function asHold(value: unknown): Hold | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { v, amount, currency, check } = value as Partial<Record<keyof KeptHold, unknown>>;
  if (typeof v !== "number" || !Number.isInteger(v) || v < VERSION) return undefined;
  if (typeof amount !== "number" || typeof currency !== "string") return undefined;
  if (readCost(amount, currency) === undefined || !/^[A-Z]{3}$/.test(currency)) return undefined;
  return v > VERSION || check === checkOf({ amount, currency }) ? { amount, currency } : undefined;
}

function checkOf({ amount, currency }: Hold): number {
  return crc32(`${amount} ${currency}`);
}
