/** The ledger's files damaged in every way: nothing throws, nothing is lost in silence, and sums are those of a full recount. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "../../src/core/logger.ts";
import { exportEntries } from "../../src/money/export.ts";
import { createLedger, type Ledger } from "../../src/money/ledger.ts";
import { type LedgerEntry, readLine, writeLine } from "../../src/money/ledger-entry.ts";
import { crc32, memoryFiles } from "../../src/money/ledger-files.ts";
import { createLedgerFolder } from "../../src/money/ledger-folder.ts";
import { createSharedHolds } from "../../src/money/shared-holds.ts";
import { long, seed, sizeOf } from "../support/long.ts";
import { type Mutation, mutationKinds, mutations } from "../support/mutations.ts";
import { outcome, paid } from "../support/outcomes.ts";

const count = sizeOf({ few: 50, all: 2000, quick: mutationKinds.length });
const MONTH = "2026-11";
const now = Date.UTC(2026, 10, 20, 12);

function* some(bytes: Uint8Array, most = count): Generator<Mutation> {
  let left = most;
  for (const mutation of mutations(seed, bytes)) {
    if (left-- <= 0) return;
    yield mutation;
  }
}

function entry(number: number, more: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    ...{ v: 1, id: `entry-${number}`, time: now - number * 60_000, provider: "p", model: `m${number % 3}` },
    ...{ purpose: "chat", outcome: "completed", ttft: 300, total: 4000, tokensPerSecond: 80 },
    usage: { inputTokens: 1000 + number, outputTokens: 300, cacheReadTokens: 5 },
    cost: { amount: 0.001 * (number + 1), currency: "USD", source: "computed" },
    ...more,
  };
}

describe("damaged files of the ledger", function () {
  this.timeout(600_000);
  let folder: string;
  const file = () => join(folder, `ledger-${MONTH}.jsonl`);
  const sums = () => join(folder, `ledger-${MONTH}.sums.json`);
  const open = (): Ledger => createLedger({ files: createLedgerFolder(folder), now: () => now });
  const lines = (many: number) => Array.from({ length: many }, (_, number) => writeLine(entry(number)));
  const idsIn = async (ledger: Ledger) => {
    const ids = new Set<string>();
    for await (const batch of ledger.entries()) for (const { id } of batch) ids.add(id);
    return ids;
  };
  /** Of the bytes as they are, by a ledger that has kept nothing. */
  const recount = async (): Promise<unknown> => {
    const files = memoryFiles();
    const bytes = await readFile(file()).catch(() => Buffer.alloc(0));
    const months = async () => [{ month: MONTH, size: bytes.length }];
    const read = async (_month: string, from: number, length: number) => bytes.subarray(from, from + length);
    return comparable(createLedger({ files: { ...files, months, read }, now: () => now }));
  };
  const comparable = async (ledger: Ledger): Promise<unknown> => {
    const report = await ledger.report();
    return { report, skipped: ledger.skipped, spending: ledger.spending() };
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "runnel-damaged-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it(`lose nothing that is whole and count what is not, in ${count} kinds of damage (seed ${seed})`, async () => {
    const correction = writeLine({
      ...{ v: 1, id: "correction-1", type: "correction", corrects: "entry-3", time: now },
      cost: { amount: 0, currency: "USD", source: "corrected" },
    });
    const note = writeLine({ v: 1, id: "note-1", type: "clock", time: now - 600_000 });
    const originals = [...lines(20), correction, note];
    for (const { kind, bytes } of some(Buffer.from(originals.join("")))) {
      await writeFile(file(), bytes);
      const ledger = open();
      await ledger.refresh();
      assert.equal(ledger.unreadable, undefined, kind);
      assert.deepEqual(await comparable(ledger), await recount(), kind);
      const ids = await idsIn(ledger);
      const whole = new TextDecoder().decode(bytes).split("\n");
      whole.pop();
      for (const original of originals.slice(0, 20))
        if (whole.includes(original.trimEnd())) assert.ok(ids.has(JSON.parse(original).id), `${kind}: ${original}`);
      const torn = whole.filter((line) => line.trim() !== "" && readLine(line).length === 0);
      assert.ok(ledger.skipped.lines >= torn.length - 1, `${kind}: ${ledger.skipped.lines} of ${torn.length}`);
      await ledger.record({ ...paid(7), startedAt: now });
      assert.equal(ledger.trouble, undefined);
      const after = await readFile(file());
      assert.ok(after.subarray(0, bytes.length).equals(Buffer.from(bytes)), "nothing is written over");
      assert.equal((await idsIn(open())).size, (await idsIn(ledger)).size);
      for (const format of ["csv", "json"] as const)
        for await (const piece of exportEntries(ledger.entries(), format)) assert.ok(piece !== "");
      await rm(sums(), { force: true });
    }
  });

  it(`keep sums that are those of a recount, whatever befell them, in ${count} kinds of damage`, async () => {
    await writeFile(file(), lines(320).join(""));
    const expected = await comparable(open());
    const kept = await readFile(sums());
    assert.ok(kept.length > 1000);
    for (const { kind, bytes } of some(kept)) {
      await writeFile(sums(), bytes);
      assert.deepEqual(await comparable(open()), expected, kind);
    }
  });

  long.it("count anew what was changed in place, wherever and however little", async () => {
    await writeFile(file(), lines(320).join(""));
    await open().report();
    const bytes = await readFile(file());
    for (let at = 100; at < bytes.length; at += Math.floor(bytes.length / 25)) {
      const changed = Buffer.from(bytes);
      const digit = changed.indexOf('"amount":0.', at) + '"amount":0.'.length;
      if (digit < 20) continue;
      changed[digit] = changed[digit] === 0x39 ? 0x38 : 0x39;
      await open().report();
      await writeFile(file(), changed);
      assert.deepEqual(await comparable(open()), await recount(), `at ${at}`);
    }
    const running = open();
    await running.report();
    await writeFile(file(), bytes);
    assert.deepEqual(await comparable(running), await recount(), "also in a window that had read it");
    await writeFile(file(), `${lines(321).reverse().join("")}`);
    assert.deepEqual(await comparable(running), await recount(), "a longer file in its place");
  });

  it("leave sums of a newer version as they are, and count for themselves", async () => {
    await writeFile(file(), lines(320).join(""));
    const newer = '{"v":99,"of":"the future"}';
    await writeFile(sums(), newer);
    assert.deepEqual(await comparable(open()), await recount());
    assert.equal(await readFile(sums(), "utf8"), newer);
  });

  it("show what is understood of a newer version's entries, and pass on the rest", async () => {
    const strange = [
      entry(1, {
        v: 2,
        outcome: "paused",
        purpose: "dream",
        cost: { amount: 2, currency: "COINS2", source: "oracle" },
      }),
      entry(2, { v: 7, ttft: "soon" as unknown as number, cost: { coins: 5 } as never }),
      entry(3, { outcome: "__proto__", purpose: "constructor", model: "__proto__" }),
      entry(4, { cost: { amount: 1, currency: "__proto__", source: "toString" } }),
      { ...entry(5, { v: 3 }), mood: "fine" },
      entry(6, { cost: { amount: 1e290, currency: "USD", source: "reported" } }),
    ];
    const unknown = '{"v":4,"id":"x","time":5,"type":"wish"}\n{"v":0,"id":"y"}\n[]\nnull\n5\n';
    await writeFile(file(), strange.map(writeLine).join("") + unknown);
    const ledger = open();
    const report = await ledger.report();
    assert.equal(ledger.skipped.lines, 5);
    assert.deepEqual(report.total.turns, { completed: 4, stopped: 0, incomplete: 0, failed: 0, other: 2 });
    assert.deepEqual(
      { ...report.total.amounts },
      { ["__proto__"]: 10n ** 12n, COINS2: 2n * 10n ** 12n, USD: 10n ** 10n },
    );
    assert.equal(report.total.unknown, 2);
    assert.ok(report.byPurpose.has("dream") && report.byPurpose.has("constructor"));
    let exported = "";
    for await (const piece of exportEntries(ledger.entries(), "json")) exported += piece;
    assert.match(exported, /"mood":"fine"/);
    const other = createLedger();
    assert.deepEqual(await other.import(exported), { added: 6, known: 0, unreadable: 0 });
  });

  it("are folders, links to nothing, or not to be read: said, and nothing is lost from memory", async () => {
    await mkdir(file());
    const ledger = open();
    await ledger.record({ ...paid(3), startedAt: now });
    assert.match(ledger.trouble ?? "", /EISDIR|EEXIST|EPERM/);
    assert.equal(ledger.spending().today.amounts.get("USD"), 3);
    await rm(file(), { recursive: true });
    await ledger.record({ ...paid(4), startedAt: now });
    assert.equal(ledger.trouble, undefined);
    const other = open();
    await other.refresh();
    assert.equal(other.spending().today.amounts.get("USD"), 7);
    await mkdir(sums());
    await writeFile(file(), lines(320).join(""));
    assert.deepEqual(await comparable(open()), await recount());
  });

  it("are never left unwritten because of one entry that cannot be right", async () => {
    const ledger = open();
    for (const startedAt of [Number.NaN, Number.POSITIVE_INFINITY, -5, 1e18])
      await ledger.record(outcome({ startedAt, usage: { inputTokens: 5 } }));
    const cost = { amount: Number.POSITIVE_INFINITY, currency: "USD", source: "computed" as const };
    await ledger.record(outcome({ startedAt: now, usage: { inputTokens: Number.NaN }, cost }));
    assert.equal(ledger.trouble, undefined);
    assert.equal((await idsIn(open())).size, 5);
  });

  it("have the checksum that zlib counts", () => {
    const { checksum } = createLedgerFolder(folder);
    const bytes = Buffer.from("The quick brown fox jumps over the lazy dog");
    assert.equal(crc32(bytes, 0), 0x414fa339);
    assert.equal(checksum(bytes.subarray(10), checksum(bytes.subarray(0, 10), 0)), crc32(bytes, 0));
    assert.equal(crc32(bytes.subarray(10), crc32(bytes.subarray(0, 10), 0)), crc32(bytes, 0));
  });
});

describe("damaged holds", () => {
  it(`count as what they were or not at all, and the log says so, in ${count} kinds of damage`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "runnel-holds-"));
    try {
      const hold = { amount: 0.5, currency: "USD" };
      const own = createSharedHolds(folder, silentLogger);
      await own.place("one", hold);
      const [name] = await readdir(folder);
      const kept = await readFile(join(folder, name!));
      await rm(join(folder, name!));
      const path = join(folder, `${process.ppid}-other.json`);
      for (const { kind, bytes } of some(kept)) {
        const warnings: string[] = [];
        const holds = createSharedHolds(folder, { ...silentLogger, warn: (text) => warnings.push(text) });
        await writeFile(path, bytes);
        const found = await holds.others();
        if (found.length > 0) assert.deepEqual(found, [hold], `${kind}: ${Buffer.from(bytes)}`);
        else assert.equal(warnings.length, 1, kind);
        await holds.others();
        assert.ok(warnings.length <= 1);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
