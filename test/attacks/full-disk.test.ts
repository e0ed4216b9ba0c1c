/** The ledger, a conversation and pending edits on a disk that is really full: nothing said to be kept is lost, and failure is said. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { long } from "../support/long.ts";
import { noSmallDisk, onSmallDisk } from "../support/small-disk.ts";

interface Found {
  turns: string[];
  messages: { id: string; text: string }[];
  skipped: number;
  edits: number;
}

interface Report {
  size: number;
  booked: string[];
  saved: string[];
  full: { turns: number; trouble?: string; editsError?: string };
  onFull: Found;
  turns: number;
  trouble: string | null;
  answers: string[];
  conversationTroubles: number;
  errors: string[];
  after: Found;
}

long.describe("a disk that fills up", function () {
  this.timeout(120_000);
  let folder: string;
  let report: Report;

  before(async function () {
    folder = await mkdtemp(join(tmpdir(), "runnel-small-"));
    const reason = noSmallDisk(folder);
    if (reason !== undefined) {
      console.log(`      left out: ${reason}`);
      this.skip();
    }
    const writer = fileURLToPath(new URL("../support/full-disk-writer.ts", import.meta.url));
    report = onSmallDisk(folder, writer) as Report;
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("was full, and the ledger, the conversation and the edits said so once", () => {
    assert.equal(report.size, 64 * 1024);
    assert.ok(report.full.turns > 10 && report.full.turns < 1000, `${report.full.turns} turns`);
    assert.match(report.full.trouble ?? "", /ENOSPC|found room/);
    assert.equal(report.full.editsError, "ENOSPC");
    assert.equal(report.conversationTroubles, 1);
    assert.equal(report.errors.filter((text) => /ledger could not be written/.test(text)).length, 1);
    assert.equal(report.errors.filter((text) => /conversation could not be saved/.test(text)).length, 1);
  });

  it("has all that was said to be kept, for another window too", () => {
    const turns = new Set(report.onFull.turns);
    for (const id of report.booked) assert.ok(turns.has(id), id);
    const texts = new Set(report.onFull.messages.map(({ text }) => text));
    for (const id of report.saved) assert.ok(texts.has(report.answers[Number(id.slice(2))]!), id);
    assert.ok(report.booked.length > 10 && report.saved.length > 10);
    assert.equal(report.onFull.edits, 1);
  });

  it("has everything, once and whole, when there is room again", () => {
    assert.equal(report.trouble, null);
    const ids = (letter: string) => Array.from({ length: report.turns }, (_, number) => `${letter}-${number}`);
    assert.deepEqual(report.after.turns, ids("t"));
    assert.deepEqual(
      report.after.messages.map(({ text }) => text),
      report.answers,
    );
    assert.equal(report.after.skipped, 0);
    assert.equal(report.after.edits, 1);
  });
});
