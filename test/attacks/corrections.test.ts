/** What a person corrects: the ledger only grows, and sums, budgets, reports and exports of all windows follow. */
import assert from "node:assert/strict";
import { appendFile, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBudgetGuard } from "../../src/money/budget.ts";
import { exportEntries } from "../../src/money/export.ts";
import { createLedger, type Ledger } from "../../src/money/ledger.ts";
import { createLedgerFolder } from "../../src/money/ledger-folder.ts";
import { outcome, paid, target } from "../support/outcomes.ts";

describe("corrected costs", function () {
  this.timeout(120_000);
  let folder: string;
  const open = (now = Date.now): Ledger => createLedger({ files: createLedgerFolder(folder), now });
  const text = async (ledger: Ledger, format: "csv" | "json") => {
    let all = "";
    for await (const piece of exportEntries(ledger.entries(), format)) all += piece;
    return all;
  };
  const today = (ledger: Ledger) => ledger.spending().today.amounts.get("USD") ?? 0;
  const file = async () => join(folder, (await readdir(folder)).find((name) => name.endsWith(".jsonl"))!);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "runnel-corrected-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("are taken back, changed and restored, in every window, and the file only grows", async () => {
    const [one, other] = [open(), open()];
    await one.record(paid(5), "dear");
    await one.record(paid(1), "cheap");
    const before = await readFile(await file(), "utf8");
    const guard = createBudgetGuard(other, () => ({ daily: 6, currency: "USD", onExceeded: "block" }));
    await assert.rejects(guard.begin().check(target, undefined));
    assert.equal(await one.correct("dear", { amount: 0, currency: "USD" }), true);
    assert.deepEqual(await guard.begin().check(target, undefined), []);
    assert.deepEqual([today(one), today(other), one.spending().hour.get("USD")], [1, 1, 1]);
    assert.equal(await other.correct("dear", { amount: 0.5, currency: "USD" }), true);
    await one.refresh();
    assert.equal(today(one), 1.5);
    const [answer] = (await one.report()).answers;
    assert.equal(answer?.id, "dear", "it keeps its place");
    assert.deepEqual([answer?.cost?.amount, answer?.cost?.source, answer?.recorded?.amount], [0.5, "corrected", 5]);
    assert.equal(await one.correct("dear", undefined), true);
    await other.refresh();
    assert.deepEqual([today(one), today(other), today(await fresh())], [6, 6, 6]);
    assert.equal((await one.report()).answers[0]?.recorded, undefined);
    const after = await readFile(await file(), "utf8");
    assert.ok(after.startsWith(before) && after.trimEnd().split("\n").length === 5);
  });

  const fresh = async () => {
    const ledger = open();
    await ledger.refresh();
    return ledger;
  };

  it("give an unknown cost its amount, and can take it away again", async () => {
    const ledger = open();
    await ledger.record(outcome({ usage: { inputTokens: 5 } }), "a");
    assert.equal(ledger.spending().today.unknown, 1);
    await ledger.correct("a", { amount: 2, currency: "EUR" });
    assert.equal(ledger.spending().today.unknown, 0);
    assert.equal(ledger.spending().today.amounts.get("EUR"), 2);
    await ledger.correct("a", undefined);
    assert.equal(ledger.spending().today.unknown, 1);
    assert.deepEqual([...ledger.spending().today.amounts], []);
  });

  it("hold by their order also when the clock was set back between them, or they are read in another order", async () => {
    let now = Date.now();
    const ledger = open(() => now);
    await ledger.record({ ...paid(5), startedAt: now - 60_000 }, "a");
    await ledger.correct("a", { amount: 1, currency: "USD" });
    now -= 30_000;
    await ledger.correct("a", { amount: 2, currency: "USD" });
    assert.equal(today(ledger), 2);
    const lines = (await readFile(await file(), "utf8")).trimEnd().split("\n");
    const turned = createLedger({ now: () => now });
    await turned.import([lines[2], lines[1], lines[0]].join("\n"));
    assert.equal(today(turned), 2);
  });

  it("refuse what is no cost, and what is not there", async () => {
    const ledger = open();
    await ledger.record(paid(5), "a");
    for (const amount of [-1, Number.NaN, 1e290, Number.POSITIVE_INFINITY])
      await assert.rejects(ledger.correct("a", { amount, currency: "USD" }), RangeError);
    assert.equal(await ledger.correct("nobody", { amount: 0, currency: "USD" }), false);
    assert.equal(today(ledger), 5);
  });

  it("of an entry that is not there are left out and counted", async () => {
    const ledger = open();
    await ledger.record(paid(5), "a");
    const line = { v: 1, id: "c", type: "correction", corrects: "gone", time: 5 };
    await appendFile(await file(), `${JSON.stringify(line)}\n`);
    await ledger.refresh();
    assert.equal(today(ledger), 5);
    assert.deepEqual(ledger.skipped, { lines: 0, corrections: 1 });
    const result = await ledger.import(`${JSON.stringify({ ...line, id: "d" })}\n`);
    assert.deepEqual(result, { added: 0, known: 0, unreadable: 0, ignored: 1 });
  });

  it("go out in exports and come in again, once", async () => {
    const ledger = open();
    await ledger.record(paid(5), "a");
    await ledger.record(paid(1), "b");
    await ledger.correct("a", { amount: 0.25, currency: "USD" });
    const csv = await text(ledger, "csv");
    const rows = csv.split("\r\n").map((row) => row.split(",").slice(12).join());
    assert.deepEqual(rows, ["cost,currency,cost_source", "0.25,USD,corrected", "1,USD,computed", ""]);
    const json = await text(ledger, "json");
    const raw = await readFile(await file(), "utf8");
    for (const exported of [json, raw]) {
      const other = createLedger();
      assert.deepEqual(await other.import(exported), { added: 2, known: 0, unreadable: 0, corrected: 1 });
      assert.equal(today(other), 1.25);
      assert.deepEqual(await other.import(exported), { added: 0, known: 2, unreadable: 0 });
      const [answer] = (await other.report()).answers;
      assert.equal(answer?.recorded?.amount, 5);
      await other.correct("a", undefined);
      assert.equal(today(other), 6, "what was recorded came along");
    }
  });

  it("outlive kept sums, and torn and doubled lines", async () => {
    const ledger = open();
    for (let number = 0; number < 40; number++)
      await ledger.record({ ...paid(0.01), answeredBy: "x".repeat(2000) }, `entry-${number}`);
    const { answers } = await ledger.report();
    await ledger.correct(answers[0]!.id, { amount: 0, currency: "USD" });
    const content = await readFile(await file(), "utf8");
    const correction = content.trimEnd().split("\n").at(-1)!;
    assert.match(correction, /"type":"correction"/);
    await appendFile(await file(), `${correction}\n${correction.slice(0, 30)}`);
    for (let number = 0; number < 40; number++) await ledger.record({ ...paid(0.01), answeredBy: "x".repeat(2000) });
    assert.equal(today(await fresh()), 0.79);
    assert.ok((await readdir(folder)).some((name) => name.endsWith(".sums.json")));
    assert.equal(today(ledger), 0.79);
    assert.deepEqual((await fresh()).skipped, { lines: 1, corrections: 0 });
  });
});
