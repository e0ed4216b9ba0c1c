import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ConversationRecord } from "../../src/chat/conversation-log.ts";
import { createConversationStore } from "../../src/chat/conversation-store.ts";
import type { Conversation } from "../../src/core/conversation.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { long } from "../support/long.ts";
import { readLog } from "../support/read-log.ts";

const writer = fileURLToPath(new URL("../support/conversation-writer.ts", import.meta.url));

const begin: ConversationRecord = { v: 1, type: "conversation", id: "c", createdAt: 5 };
const question: ConversationRecord = {
  v: 1,
  type: "message",
  message: { id: "q", role: "user", text: "왜?", state: "complete" },
};
const answer: ConversationRecord = {
  v: 1,
  type: "message",
  message: { id: "a", role: "assistant", text: "", state: "streaming" },
};
const delta = (text: string): ConversationRecord => ({ v: 1, type: "delta", id: "a", text });
const end: ConversationRecord = {
  v: 1,
  type: "end",
  id: "a",
  message: { id: "a", role: "assistant", state: "complete" },
};
const lines = (...records: ConversationRecord[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join("");

describe("a conversation log", () => {
  it("reads back what was said", () => {
    const { conversation, skipped } = readLog(lines(begin, question, answer, delta("그건 "), delta("👍🏽"), end));
    assert.equal(skipped, 0);
    assert.equal(conversation?.createdAt, 5);
    assert.deepEqual(
      conversation?.messages.map(({ text, state }) => [text, state]),
      [
        ["왜?", "complete"],
        ["그건 👍🏽", "complete"],
      ],
    );
  });

  it("keeps everything before a line torn by a power cut", () => {
    const whole = lines(begin, question, answer, delta("half"));
    for (const cut of [1, 5, 20]) {
      const { conversation, skipped } = readLog(whole.slice(0, -cut));
      assert.equal(skipped, cut === 1 ? 0 : 1);
      assert.equal(conversation?.messages[0]?.text, "왜?");
    }
  });

  it("gives an answer that was streaming when the editor died as incomplete, with its text", () => {
    const { conversation } = readLog(lines(begin, question, answer, delta("half")));
    assert.equal(conversation?.messages[1]?.state, "incomplete");
    assert.equal(conversation?.messages[1]?.text, "half");
    assert.equal(readLog(lines(begin, question, answer)).conversation?.messages[1]?.state, "failed");
  });

  it("takes back a message and all after it", () => {
    const { conversation } = readLog(lines(begin, question, answer, end, { v: 1, type: "remove", fromId: "a" }));
    assert.deepEqual(
      conversation?.messages.map(({ id }) => id),
      ["q"],
    );
  });

  it("keeps what another window put behind a message that is taken back", () => {
    const other = { ...question, message: { ...question.message, id: "o" } };
    const { conversation } = readLog(
      lines(begin, question, answer, end, other, { v: 1, type: "remove", fromId: "a", ids: ["a"] }),
    );
    assert.deepEqual(
      conversation?.messages.map(({ id }) => id),
      ["q", "o"],
    );
  });

  it("marks the seam of a continued answer", () => {
    const { conversation } = readLog(
      lines(begin, question, answer, delta("one"), { v: 1, type: "resume", id: "a" }, delta("two")),
    );
    assert.deepEqual(conversation?.messages[1]?.seams, [3]);
    assert.equal(conversation?.messages[1]?.text, "onetwo");
  });

  it("skips lines of another version, another shape or no JSON at all", () => {
    const { conversation, skipped } = readLog(
      `null\n[]\n{"v":2,"type":"conversation"}\nnonsense\n${lines(begin)}{"v":1,"type":"x"}\n`,
    );
    assert.equal(conversation?.id, "c");
    assert.equal(skipped, 5);
    assert.equal(readLog("").conversation, undefined);
  });
});

describe("the conversation store", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "runnel-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("gives back what was appended, joined streamed pieces included", async () => {
    const store = createConversationStore(join(folder, "new"), silentLogger);
    for (const record of [begin, question, answer, delta("a"), delta("b"), delta("c"), end]) store.append("c", record);
    const conversation = (await store.load("c"))?.conversation;
    assert.equal(conversation?.messages[1]?.text, "abc");
    const written = await readFile(join(folder, "new", "c.jsonl"), "utf8");
    assert.equal(written.split("\n").length, 6);
  });

  it("does not change the caller's records when it joins them", async () => {
    const store = createConversationStore(folder, silentLogger);
    const first = delta("a");
    store.append("c", first);
    store.append("c", delta("b"));
    await store.flush();
    assert.deepEqual(first, delta("a"));
  });

  it("refuses ids that are paths and knows when there is nothing", async () => {
    const store = createConversationStore(folder, silentLogger);
    assert.equal(await store.load("../c"), undefined);
    assert.equal(await store.load("missing"), undefined);
  });

  long.it("loses and doubles nothing wherever a full disk tears it, and tells of it once", async function () {
    if (process.platform === "win32") this.skip();
    // Some thousand file operations take their time on a busy disk.
    this.timeout(90_000);
    // A file of at most 8 blocks is a disk that fills up in the middle of a line.
    const { stdout, stderr } = spawnSync(
      "/bin/bash",
      ["-c", 'ulimit -f 8; exec "$0" "$@"', process.execPath, writer, folder],
      {
        encoding: "utf8",
      },
    );
    assert.equal(stderr, "");
    const { troubles, skipped, conversations } = JSON.parse(stdout) as {
      troubles: number;
      skipped: number;
      conversations: Conversation[];
    };
    assert.equal(troubles, 1);
    // A line that was torn and then written whole is no loss.
    assert.equal(skipped, 0);
    assert.ok(conversations.length > 100);
    for (const { messages } of conversations) {
      assert.deepEqual(
        messages.map(({ text, state }) => [text, state]),
        [
          ["왜?", "complete"],
          ["그건 👍🏽", "complete"],
        ],
      );
    }
  });

  long.it("tries again by itself", async () => {
    const below = join(folder, "file");
    await writeFile(below, "");
    const store = createConversationStore(below, silentLogger);
    for (const record of [begin, question]) store.append("c", record);
    await store.flush();
    await rm(below);
    const written = async () => (await readFile(join(below, "c.jsonl"), "utf8").catch(() => "")) !== "";
    while (!(await written())) await new Promise((resolve) => setTimeout(resolve, 50));
  });

  it("goes on after a torn line that another run left", async () => {
    const store = createConversationStore(folder, silentLogger);
    store.append("c", begin);
    store.append("c", question);
    await store.flush();
    await appendFile(join(folder, "c.jsonl"), '{"v":1,"type":"del');
    const next = createConversationStore(folder, silentLogger);
    assert.equal((await next.load("c"))?.conversation?.messages.length, 1);
    next.append("c", answer);
    next.append("c", delta("x"));
    await next.flush();
    assert.equal((await next.load("c"))?.conversation?.messages[1]?.text, "x");
  });
});
