// biome-ignore-all lint/performance/useDomNodeTextContent: innerText is Playwright's here and means what is visible
/** Conversations that are damaged or of a newer version, on the page and in a real window: shown as far as they go, and said once. */
import assert from "node:assert/strict";
import { appendFileSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Frame } from "playwright-core";
import type { ViewMessage } from "../../src/chat/protocol.ts";
import type { Conversation } from "../../src/core/conversation.ts";
import { chatStream } from "../support/chat.ts";
import { oldSampleLog, sampleLog } from "../support/conversation-sample.ts";
import { seed, sizeOf } from "../support/long.ts";
import { mutationKinds, mutations } from "../support/mutations.ts";
import { readLog } from "../support/read-log.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { ChatBrowser, type ChatPage } from "./chat-page.ts";
import { assistant, state, texts, user } from "./chat-samples.ts";
import { until } from "./support/until.ts";
import { type EditorWindow, openWindow } from "./support/window.ts";

const snapshot = (messages: ViewMessage[]) => ({
  type: "snapshot" as const,
  state: state(messages),
  texts,
  locale: "en",
});
const note = (text: string): ViewMessage => ({ id: "n", role: "other", text: "", state: "complete", notices: [text] });

describe("the chat page", function () {
  this.timeout(90_000);
  let browser: ChatBrowser;
  let chat: ChatPage;

  before(async () => {
    browser = await ChatBrowser.start();
  });
  after(() => browser?.close());
  beforeEach(async () => {
    chat = await browser.open();
  });
  afterEach(async () => {
    await chat.close();
    assert.deepEqual(chat.problems, []);
  });
  const byId = (id: string) => chat.page.getByTestId(id);

  it("shows a note of the host between the messages, with nothing to press", async () => {
    await chat.send(snapshot([user("u1", "Hi"), assistant("a1", "Hello"), note("2 entries are missing.")]));
    const item = byId("message").last();
    assert.equal(await item.innerText(), "2 entries are missing.");
    assert.equal(await item.getByRole("button").count(), 0);
    await chat.send({ type: "message-added", message: user("u2", "On") });
    assert.equal(await byId("message").count(), 4);
    await chat.send(snapshot([note("Nothing could be read.")]));
    assert.equal(await byId("example").count(), 3, "and an empty chat offers what it always does");
  });

  it("shows that a question is not shown whole, and a message of an unknown kind as plain text", async () => {
    const notices = ["This version cannot show all of this message."];
    const other: ViewMessage = { id: "o", role: "other", text: "**as it is**", state: "complete", notices };
    await chat.send(snapshot([user("u1", "Hi", { notices }), other]));
    assert.equal(await byId("message").first().getByTestId("notice").innerText(), notices[0]);
    assert.match(await byId("message").last().innerText(), /^\*\*as it is\*\*\s+This version/);
    assert.equal(await byId("message").last().locator("strong").count(), 0);
  });

  it("takes what it does not know for nothing", async () => {
    const unknown = {
      ...{ role: "narrator", state: "queued", notices: ["n"], seams: [], extra: {} },
      error: { kind: "quota", text: "Come back on Monday.", actions: [{ action: "wait", label: "Wait" }] },
    };
    const changes = { ...unknown, role: "assistant", measures: { target: { provider: "p", model: "m" } } };
    await chat.send(snapshot([user("u1", "Hi"), { ...assistant("a1", "x"), ...(changes as object) }]));
    assert.match(await byId("error").innerText(), /Come back on Monday/);
    await chat.send({ type: "message-added", message: { id: "z", text: "said", ...unknown } as never });
    assert.match(await byId("message").last().innerText(), /said/);
    await chat.send({ type: "branch-added", branch: {} } as never);
    await chat.send({ type: "message-changed", id: "a1", change: { state: "queued" } } as never);
    await chat.send({ type: "message-added", message: user("u2", "still here") });
    assert.equal(await byId("message").last().innerText(), "still here");
  });

  it("forgets what it remembered in another form", async () => {
    for (const remembered of [
      5,
      "text",
      [],
      { draft: {}, reading: "x", conversationId: 1 },
      { draft: ["a"], reading: { id: {}, offset: "1" } },
    ]) {
      const other = await browser.open({ state: remembered });
      await other.send(snapshot([user("u1", "Hi"), assistant("a1", "Hello")]));
      assert.equal(await other.page.getByTestId("composer").inputValue(), "");
      assert.deepEqual(other.problems, []);
      await other.close();
    }
  });

  it(`shows a log after any of ${mutationKinds.length} kinds of damage`, async function () {
    this.timeout(300_000);
    const count = sizeOf({ few: 2, all: 20 }) * mutationKinds.length;
    let tried = 0;
    for (const { kind, bytes } of mutations(seed + 2, Buffer.from(sampleLog))) {
      if (tried++ === count) break;
      const { conversation } = readLog(new TextDecoder().decode(bytes), "c");
      if (conversation === undefined) continue;
      await chat.send(snapshot([]));
      await chat.send(snapshot(shown(conversation)));
      assert.equal(await byId("message").count(), conversation.messages.length, kind);
      assert.deepEqual(chat.problems, [], `${kind}, RUNNEL_SEED=${seed}`);
    }
  });
});

