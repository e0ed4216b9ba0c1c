/** Tells other windows what the running turns of this one may cost: a small file for each, beside the ledger. */
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "../core/logger.ts";
import type { Hold, SharedHolds } from "../usage/budget.ts";

/** Milliseconds after which a turn is taken for one of a process that was killed and whose number another one has now. */
const STALE = 3_600_000;

/** Without the folder each window keeps to the budget by itself: what goes wrong here is logged and stops nobody. */
export function createSharedHolds(folder: string, logger: Logger): SharedHolds {
  const FILE = /^(\d+)-[\w-]+\.json$/;
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
        await writeFile(fileOf(id), JSON.stringify({ amount, currency }));
      }),
    lift: (id) => attempt(undefined, () => rm(fileOf(id), { force: true })),
    others: () =>
      attempt([], async () => {
        const found: Hold[] = [];
        for (const name of await readdir(folder).catch(() => [] as string[])) {
          const owner = Number(FILE.exec(name)?.[1] ?? process.pid);
          if (owner === process.pid) continue;
          const hold = await readHold(join(folder, name), owner);
          if (hold) found.push(hold);
        }
        return found;
      }),
  };
}

/** Undefined when its turn has ended meanwhile, or its process did. */
async function readHold(file: string, owner: number): Promise<Hold | undefined> {
  try {
    if (!isRunning(owner) || Date.now() - (await stat(file)).mtimeMs > STALE) {
      await rm(file, { force: true });
      return undefined;
    }
    const { amount, currency } = JSON.parse(await readFile(file, "utf8")) as Hold;
    return typeof amount === "number" && amount >= 0 && typeof currency === "string" ? { amount, currency } : undefined;
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
