/** Several processes that write one ledger at once and are killed at random moments, and what must be there afterwards. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createLedger, type Ledger } from "../../src/money/ledger.ts";
import { createLedgerFolder } from "../../src/money/ledger-folder.ts";
import { fromPicos } from "../../src/money/money.ts";
import { amountsOf, turnsOf } from "../../src/money/report.ts";

/** Run with a folder, the first number and how many: see there. */
export const writer = fileURLToPath(new URL("./ledger-writer.ts", import.meta.url));

export interface RaceResult {
  acknowledged: number;
  /** Turns written by a process that was killed before it could say so. */
  unsaid: number;
  kills: number;
}

/** `turns` in all, by four processes at a time; each is killed once on the way and another one goes on. */
export async function raceForLedger(turns: number, random: () => number): Promise<RaceResult> {
  const folder = await mkdtemp(join(tmpdir(), "runnel-ledger-"));
  try {
    const share = Math.floor(turns / 4);
    const result: RaceResult = { acknowledged: 0, unsaid: 0, kills: 0 };
    const acknowledged = new Set<number>();
    const reader = createLedger({ files: createLedgerFolder(folder) });
    const shares = [0, 1, 2, 3].map(async (process) => {
      let next = process * share;
      const end = next + share;
      // A number that was not acknowledged may be there all the same, so it is never written again.
      for (let killed = false; next < end; next++, killed = true) {
        const survives = killed ? Number.POSITIVE_INFINITY : Math.floor(random() * share);
        const delay = random() * 3;
        const last = await writeUntil(folder, next, end - next, survives, delay, (number) => acknowledged.add(number));
        if (last.killed) result.kills++;
        next = last.number;
        // Windows that only look must do no harm.
        await reader.refresh();
      }
    });
    await Promise.all(shares);
    result.acknowledged = acknowledged.size;
    result.unsaid = await check(folder, reader, acknowledged, 4 * share);
    return result;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The last number that was said, and whether the process was killed. */
function writeUntil(
  folder: string,
  first: number,
  count: number,
  survives: number,
  delay: number,
  onWritten: (number: number) => void,
): Promise<{ number: number; killed: boolean }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [writer, folder, String(first), String(count)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let number = first - 1;
    let killed = false;
    createInterface({ input: child.stdout }).on("line", (line) => {
      number = Number(line);
      onWritten(number);
      if (number - first === survives) {
        // In the middle of whatever it is doing by then.
        setTimeout(() => {
          killed = child.kill("SIGKILL");
        }, delay);
      }
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0 || killed) resolve({ number: code === 0 ? first + count - 1 : number + 1, killed: code !== 0 });
      else reject(new Error(`The writer ended with ${code}`));
    });
  });
}

async function check(folder: string, reader: Ledger, acknowledged: Set<number>, most: number): Promise<number> {
  const fresh = createLedger({ files: createLedgerFolder(folder) });
  const found = new Map<number, number>();
  for await (const batch of fresh.entries()) {
    for (const { usage } of batch) found.set(usage!.inputTokens!, (found.get(usage!.inputTokens!) ?? 0) + 1);
  }
  for (const number of acknowledged) assert.equal(found.get(number), 1, `turn ${number}`);
  for (const [number, times] of found) assert.ok(times === 1 && number < most, `turn ${number}: ${times} times`);
  const sums = new Map<string, bigint>();
  for (const number of found.keys()) {
    const currency = number % 3 === 0 ? "KRW" : "USD";
    sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(number) * 1_000_003n);
  }
  for (const ledger of [fresh, reader, createLedger({ files: createLedgerFolder(folder) })]) {
    const { total } = await ledger.report();
    assert.equal(turnsOf(total), found.size);
    const amounts = amountsOf(total);
    for (const [currency, picos] of sums) assert.equal(amounts.get(currency), fromPicos(picos), currency);
  }
  return found.size - acknowledged.size;
}