/** As the host shows them, with its own words for what it words. */
function shown({ messages }: Conversation): ViewMessage[] {
  return messages.map(({ error, notices, partial, ...message }) => ({
    ...message,
    ...(error && { error: { kind: error.kind, text: error.message, actions: [] } }),
    notices: [...(notices ?? []).map(({ code }) => code), ...(partial ? ["partial"] : [])],
  }));
}

describe("A window on a damaged conversation", () => {
  let server: TestServer;
  let window: EditorWindow;
  let chat: Frame;
  const messages = () => chat.locator("[data-testid=message]");
  const notes = () => chat.locator("[data-testid=message][data-role=other]");
  const log = (): string => {
    const [path, ...others] = globSync(join(dirname(window.folder), "data/**/conversations/*.jsonl")).filter(
      (each) => !each.includes(".damaged-"),
    );
    assert.ok(path !== undefined && others.length === 0, `${path} ${others}`);
    return path;
  };
  const ask = async (text: string): Promise<void> => {
    const before = await messages().count();
    await chat.locator("[data-testid=composer]").click();
    await window.page.keyboard.insertText(text);
    await window.page.keyboard.press("Enter");
    await until("the answer is there", async () => {
      const last = messages().last();
      return (await messages().count()) === before + 2 && (await last.getAttribute("data-state")) === "complete";
    });
  };
  const reopen = async (): Promise<void> => {
    await window.reload();
    chat = await window.chat();
    await until("the conversation is shown", async () => (await messages().count()) > 0);
  };

  before(async () => {
    server = await startServer(chatStream(["It adds ", "two numbers."]));
    window = await openWindow({
      settings: {
        "runnel.providers": [{ id: "local", protocol: "openai-chat", baseUrl: `${server.url}/v1`, models: ["m"] }],
        "runnel.chatModel": "local/m",
      },
      theme: "dark",
      workspace: { "a.js": "1\n" },
    });
    chat = await window.chat();
  });
  after(async () => {
    await window?.close();
    await server?.close();
  });

  it("says once, in the chat, how many of its entries could not be read", async () => {
    await ask("What does add do?");
    await ask("And then?");
    await until("all is on disk", () => readFileSync(log(), "utf8").split("\n").length >= 9);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const lines = readFileSync(log(), "utf8").trimEnd().split("\n");
    // The second question is damaged; a newer version has added two lines of its own.
    const damaged = lines.findIndex((line) => line.includes("And then?"));
    const newer = ['{"v":2,"type":"branch","from":"x"}', '{"v":1,"type":"label","text":"mine"}'];
    const before = [...lines.with(damaged, lines[damaged]!.replace("{", "\0")), ...newer, ""].join("\n");
    writeFileSync(log(), before);
    await reopen();
    assert.equal(await notes().count(), 1);
    assert.match(await notes().innerText(), /^3 entries of this conversation are missing or incomplete/);
    await window.screenshot("damaged-conversation");
    await ask("Go on");
    assert.ok(readFileSync(log(), "utf8").startsWith(before), "what was there stays there");
    const copies = globSync(join(dirname(log()), "*.damaged-*"));
    assert.deepEqual(
      copies.map((path) => readFileSync(path, "utf8")),
      [before],
    );
    await window.screenshot("damaged-conversation-goes-on");
    await reopen();
    assert.match(await notes().innerText(), /^3 entries/);
    assert.match(
      await messages()
        .allInnerTexts()
        .then((all) => all.join()),
      /Go on/,
    );
  });

  it("shows an error and a message of kinds that it does not know", async () => {
    const answer = {
      ...{ id: "z", role: "assistant", text: "", state: "failed" },
      error: { kind: "quota", message: "Your team's quota is used up until Monday.", details: {} },
    };
    const tool = { id: "y", role: "tool", text: "exit code 1", state: "complete" };
    const records = [answer, tool].map((message) => JSON.stringify({ v: 1, type: "message", message }));
    appendFileSync(log(), `${records.join("\n")}\n`);
    await reopen();
    const all = (await messages().allInnerTexts()).join("\n");
    assert.match(all, /Your team's quota is used up until Monday\./);
    assert.match(all, /exit code 1/);
    assert.match(await notes().last().innerText(), /^5 entries/);
    await window.screenshot("unknown-kinds");
  });

  it("goes on in a copy where a newer version stores the conversation, and leaves that one alone", async () => {
    const original = log();
    const newer = oldSampleLog.replaceAll('"v":1', '"v":2');
    // Up to the stopped answer, which can go on without another question.
    const before = newer.slice(0, newer.lastIndexOf('{"v":2,"type":"message"'));
    writeFileSync(original, before);
    await reopen();
    assert.match(await notes().innerText(), /A newer version of Runnel stores this conversation\./);
    assert.match((await messages().allInnerTexts()).join(), /half of the rest/);
    const shown = await messages().count();
    await chat.locator("[data-testid=continue]").last().click();
    await until("it goes on", async () => (await messages().allInnerTexts()).join().includes("It adds two numbers."));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await window.screenshot("newer-conversation");
    assert.equal(readFileSync(original, "utf8"), before);
    await reopen();
    assert.equal(await notes().count(), 0);
    assert.equal(await messages().count(), shown - 1);
    assert.match((await messages().allInnerTexts()).join(), /It adds two numbers\./);
  });
});
