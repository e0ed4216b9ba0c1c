/** The usage report over a million entries beside one full read and JSON.parse of the same files; appending; memory. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createLedger } from "../../src/money/ledger.ts";
import { type LedgerEntry, writeLine } from "../../src/money/ledger-entry.ts";
import { createLedgerFolder } from "../../src/money/ledger-folder.ts";
import { turnsOf } from "../../src/money/report.ts";
import { percentile } from "../../src/money/statistics.ts";
import { paid } from "../support/outcomes.ts";

const entries = Number(process.env.ENTRIES ?? 1_000_000);
const rounds = Number(process.env.ROUNDS ?? 3);
const [part, place] = process.argv.slice(2);

interface Measured {
  milliseconds: number;
  megabytes: number;
}

/** Each part runs in a process of its own, so that its memory is its own. */
const parts: Record<string, (folder: string) => Promise<number> | number> = {
  async ours(folder) {
    const { total } = await createLedger({ files: createLedgerFolder(folder) }).report();
    return turnsOf(total);
  },
  reference(folder) {
    let count = 0;
    for (const name of readdirSync(folder)) {
      if (!name.endsWith(".jsonl")) continue;
      for (const line of readFileSync(join(folder, name), "utf8").split("\n")) {
        if (line !== "" && JSON.parse(line).v === 1) count++;
      }
    }
    return count;
  },
};

if (part !== undefined && place !== undefined) {
  const begin = performance.now();
  const count = await parts[part]!(place);
  const milliseconds = performance.now() - begin;
  if (count !== entries) throw new Error(`${part}: ${count} entries, not ${entries}`);
  console.log(JSON.stringify({ milliseconds, megabytes: process.resourceUsage().maxRSS / 1024 } satisfies Measured));
} else {
  const folder = mkdtempSync(join(tmpdir(), "runnel-bench-"));
  try {
    await measureAll(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureAll(folder: string): Promise<void> {
  const megabytes = fillFolder(folder);
  // The sums are not there yet: this is what happens once, after an import or when somebody deletes them.
  const rebuilt = measure("ours", folder);
  const ours: Measured[] = [];
  const reference: Measured[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(measure("ours", folder));
    reference.push(measure("reference", folder));
  }
  const middle = (all: Measured[], name: keyof Measured) =>
    percentile(
      all.map((one) => one[name]),
      0.5,
    )!;
  const appends = await appendTimes(folder);
  console.log(
    JSON.stringify({
      name: "ledger",
      unit: "ms",
      ours: round(middle(ours, "milliseconds")),
      reference: round(middle(reference, "milliseconds")),
      ratio: Number((middle(ours, "milliseconds") / middle(reference, "milliseconds")).toFixed(4)),
      entries,
      fileMegabytes: round(megabytes),
      rebuild: round(rebuilt.milliseconds),
      appendP50: round(percentile(appends, 0.5)!),
      appendP95: round(percentile(appends, 0.95)!),
      peakMegabytes: {
        ours: round(middle(ours, "megabytes")),
        rebuild: round(rebuilt.megabytes),
        reference: round(middle(reference, "megabytes")),
      },
    }),
  );
}

function measure(name: string, folder: string): Measured {
  const output = execFileSync(process.execPath, [fileURLToPath(import.meta.url), name, folder], { encoding: "utf8" });
  return JSON.parse(output) as Measured;
}

/** Milliseconds until one turn is on disk and its sums are known. */
async function appendTimes(folder: string): Promise<number[]> {
  const ledger = createLedger({ files: createLedgerFolder(folder) });
  await ledger.refresh();
  const times: number[] = [];
  for (let count = 0; count < 500; count++) {
    const begin = performance.now();
    await ledger.record(paid(0.001));
    times.push(performance.now() - begin);
  }
  if (ledger.trouble !== undefined) throw new Error(ledger.trouble);
  return times;
}

/** A year up to now, a dozen models; gives the size in megabytes. */
function fillFolder(folder: string): number {
  mkdirSync(folder, { recursive: true });
  const now = Date.now();
  const texts = new Map<string, string[]>();
  for (let number = 0; number < entries; number++) {
    const time = now - Math.floor(((entries - number) * 365 * 86_400_000) / entries);
    const month = new Date(time).toISOString().slice(0, 7);
    const lines = texts.get(month) ?? [];
    if (lines.length === 0) texts.set(month, lines);
    lines.push(writeLine(entryOf(number, time)));
  }
  let bytes = 0;
  for (const [month, lines] of texts) {
    const file = join(folder, `ledger-${month}.jsonl`);
    writeFileSync(file, lines.join(""));
    bytes += statSync(file).size;
  }
  return bytes / 1e6;
}

function entryOf(number: number, time: number): LedgerEntry {
  return {
    ...{ v: 1, id: number.toString(16).padStart(24, "0"), time },
    ...{ provider: `provider-${number % 4}`, model: `some-model-${number % 12}` },
    ...{ purpose: number % 5 === 0 ? "edit" : "chat", outcome: "completed" },
    ...{ ttft: 300 + (number % 700), total: 4000 + (number % 900), tokensPerSecond: 80 + (number % 50) },
    usage: { inputTokens: 1000 + (number % 3000), outputTokens: 300 + (number % 500), cacheReadTokens: 512 },
    cost: {
      amount: Number((0.001 + (number % 997) * 0.000_001).toFixed(6)),
      ...{ currency: "USD", source: "computed", priceOrigin: "vendor 2026-11-26" },
      price: { input: 1.25, output: 10, cacheRead: 0.125, currency: "USD" },
    },
  };
}

function round(value: number): number {
  return Number(value.toFixed(2));
}
