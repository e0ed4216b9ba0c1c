/** The files of conversations among full disks, folders in their place, other windows, newer versions and kills. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Chat } from "../../src/chat/chat.ts";
import { type ConversationRecord, formatLine } from "../../src/chat/conversation-log.ts";
import { createLogReader } from "../../src/chat/conversation-reader.ts";
import { createConversationStore } from "../../src/chat/conversation-store.ts";
import { bookLostTurns } from "../../src/chat/lost-turns.ts";
import type { Conversation } from "../../src/core/conversation.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { keepDamagedCopy } from "../../src/files/kept-copies.ts";
import { createLedger } from "../../src/money/ledger.ts";
import { createTransport } from "../../src/stream/transport/http.ts";
import { createEndpoints } from "../../src/turn/endpoints.ts";
import { oldSampleLog, sampleLines, sampleLog } from "../support/conversation-sample.ts";
import { superLinear } from "../support/growth.ts";
import { long, seed, sizeOf } from "../support/long.ts";
import { mutationKinds, mutations } from "../support/mutations.ts";
import { randomFrom } from "../support/random.ts";
import { useConversation } from "../support/use-conversation.ts";

const messageWriter = fileURLToPath(new URL("../support/message-writer.ts", import.meta.url));
const question = (id: string, text: string): ConversationRecord => ({
  ...{ v: 1, type: "message" },
  message: { id, role: "user", text, state: "complete" },
});

describe("the file of a conversation", () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "runnel-"));
    path = join(folder, "c.jsonl");
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const copies = async (): Promise<string[]> => (await readdir(folder)).filter((name) => name.includes(".damaged-"));
  const newChat = (
    store = createConversationStore(folder, silentLogger),
    conversation?: Conversation,
    isKept = true,
  ): Chat => {
    let count = 0;
    return new Chat(
      {
        store,
        environment: {
          ...{ transport: createTransport({ logger: silentLogger }), ledger: createLedger(), logger: silentLogger },
          ...{ now: () => performance.now(), wallClock: () => Date.now(), random: () => 0 },
          endpoints: createEndpoints(() => performance.now()),
        },
        newId: () => `new-${++count}`,
        setup: () => ({ candidates: [], system: "" }),
        listener: { onRecord() {}, onEvent() {}, onTurnStart() {}, onOutcome() {} },
      },
      conversation,
      conversation !== undefined && isKept,
    );
  };

  it("that is damaged is kept beside as it was, once for each damage, and the conversation goes on", async () => {
    const damaged = Buffer.from(sampleLog);
    damaged[sampleLog.indexOf('"delta"') + 3]! ^= 0x80;
    await writeFile(path, damaged);
    const store = createConversationStore(folder, silentLogger);
    const loaded = await store.load("c");
    assert.equal(loaded?.skipped, 1);
    const [copy, ...others] = await copies();
    assert.deepEqual(others, []);
    assert.deepEqual(await readFile(join(folder, copy!)), damaged);
    store.append("c", question("new", "And on?"));
    await store.flush();
    const again = await createConversationStore(folder, silentLogger).load("c");
    assert.equal(again?.skipped, 1);
    assert.equal(again.conversation?.messages.at(-1)?.text, "And on?");
    assert.deepEqual(await copies(), [copy]);
    assert.deepEqual((await readFile(path)).subarray(0, damaged.length), damaged, "what was there stays there");
  });

  long.it("with many messages, and many that are taken back, is read in time that grows as its length does", () => {
    const linesOf = (size: number): string[] => {
      const records: ConversationRecord[] = [];
      for (let n = 0; n < size; n++) records.push(question(`m-${n}`, "text"));
      for (let n = 0; n < size; n++) records.push({ v: 1, type: "remove", fromId: `x-${n}`, ids: [`x-${n}`] });
      return records.map((record, n) => formatLine(record, { by: "writer", n }));
    };
    const read = (lines: string[]): unknown => {
      const reader = createLogReader("c");
      for (const line of lines) reader.add(line);
      return reader.end();
    };
    assert.equal(superLinear(linesOf, read, 1024), undefined);
  });

  it("that is very large has no copy, which could fill the disk, and stays as it is", async () => {
    const file = await open(path, "w");
    await file.truncate(65 * 1024 * 1024);
    await file.close();
    await assert.rejects(keepDamagedCopy(path, "0", Date.now()), /larger than/);
    assert.deepEqual(await copies(), []);
  });

  it("has no more than three copies, the newest", async () => {
    for (let damage = 0; damage < 6; damage++) {
      await writeFile(path, `${sampleLog}{"v":1,"type":"damage ${damage}\n`);
      await createConversationStore(folder, silentLogger).load("c");
    }
    assert.equal((await copies()).length, 3);
    const texts = await Promise.all((await copies()).map((name) => readFile(join(folder, name), "utf8")));
    assert.ok(texts.some((text) => text.includes("damage 5")));
  });

  it("without a line break at its end is gone on with on a new line", async () => {
    await writeFile(path, sampleLog.slice(0, -20));
    const store = createConversationStore(folder, silentLogger);
    store.append("c", question("new", "And on?"));
    await store.flush();
    const { conversation, skipped } = (await store.load("c"))!;
    assert.equal(conversation?.messages.at(-1)?.text, "And on?");
    assert.equal(skipped, 1);
  });

  it("without its beginning is gone on with under its own name", async () => {
    await writeFile(path, `${sampleLines.slice(1).join("\n")}\n`);
    const store = createConversationStore(folder, silentLogger);
    const { conversation } = (await store.load("c"))!;
    assert.equal(conversation?.id, "c");
    const chat = newChat(store, conversation);
    await chat.ask("And on?");
    await store.flush();
    const again = (await createConversationStore(folder, silentLogger).load("c"))!;
    assert.equal(again.skipped, 1);
    assert.deepEqual(
      again.conversation?.messages.map(({ id }) => id),
      chat.conversation.messages.map(({ id }) => id),
    );
  });

  it("that a newer version writes is never written to, and goes on in one of its own with all that is shown", async () => {
    const newer = oldSampleLog.replaceAll('"v":1', '"v":2');
    await writeFile(path, newer);
    const store = createConversationStore(folder, silentLogger);
    const { conversation, isNewer } = (await store.load("c"))!;
    assert.equal(isNewer, true);
    const chat = newChat(store, { ...conversation!, id: "copy" }, false);
    await chat.ask("And on?");
    await store.flush();
    assert.equal(await readFile(path, "utf8"), newer);
    const copied = (await createConversationStore(folder, silentLogger).load("copy"))!;
    assert.equal(copied.skipped, 0);
    assert.deepEqual(copied.conversation?.messages, chat.conversation.messages);
    assert.equal(copied.conversation?.messages.length, conversation!.messages.length + 2);
    assert.deepEqual(await copies(), [], "it is not damaged");
  });

  it("keeps the lines of a newer version where they are", async () => {
    const line = '{"v":2,"type":"branch","from":"q1"}\n';
    await writeFile(path, sampleLog + line);
    const store = createConversationStore(folder, silentLogger);
    const { isNewer, skipped } = (await store.load("c"))!;
    assert.deepEqual([isNewer, skipped], [false, 1]);
    store.append("c", question("new", "And on?"));
    await store.flush();
    assert.ok((await readFile(path, "utf8")).startsWith(sampleLog + line));
  });

  it("of which nothing can be read is no reason to throw, and says why", async () => {
    await mkdir(path);
    const store = createConversationStore(folder, silentLogger);
    assert.equal((await store.load("c"))?.problem, "EISDIR");
    await symlink(join(folder, "loop.jsonl"), join(folder, "loop.jsonl"));
    assert.equal((await store.load("loop"))?.problem, "ELOOP");
    await symlink(join(folder, "nowhere"), join(folder, "dangling.jsonl"));
    assert.equal(await store.load("dangling"), undefined);
    for (const id of [5, {}, ["c"], null, "../c", "c\0"]) assert.equal(await store.load(id as string), undefined);
  });

  const obstacles: [name: string, put: () => Promise<unknown>][] = [
    ["a folder in its place", () => mkdir(path)],
    ["a link to a full disk in its place", () => symlink("/dev/full", path)],
    ["a link to itself in its place", () => symlink(path, path)],
  ];
  for (const [name, put] of obstacles) {
    it(`with ${name} is said once, and written when that is gone`, async function () {
      if (process.platform !== "linux") this.skip();
      await put();
      let troubles = 0;
      const store = createConversationStore(folder, silentLogger, () => troubles++);
      for (const text of ["one", "two", "three"]) {
        store.append("c", question(text, text));
        await store.flush();
      }
      assert.equal(troubles, 1);
      await rm(path, { recursive: true });
      await store.flush();
      const { conversation, skipped } = (await store.load("c"))!;
      assert.deepEqual([conversation?.messages.map(({ text }) => text), skipped], [["one", "two", "three"], 0]);
    });
  }

  it(`of any of ${mutationKinds.length} kinds of damage can be gone on with, and nothing of it goes`, async function () {
    this.timeout(600_000);
    const count = sizeOf({ few: 50, all: 2000, quick: mutationKinds.length });
    let tried = 0;
    for (const { kind, bytes } of mutations(seed + 1, Buffer.from(sampleLog))) {
      if (tried++ === count) break;
      await writeFile(path, bytes);
      const store = createConversationStore(folder, silentLogger);
      const loaded = (await store.load("c"))!;
      const next = loaded?.conversation ?? { id: "c", messages: [] };
      const booked = loaded?.isNewer
        ? next
        : await bookLostTurns(next, { ledger: createLedger(), store, wallClock: Date.now });
      const chat = newChat(
        store,
        { ...booked, id: loaded?.isNewer ? "copy" : "c" } as never,
        loaded !== undefined && !loaded.isNewer,
      );
      const said = `And on after ${tried}?`;
      await chat.ask(said);
      const first = chat.conversation.messages.find(({ role }) => role === "user")!;
      await chat.editAndResend(first.id, `${said} Edited.`);
      const last = chat.conversation.messages.at(-1)!;
      await chat.continueAnswer(last.id);
      await chat.regenerate(chat.conversation.messages.at(-1)!.id);
      await store.flush();
      useConversation(chat.conversation);
      const after = await readFile(path);
      assert.deepEqual(after.subarray(0, bytes.length), Buffer.from(bytes), `${kind}: what was there stays there`);
      const again = (await createConversationStore(folder, silentLogger).load(chat.conversation.id))!;
      assert.ok(
        again.conversation?.messages.some(({ text }) => text === `${said} Edited.`),
        `${kind}, seed ${seed}`,
      );
      await rm(join(folder, "copy.jsonl"), { force: true });
    }
    assert.ok((await copies()).length <= 3);
  });

  long.it("that two windows write loses nothing that was kept, whenever they are killed", async function () {
    this.timeout(600_000);
    const random = randomFrom(seed);
    const rounds = sizeOf({ few: 3, all: 25 });
    const kept = new Set<string>();
    let kills = 0;
    for (let round = 0; round < rounds; round++) {
      const writers = [0, 1].map((each) => startWriter(`w${round}-${each}`, kept));
      for (const { first } of writers) await first;
      for (const { child, ended } of writers) {
        await new Promise((resolve) => setTimeout(resolve, random() * 60));
        child.kill("SIGKILL");
        await ended;
        kills++;
      }
    }
    assert.equal(kills, rounds * 2);
    const { conversation, skipped } = (await createConversationStore(folder, silentLogger).load("c"))!;
    const shown = new Map(conversation!.messages.map((message) => [message.id, message]));
    for (const id of kept) {
      const message = shown.get(id);
      assert.equal(message?.state, "complete", id);
      assert.ok(message.text.startsWith(`${id} `) && message.text.endsWith(" end"), id);
    }
    assert.ok(kept.size >= kills, `${kept.size}`);
    // At most what each was writing as it died.
    assert.ok(skipped <= kills, `${skipped}`);
  });

  function startWriter(
    name: string,
    kept: Set<string>,
  ): { child: ChildProcess; first: Promise<void>; ended: Promise<void> } {
    const child = spawn(process.execPath, [messageWriter, folder, "c", name], { stdio: ["ignore", "pipe", "inherit"] });
    const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
    const first = new Promise<void>((resolve, reject) => {
      let rest = "";
      child.stdout.on("data", (text: Buffer) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop()!;
        for (const line of lines) kept.add(line);
        if (lines.length > 0) resolve();
      });
      child.once("exit", () => reject(new Error(`${name} ended by itself`)));
    });
    first.catch(() => {});
    return { child, first, ended };
  }
});
