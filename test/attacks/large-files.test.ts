/** Files of any size are read by line: none is ever one string, and a line that is too long is told and left out. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, open, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { createConversationStore } from "../../src/chat/conversation-store.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { createLineSplitter, readLines } from "../../src/files/read-lines.ts";
import { exportEntries } from "../../src/money/export.ts";
import { createLedger } from "../../src/money/ledger.ts";
import type { LedgerEntry } from "../../src/money/ledger-entry.ts";
import { readUsage } from "../../src/money/usage-file.ts";
import { long } from "../support/long.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "runnel-lines-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function linesIn(path: string, maxLineBytes?: number) {
  const all: string[] = [];
  let tooLong = 0;
  for await (const read of readLines(path, maxLineBytes === undefined ? {} : { maxLineBytes })) {
    all.push(...read.lines);
    tooLong += read.tooLong;
  }
  return { all, tooLong };
}

function entry(id: number): LedgerEntry {
  const more = { provider: "p", model: "m".repeat(200), purpose: "chat", outcome: "completed" } as const;
  return { v: 1, id: `entry-${id}`, time: Date.UTC(2026, 10, 1) + id, ...more, usage: { outputTokens: id } };
}

describe("lines of a file", () => {
  it("are those of its text, wherever its bytes are cut", () => {
    const line = fc.string({ unit: "grapheme", maxLength: 12 }).map((text) => text.replace(/[\r\n]/g, ""));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.boolean(), fc.array(fc.nat(9)), (lines, ends, cuts) => {
        const bytes = Buffer.from(lines.join("\n") + (ends && lines.length > 0 ? "\n" : ""));
        const splitter = createLineSplitter(1000);
        const all: string[] = [];
        let at = 0;
        for (const cut of cuts) {
          all.push(...splitter.push(bytes.subarray(at, at + cut)).lines);
          at += cut;
        }
        all.push(...splitter.push(bytes.subarray(at)).lines, ...splitter.end().lines);
        const wanted = bytes.toString().split("\n");
        if (wanted.at(-1) === "") wanted.pop();
        assert.deepEqual(all, wanted);
      }),
    );
  });

  it("are left out and counted when they are too long", async () => {
    const path = join(folder, "lines");
    await writeFile(path, `a\n${"x".repeat(101)}\n${"y".repeat(100)}\r\nb\n${"z".repeat(5000)}`);
    assert.deepEqual(await linesIn(path, 101), { all: ["a", "x".repeat(101), "y".repeat(100), "b"], tooLong: 1 });
    assert.deepEqual(await linesIn(path, 100), { all: ["a", "b"], tooLong: 3 });
  });

  it("of no file are an error, and of an empty one none", async () => {
    await assert.rejects(linesIn(join(folder, "none")), { code: "ENOENT" });
    await assert.rejects(linesIn(folder), { code: "EISDIR" });
    await writeFile(join(folder, "empty"), "");
    assert.deepEqual(await linesIn(join(folder, "empty")), { all: [], tooLong: 0 });
  });

  long.it("are read of a file that no string could hold", async function (this: Mocha.Context) {
    this.timeout(120_000);
    const path = join(folder, "large");
    const file = await open(path, "w");
    await file.write('{"first":1}\n');
    // A hole of zeros, which takes no room on the disk.
    await file.write('\n{"last":1}\n', 600 * 1024 * 1024);
    await file.close();
    const before = process.memoryUsage().rss;
    assert.deepEqual(await linesIn(path), { all: ['{"first":1}', '{"last":1}'], tooLong: 1 });
    assert.ok(process.memoryUsage().rss - before < 300 * 1024 * 1024);
  });
});

describe("large files of Runnel", () => {
  long.it("a conversation beyond the length of a string is shown", async function (this: Mocha.Context) {
    this.timeout(120_000);
    const file = await open(join(folder, "c.jsonl"), "w");
    const message = { id: "m", role: "user", text: "Hello", state: "complete" };
    const records = [
      { v: 1, type: "conversation", id: "c", createdAt: 1 },
      { v: 1, type: "message", message },
    ];
    await file.write(records.map((record) => `${JSON.stringify(record)}\n`).join(""));
    const last = { v: 1, type: "message", message: { ...message, id: "n", text: "Bye" } };
    await file.write(`\n${JSON.stringify(last)}\n`, 600 * 1024 * 1024);
    await file.close();
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (text: string) => warnings.push(text) };
    const loaded = await createConversationStore(folder, logger).load("c");
    assert.deepEqual(
      loaded?.conversation?.messages.map(({ text }) => text),
      ["Hello", "Bye"],
    );
    assert.equal(loaded?.skipped, 1);
    assert.match(warnings[0] ?? "", /1 lines are missing/);
  });

  for (const format of ["json", "ledger"] as const) {
    long.it(`an import of many entries is complete: ${format}`, async function (this: Mocha.Context) {
      this.timeout(120_000);
      const path = join(folder, "usage");
      const count = 60_000;
      const file = createWriteStream(path);
      async function* batches() {
        for (let at = 0; at < count; at += 1000) yield Array.from({ length: 1000 }, (_, index) => entry(at + index));
      }
      if (format === "json") for await (const piece of exportEntries(batches(), "json")) file.write(piece);
      else for await (const batch of batches()) file.write(batch.map((each) => `${JSON.stringify(each)}\n`).join(""));
      file.end();
      await once(file, "finish");
      const ledger = createLedger();
      assert.deepEqual(await ledger.import(readUsage(path)), { added: count, known: 0, unreadable: 0 });
      assert.deepEqual(await ledger.import(readUsage(path)), { added: 0, known: count, unreadable: 0 });
    });
  }

  for (const [how, indent] of [
    ["in one line", undefined],
    ["over many lines", 2],
  ] as const) {
    long.it(`an import of a large array is complete: ${how}`, async function (this: Mocha.Context) {
      this.timeout(120_000);
      const path = join(folder, "usage.json");
      const note = ']},\\"[{'.repeat(2000);
      const count = 1000;
      const entries = Array.from({ length: count }, (_, at) => ({ ...entry(at), note }));
      await writeFile(path, JSON.stringify([...entries, { v: 9 }], null, indent));
      assert.deepEqual(await createLedger().import(readUsage(path)), { added: count, known: 0, unreadable: 1 });
      // A file that was cut off loses its last entry only.
      const { size } = await stat(path);
      await truncate(path, size - 100);
      assert.deepEqual(await createLedger().import(readUsage(path)), { added: count - 1, known: 0, unreadable: 1 });
    });
  }

  it("a small import may be written in any way", async () => {
    const path = join(folder, "usage.json");
    await writeFile(path, JSON.stringify([entry(1), entry(2), { v: 9 }], null, 2));
    assert.deepEqual(await createLedger().import(readUsage(path)), { added: 2, known: 0, unreadable: 1 });
  });
});
