/** Records of pending edits that are damaged, hostile or of a newer version: none is taken up, and none is written over. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StoredRecords } from "../../src/edit/host/stored-records.ts";
import { createRecordFiles } from "../../src/edit/host/window-records.ts";
import {
  asRecord,
  type EditRecord,
  findRecord,
  grewFrom,
  partOverlapping,
} from "../../src/edit/session/edit-record.ts";
import { formatRecords, parseRecords } from "../../src/edit/session/record-file.ts";
import { long, seed, sizeOf } from "../support/long.ts";
import { mutationKinds, mutations } from "../support/mutations.ts";

const record = (name: string, more: Partial<EditRecord> = {}): EditRecord => ({
  uri: `file:///project/${name}.ts`,
  startLine: 2,
  lines: ["새 줄 1", "new 2"],
  oldLines: ["old"],
  before: ["a", "b"],
  after: ["c", "d"],
  stage: "review",
  ...more,
});
const records = [record("one"), record("two", { stage: "streaming" }), record("세", { stage: "incomplete" })];
const written = formatRecords(records);

describe("the record of pending edits", () => {
  it("reads back what was written, and what 0.1.0 wrote", () => {
    const whole = { records, lost: [], isDamaged: false, isNewer: false };
    assert.deepEqual(parseRecords(written), whole);
    assert.deepEqual(parseRecords(JSON.stringify(records)), whole);
    assert.deepEqual(parseRecords(`\ufeff${written}`), whole);
  });

  it("whose text is not what was recorded is not taken up, and its file is named", () => {
    for (const [from, to] of [
      ["new 2", "new 3"],
      ['"startLine":2', '"startLine":1'],
      ['"stage":"review"', '"stage":"streaming"'],
      ['"old"', '"olD"'],
    ] as const) {
      const reading = parseRecords(written.replace(from, to));
      assert.deepEqual(reading.records, records.slice(1));
      assert.deepEqual([reading.lost, reading.isDamaged], [["file:///project/one.ts"], true]);
    }
  });

  it("that is no JSON any more names the files that can be read in it", () => {
    for (const text of [written.slice(0, -5), written.replace("{", ""), `\0${written}`]) {
      const reading = parseRecords(text);
      assert.deepEqual(reading.records, []);
      assert.deepEqual(
        reading.lost,
        records.map(({ uri }) => uri),
      );
      assert.equal(reading.isDamaged, true);
    }
    assert.deepEqual(parseRecords("").isDamaged, true);
  });

  it("of a newer version is left alone, and its files are named", () => {
    const newer = JSON.stringify({ v: 2, edits: [{ uri: "file:///a.ts", parts: [] }], roots: [] });
    assert.deepEqual(parseRecords(newer), { records: [], lost: ["file:///a.ts"], isDamaged: false, isNewer: true });
  });

  const hostile: [name: string, change: Record<string, unknown>][] = [
    ["a negative line", { startLine: -1 }],
    ["half a line", { startLine: 1.5 }],
    ["a line beyond counting", { startLine: 1e300 }],
    ["a line that is a string", { startLine: "2" }],
    ["fewer lines before it than there must be", { before: [] }],
    ["more lines before it than are kept", { startLine: 9, before: ["a", "b", "c", "d"] }],
    ["more lines behind it than are kept", { after: ["a", "b", "c", "d"] }],
    ["two lines in one", { oldLines: ["one\ntwo"] }],
    ["a carriage return in a line", { lines: ["one\r"] }],
    ["lines that are a string", { lines: "abc" }],
    ["a line that is no string", { oldLines: [{}] }],
    ["an unknown stage", { stage: "merged" }],
    ["a command for a file", { uri: "command:workbench.action.quit" }],
    ["a page for a file", { uri: "https://evil.example/x" }],
    ["no scheme", { uri: "/etc/passwd" }],
    ["a name over two lines", { uri: "file:///a\n[x](command:y)" }],
    ["fields that it does not know", { symbol: "x" }],
    ["an inherited field", { __proto__: { stage: "review" }, stage: undefined }],
  ];
  for (const [name, change] of hostile) {
    it(`with ${name} is none`, () => {
      assert.equal(asRecord(JSON.parse(JSON.stringify({ ...record("x"), ...change }))), undefined);
    });
  }

  it("that names lines of another finds out, and neither is taken up", () => {
    const placed = [
      [0, 4],
      [2, 3],
      [3, 6],
      [7, 8],
      [9, 9],
      [9, 9],
      [12, 14],
      [14, 15],
    ].map(([startLine, endLine]) => ({
      place: { startLine: startLine!, endLine: endLine!, isOwn: true },
    }));
    const { apart, overlapping } = partOverlapping(placed.toReversed());
    assert.deepEqual(
      apart.map(({ place }) => place.startLine),
      [7, 12, 14],
    );
    assert.equal(overlapping.length, 5);
  });

  it("knows lines that came later from those of somebody else", () => {
    const streaming = record("s", { lines: ["new 1", "old 2", "old 3"], oldLines: ["old 1", "old 2", "old 3"] });
    assert.equal(grewFrom(["new 1", "new 2", "old 3"], streaming), true);
    assert.equal(grewFrom(["new 1", "new 2", "new 3", "new 4"], streaming), true);
    assert.equal(grewFrom(["mine", "old 2", "old 3"], streaming), false);
    assert.equal(grewFrom(["anything", "at all"], record("s", { lines: ["old"] })), false);
  });

  it(`of any of ${mutationKinds.length} kinds of damage is whole or said to be damaged, and has its place in any document`, function () {
    this.timeout(300_000);
    const count = sizeOf({ few: 50 * mutationKinds.length, all: 2000 * mutationKinds.length });
    const document = ["a", "b", "새 줄 1", "new 2", "c", "d", "e"];
    for (const text of [written, JSON.stringify(records)]) {
      let tried = 0;
      for (const { kind, bytes } of mutations(seed, Buffer.from(text))) {
        if (tried++ === count) break;
        const reading = parseRecords(new TextDecoder().decode(bytes));
        for (const each of reading.records) {
          const place = findRecord(document, each);
          if (place === undefined) continue;
          assert.ok(0 <= place.startLine && place.startLine <= place.endLine && place.endLine <= document.length);
          grewFrom(document.slice(place.startLine, place.endLine), each);
        }
        if (reading.isDamaged || reading.isNewer || text !== written) continue;
        assert.deepEqual(reading.records, records, `${kind}, RUNNEL_SEED=${seed}`);
      }
    }
  });
});

describe("the file of pending edits", () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "runnel-"));
    path = join(folder, "deep", "pending-edits.json");
    await mkdir(join(folder, "deep"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const names = async (): Promise<string[]> => (await readdir(join(folder, "deep"))).sort();

  it("of a newer version is not written over, and what is pending here is found beside it", async () => {
    const newer = JSON.stringify({ v: 2, edits: [{ uri: "file:///a.ts" }] });
    await writeFile(path, newer);
    const store = createRecordFiles(path);
    // Also by a window that writes before it has read.
    await store.write([record("mine")]);
    assert.equal(await readFile(path, "utf8"), newer);
    const next = createRecordFiles(path);
    const { records: found, isNewer, lost } = (await next.read())!;
    assert.deepEqual([found, isNewer, lost], [[record("mine")], true, ["file:///a.ts"]]);
    await next.write([]);
    assert.equal(await readFile(path, "utf8"), newer);
    assert.deepEqual(await names(), ["pending-edits.json"]);
  });

  it("that is damaged is kept beside before it is written over", async () => {
    await writeFile(path, written.slice(0, -9));
    const store = createRecordFiles(path);
    const { copy, lost, isDamaged } = (await store.read())!;
    assert.deepEqual([lost.length, isDamaged], [3, true]);
    await store.write([record("mine")]);
    assert.equal(await readFile(copy!, "utf8"), written.slice(0, -9));
    assert.deepEqual((await createRecordFiles(path).read())?.records, [record("mine")]);
    for (let damage = 0; damage < 6; damage++) {
      await writeFile(path, `damage ${damage}`);
      await createRecordFiles(path).read();
    }
    assert.equal((await names()).filter((name) => name.includes("damaged")).length, 3);
  });

  for (const [name, put] of [
    ["a folder", () => mkdir(path)],
    ["a link to itself", () => symlink(path, path)],
  ] as const) {
    it(`with ${name} in its place says so, and what is pending is recorded beside it`, async () => {
      await put();
      const store = createRecordFiles(path);
      assert.match((await store.read())!.problem!, /^E(ISDIR|LOOP)$/);
      await store.write([record("mine")]);
      assert.deepEqual((await createRecordFiles(path).read())?.records, [record("mine")]);
    });
  }

  it("on a full disk keeps what was there", async function () {
    if (process.platform !== "linux") this.skip();
    const store = createRecordFiles(path);
    await store.write([record("one")]);
    // Its draft finds no room.
    await symlink("/dev/full", `${path}.${process.pid}.draft`);
    await assert.rejects(store.write([record("two")]), { code: "ENOSPC" });
    assert.deepEqual((await store.read())?.records, [record("one")]);
    const next = createRecordFiles(path);
    assert.deepEqual((await next.read())?.records, [record("one")]);
    await next.write([record("two")]);
    assert.deepEqual((await createRecordFiles(path).read())?.records, [record("two")]);
  });

  it("of a window that is gone is taken over by one window, also on a full disk, and found once", async function () {
    if (process.platform !== "linux") this.skip();
    await createRecordFiles(path).write([record("one")]);
    await createRecordFiles(path).write([record("two")]);
    await symlink("/dev/full", `${path}.${process.pid}.draft`);
    const stores = Array.from({ length: 8 }, () => createRecordFiles(path));
    const found = (await Promise.all(stores.map((store) => store.read()))).flatMap((each) => each?.records ?? []);
    assert.deepEqual(found.map(({ uri }) => uri).sort(), [record("one").uri, record("two").uri]);
    const next = createRecordFiles(path);
    // Whoever died in between left the same record in two files.
    await writeFile(path, formatRecords([record("one")]));
    assert.deepEqual((await next.read())?.records.map(({ uri }) => uri).sort(), [record("one").uri, record("two").uri]);
    await next.write([record("three")]);
    assert.equal((await names()).length, 1);
    assert.deepEqual((await createRecordFiles(path).read())?.records, [record("three")]);
  });
});

long.describe("the files of pending edits of several windows", function () {
  this.timeout(60_000);
  let folder: string;
  let path: string;
  const windows: ChildProcess[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "runnel-"));
    path = join(folder, "pending-edits.json");
  });
  afterEach(async () => {
    for (const window of windows.splice(0)) window.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  });
  const code = `
    import { createRecordFiles } from ${JSON.stringify(new URL("../../src/edit/host/window-records.ts", import.meta.url).href)};
    const store = createRecordFiles(process.argv[1]);
    process.on("message", async ({ method, records }) => process.send((await store[method](records)) ?? null));
    process.send(null);
  `;
  /** In a process of its own, as each window's is. */
  const openWindow = async () => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", code, path], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    windows.push(child);
    await once(child, "message");
    const call = async (method: string, records?: EditRecord[]): Promise<StoredRecords | null> => {
      child.send({ method, records });
      return (await once(child, "message"))[0];
    };
    const kill = async (): Promise<void> => {
      child.kill("SIGKILL");
      await once(child, "exit");
    };
    return { read: () => call("read"), write: (list: EditRecord[]) => call("write", list), kill };
  };
  const urisIn = (reading: StoredRecords | null | undefined) => reading?.records.map(({ uri }) => uri).sort() ?? [];

  it("hold what each of them has pending, whoever writes last and whoever has nothing more", async () => {
    const [one, other] = [await openWindow(), await openWindow()];
    await one.write([record("one")]);
    assert.equal(await other.read(), null, "an open window's are its own");
    await other.write([record("two")]);
    await one.write([record("one"), record("three")]);
    await other.write([record("two")]);
    const another = createRecordFiles(path);
    assert.equal(await another.read(), undefined);
    assert.equal(another.hasNeighbours, true);
    await one.kill();
    assert.deepEqual(urisIn(await another.takeOver()), [record("one").uri, record("three").uri]);
    assert.deepEqual(urisIn(await another.takeOver()), [], "once");
    assert.equal(another.hasNeighbours, true);
    await other.kill();
    assert.deepEqual(urisIn(await another.takeOver()), [record("two").uri]);
    assert.equal(another.hasNeighbours, false);
    assert.deepEqual(urisIn(await another.read()), [record("one").uri, record("three").uri, record("two").uri]);
    assert.equal((await readdir(folder)).length, 1);
  });

  it("are taken over from a window whose number another process has by now", async () => {
    await writeFile(join(folder, `pending-edits.${process.ppid}-0123abcd.json`), formatRecords([record("one")]));
    const patient = createRecordFiles(path);
    assert.equal(await patient.read(), undefined);
    assert.equal(await patient.takeOver(), undefined);
    assert.equal(patient.hasNeighbours, true);
    const impatient = createRecordFiles(path, 0);
    assert.equal(await impatient.read(), undefined, "it may give a sign of life yet");
    assert.deepEqual(urisIn(await impatient.takeOver()), [record("one").uri]);
    assert.equal(impatient.hasNeighbours, false);
  });
});
