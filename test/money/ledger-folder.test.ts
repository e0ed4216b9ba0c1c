/** The ledger on a disk that several windows share, that fills up, and on which processes die. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFile, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { exportEntries } from "../../src/money/export.ts";
import { createLedger, type Ledger } from "../../src/money/ledger.ts";
import type { LedgerEntry } from "../../src/money/ledger-entry.ts";
import { createLedgerFolder } from "../../src/money/ledger-folder.ts";
import { addAmounts } from "../../src/money/money.ts";
import { amountsOf, turnsOf } from "../../src/money/report.ts";
import { raceForLedger, writer } from "../support/ledger-race.ts";
import { isFullSize, long, seed } from "../support/long.ts";
import { outcome, paid } from "../support/outcomes.ts";
import { randomFrom } from "../support/random.ts";

/** `RUNNEL_LEDGER_TURNS=10000` for the whole race. */
const turns = Number(process.env.RUNNEL_LEDGER_TURNS ?? 240);

describe("the ledger's folder", function () {
  this.timeout(600_000);
  let folder: string;
  const open = (): Ledger => createLedger({ files: createLedgerFolder(folder) });
  const dollars = async (ledger: Ledger) => amountsOf((await ledger.report()).total).get("USD") ?? 0;
  const text = async (ledger: Ledger, format: "csv" | "json") => {
    let all = "";
    for await (const piece of exportEntries(ledger.entries(), format)) all += piece;
    return all;
  };
  const monthFile = async () => join(folder, (await readdir(folder)).find((name) => name.endsWith(".jsonl"))!);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "runnel-ledger-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  long.it(`loses and doubles nothing when four processes write ${turns} turns at once and are killed`, async () => {
    const { acknowledged, unsaid, kills } = await raceForLedger(turns, Math.random);
    assert.ok(kills > 0);
    assert.ok(acknowledged + unsaid <= turns && acknowledged >= turns - 2 * kills);
  });

  long.it("loses and doubles nothing through 50 kills of its writers", async function () {
    if (!isFullSize) this.skip();
    for (let kills = 0; kills < 50; ) kills += (await raceForLedger(200, randomFrom(seed + kills))).kills;
  });

  it("shows one window what another one spent", async () => {
    const [one, other] = [open(), open()];
    await one.record(paid(1));
    await other.record(paid(2));
    assert.equal(other.spending().today.amounts.get("USD"), 3);
    assert.equal(one.spending().today.amounts.get("USD"), 1);
    await one.refresh();
    assert.equal(one.spending().today.amounts.get("USD"), 3);
  });

  it("reads past a torn line, wherever it was torn, and begins a new one behind it", async () => {
    await open().record(paid(1));
    const file = await monthFile();
    const line = await readFile(file);
    for (let length = 1; length < line.length; length += 23) {
      await writeFile(file, Buffer.concat([line, line.subarray(0, length)]));
      const ledger = open();
      assert.equal(await dollars(ledger), 1);
      await ledger.record(paid(2));
      assert.equal((await readFile(file))[line.length + length], 0x0a);
      assert.equal(await dollars(ledger), 3);
      assert.equal(await dollars(open()), 3);
      await rm(file.replace(".jsonl", ".sums.json"), { force: true });
    }
  });

  it("finds a line that was written right behind a torn one", async () => {
    await open().record(paid(1));
    const file = await monthFile();
    const line = await readFile(file, "utf8");
    const second = line.replace(/"id":"\w+"/, '"id":"second"');
    await writeFile(file, line.slice(0, 40) + second);
    assert.equal(await dollars(open()), 1);
    await writeFile(file, line.trimEnd() + second);
    assert.equal(await dollars(open()), 2);
    await writeFile(file, `${line.trimEnd()}\n${line}`);
    assert.equal(await dollars(open()), 1, "a line that had to be written twice");
  });

  it("waits for the end of a line that is being written", async () => {
    const ledger = open();
    await ledger.record(paid(1));
    const file = await monthFile();
    const line = (await readFile(file, "utf8")).replace(/"id":"\w+"/, '"id":"second"');
    await appendFile(file, line.slice(0, 50));
    await ledger.refresh();
    assert.equal(ledger.spending().today.turns, 1);
    await appendFile(file, line.slice(50));
    await ledger.refresh();
    assert.equal(ledger.spending().today.turns, 2);
  });

  long.it(
    "keeps sums beside a long month, and does without them when they are gone, broken or of another file",
    async () => {
      const before = open();
      for (let count = 0; count < 300; count++)
        await before.record({ ...paid(0.000_001), answeredBy: "x".repeat(400) });
      const sums = (await monthFile()).replace(".jsonl", ".sums.json");
      assert.equal(await dollars(open()), 0.0003);
      const kept = await readFile(sums, "utf8");
      const { covered } = JSON.parse(kept);
      assert.ok(covered > 60_000);
      const latency = { provider: "p", model: "m" };
      for (const text of ["", "{", kept.replace('"mark":"', '"mark":"x'), kept.replace(/"v":\d/, '"v":0')]) {
        await writeFile(sums, text);
        assert.equal(await dollars(open()), 0.0003);
      }
      await writeFile(sums, kept);
      const after = open();
      await after.refresh();
      assert.deepEqual(after.spending(), before.spending());
      assert.deepEqual(after.latency(latency), before.latency(latency));
      const file = await monthFile();
      await writeFile(file, (await readFile(file, "utf8")).replaceAll('"amount":0.000001', '"amount":0.000002'));
      assert.equal(await dollars(open()), 0.0006, "as many bytes, but others");
      await writeFile(file, "");
      assert.equal(await dollars(after), 0);
    },
  );

  long.it(
    "loses nothing of what it had written when the disk is full, and goes on when it no longer is",
    async function () {
      if (process.platform === "win32") this.skip();
      // A file of at most 20 blocks is a disk that fills up in the middle of a line.
      const [full, after] = ["ulimit -f 20; exec", "exec"].map((how) => {
        const first = how === "exec" ? "1000" : "1";
        return spawnSync("/bin/bash", ["-c", `${how} "$0" "$@"`, process.execPath, writer, folder, first, "150"], {
          encoding: "utf8",
        });
      });
      assert.equal(full?.status, 1);
      assert.match(full?.stderr ?? "", /found room|EFBIG/);
      assert.equal(after?.status, 0);
      const said = `${full?.stdout}${after?.stdout}`.trim().split("\n").map(Number);
      assert.ok(said.length > 160);
      const ledger = open();
      const counts = new Map<number, number>();
      for await (const batch of ledger.entries()) {
        for (const { usage } of batch) counts.set(usage!.inputTokens!, (counts.get(usage!.inputTokens!) ?? 0) + 1);
      }
      assert.deepEqual(
        [...counts.keys()].sort((one, other) => one - other),
        said,
      );
      assert.ok([...counts.values()].every((count) => count === 1));
    },
  );

  it("names what is wrong when the folder cannot be written, and the turn goes on", async () => {
    await writeFile(join(folder, "file"), "");
    const ledger = createLedger({ files: createLedgerFolder(join(folder, "file")) });
    await ledger.record(paid(1));
    assert.match(ledger.trouble ?? "", /ENOTDIR|EEXIST/);
    assert.equal(ledger.spending().today.amounts.get("USD"), 1);
  });

  it("takes in the ledger of another machine once, whether as an export or as a file", async () => {
    const other = createLedger();
    await other.record(paid(1));
    await other.record({ ...paid(2), startedAt: Date.UTC(2025, 0, 15) });
    const exported = await text(other, "json");
    const ledger = open();
    await ledger.record(paid(4));
    assert.deepEqual(await ledger.import(exported), { added: 2, known: 0, unreadable: 0 });
    assert.deepEqual(await ledger.import(exported), { added: 0, known: 2, unreadable: 0 });
    assert.deepEqual(await ledger.import(await readFile(await monthFile(), "utf8")), {
      added: 0,
      known: 1,
      unreadable: 0,
    });
    const lines = `${exported.replace(/^\[\n|\n\]\n$/g, "").replaceAll(",\n", "\n")}\n{"v":1,"id":"bad"}\nnonsense\n`;
    assert.deepEqual(await ledger.import(lines), { added: 0, known: 2, unreadable: 2 });
    assert.equal(await dollars(ledger), 7);
    assert.equal(ledger.spending().today.turns, 2);
    await assert.rejects(ledger.import("[broken"));
    const windows = [open(), open(), open()];
    const another = createLedger();
    await another.record(paid(8));
    const more = await text(another, "json");
    const results = await Promise.all(windows.map((window) => window.import(more)));
    assert.deepEqual(results.map(({ added }) => added).sort(), [0, 0, 1]);
    assert.equal(await dollars(open()), 15);
  });

  it("takes a lock from the future for a dead one's, and waits for a living one no longer than it must", async () => {
    const lock = join(folder, "import.lock");
    await writeFile(lock, "of another clock");
    const tomorrow = Date.now() / 1000 + 86_400;
    await utimes(lock, tomorrow, tomorrow);
    assert.deepEqual(await open().import("[]"), { added: 0, known: 0, unreadable: 0 });
    assert.ok(!(await readdir(folder)).includes("import.lock"));
    await writeFile(lock, "of somebody alive");
    const impatient = createLedger({ files: createLedgerFolder(folder, 300) });
    const waiting = assert.rejects(impatient.import("[]"), /another window is importing.*import\.lock/);
    await impatient.record(paid(1));
    assert.equal(await dollars(open()), 1, "a turn does not wait for it");
    await waiting;
    assert.equal(await readFile(lock, "utf8"), "of somebody alive");
    await rm(lock);
    const unlock = await createLedgerFolder(folder).lock();
    await writeFile(lock, "of who took it over");
    await unlock();
    assert.equal(await readFile(lock, "utf8"), "of who took it over");
  });

  it("exports the columns it promises, and no formulas", async () => {
    const ledger = open();
    const startedAt = Date.UTC(2026, 10, 26, 9, 30);
    await ledger.record(
      outcome({
        startedAt,
        target: { provider: "team", model: '=cmd("a"),b' },
        timings: { total: 1234.56, ttft: 340.04 },
        tokensPerSecond: 42.51,
        usage: { inputTokens: 100, cacheReadTokens: 40, outputTokens: 50, reasoningTokens: 0 },
        cost: { amount: 0.000_000_15, currency: "USD", source: "computed" },
      }),
    );
    await ledger.record(outcome({ startedAt, kind: "stopped", target: { provider: "team", model: "two\nlines" } }));
    assert.equal(
      await text(ledger, "csv"),
      [
        "time,provider,model,purpose,outcome,ttft_ms,total_ms,input_tokens,cached_tokens,output_tokens,reasoning_tokens,tokens_per_second,cost,currency,cost_source",
        '2026-11-26T09:30:00.000Z,team,"\'=cmd(""a""),b",chat,completed,340,1234.6,100,40,50,0,42.5,0.00000015,USD,computed',
        '2026-11-26T09:30:00.000Z,team,"two\nlines",chat,stopped,,10,,,,,,,,',
        "",
      ].join("\r\n"),
    );
    const json = JSON.parse(await text(ledger, "json")) as LedgerEntry[];
    assert.deepEqual(
      json.map(({ cost }) => cost?.amount),
      [0.000_000_15, undefined],
    );
    assert.equal(await text(createLedger(), "json"), "[]\n");
  });

  it("sums up to the same whatever turns there were", async () => {
    const turn = fc.record({
      amount: fc.double({ min: 0, max: 50, noNaN: true }),
      currency: fc.constantFrom("USD", "KRW", "CNY"),
      source: fc.constantFrom("reported" as const, "computed" as const, "estimated" as const),
      day: fc.nat({ max: 400 }),
      kind: fc.constantFrom("completed" as const, "stopped" as const, "failed" as const, "incomplete" as const),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { maxLength: 40 }), async (list) => {
        const ledger = createLedger();
        for (const { kind, day, ...cost } of list) {
          const usage = { inputTokens: 1, outputTokens: 2 };
          await ledger.record(outcome({ kind, usage, cost, startedAt: Date.UTC(2025, 0, 1 + day, 12) }));
        }
        const reports = [await ledger.report(), await ledger.report({ provider: "p" })];
        for (const { total, byDay } of reports) {
          assert.equal(turnsOf(total), list.length);
          for (const [currency, sum] of amountsOf(total)) {
            assert.equal(
              sum,
              addAmounts(...list.filter((one) => one.currency === currency).map(({ amount }) => amount)),
            );
          }
          assert.equal(
            [...byDay.values()].reduce((sum, sums) => sum + turnsOf(sums), 0),
            list.length,
          );
          const exported = JSON.parse(await text(ledger, "json")) as LedgerEntry[];
          assert.deepEqual(exported.map(({ cost }) => cost?.amount).sort(), list.map(({ amount }) => amount).sort());
        }
      }),
      { numRuns: 60 },
    );
  });
});
