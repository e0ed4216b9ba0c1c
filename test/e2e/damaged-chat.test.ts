// biome-ignore-all lint/performance/useDomNodeTextContent: innerText is Playwright's here and means what is visible
/** Conversations that are damaged or of a newer version, in a real window: shown as far as they go, and said once. */
import assert from "node:assert/strict";
import { appendFileSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Frame } from "playwright-core";
import { chatStream } from "../support/chat.ts";
import { oldSampleLog } from "../support/conversation-sample.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { until } from "../support/until.ts";
import { type EditorWindow, openWindow } from "./support/window.ts";

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
