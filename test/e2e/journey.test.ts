/** The journeys of a first day, in a real VS Code window against a server that the test commands. */
import assert from "node:assert/strict";
import type { Frame, Locator } from "playwright-core";
import { chatStream, chunk } from "../support/chat.ts";
import { type Handler, startServer, type TestServer } from "../support/server.ts";
import { until } from "../support/until.ts";
import { type EditorWindow, openWindow } from "./support/window.ts";

const ANSWER =
  "## 제목\n\nThis is **bold**.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```js\nconst greeting = '안녕';\n```\n";
const usage = { prompt_tokens: 100, completion_tokens: 50 };

describe("A first day with Runnel", () => {
  let server: TestServer;
  let handler: Handler;
  let window: EditorWindow;
  let chat: Frame;

  const provider = (url: string, more: Record<string, unknown> = {}) => ({
    id: "local",
    name: "Local",
    protocol: "openai-chat",
    baseUrl: `${url}/v1`,
    models: [{ id: "m", name: "Model M", price: { input: 1000, output: 2000 } }],
    ...more,
  });
  const meter = () => window.page.locator("[id='runnel.runnel.runnel.meter']").innerText();
  const last = (role = "assistant"): Locator => chat.locator(`[data-testid=message][data-role=${role}]`).last();
  const state = (wanted: string) =>
    until(`the answer is ${wanted}`, async () => (await last().getAttribute("data-state")) === wanted);
  const ask = async (text: string): Promise<void> => {
    await chat.locator("[data-testid=composer]").click();
    await window.page.keyboard.insertText(text);
    await window.page.keyboard.press("Enter");
  };

  before(async () => {
    server = await startServer((request, reply) => handler(request, reply));
    window = await openWindow({
      settings: {
        "runnel.providers": [provider(server.url)],
        "runnel.chatModel": "local/m",
        "runnel.temperature": 0.3,
      },
      workspace: { "add.js": "// sums\nfunction add(a, b) {\n  return a + b;\n}\n" },
    });
    chat = await window.chat();
  });

  after(async () => {
    await window?.close();
    await server?.close();
  });

  afterEach(async function () {
    if (this.currentTest?.state === "failed") await window.screenshot(`failed-${this.currentTest.title.slice(0, 30)}`);
  });

  it("streams an answer as Markdown while the status bar counts, then shows TTFT, rate and cost", async () => {
    handler = chatStream([...ANSWER].map(String), { usage, delayMs: 15 });
    await ask("안녕?");
    await state("streaming");
    await until("the meter runs", async () => /\d/.test(await meter()));
    assert.equal(await last().getAttribute("aria-busy"), "true");
    await state("complete");
    assert.equal(await last("user").locator("[data-testid=message-text]").innerText(), "안녕?");
    const text = last().locator("[data-testid=message-text]");
    assert.equal(await text.locator("h2").innerText(), "제목");
    assert.equal(await text.locator("strong").innerText(), "bold");
    assert.equal(await text.locator("td").count(), 2);
    assert.match(await text.locator("code").innerText(), /const greeting = '안녕';/);
    await until("the code is coloured", async () => (await text.locator("pre code span").count()) > 0);
    assert.equal(await chat.evaluate(() => document.fonts.load("16px codicon").then(({ length }) => length)), 1);
    assert.match(await meter(), /\d+(\.\d+)? m?s · [\d.]+ tok\/s · \$0\.20/);
    assert.match(await last().locator("[data-testid=message-meta]").innerText(), /\$0\.20/);
    await window.screenshot("journey-answer");
  });

  it("stops at a click, keeps what had come, and the server sees the connection close", async () => {
    handler = async (_request, reply) => {
      await reply.write(chunk({ content: "the first half" }));
      await reply.stall();
    };
    await ask("go");
    await until("text came", async () => /first half/.test(await last().innerText()));
    // Right after sending, a second click on the same place is taken for a double click.
    await window.page.waitForTimeout(600);
    await chat.locator("[data-testid=stop]").click();
    await state("stopped");
    assert.match(await last().locator("[data-testid=message-text]").innerText(), /the first half/);
    await server.requests.at(-1)!.over;
    assert.equal(await chat.locator("[data-testid=send]").isVisible(), true);
  });

  it("shows output of the model that is HTML, a script or an image as text, and loads nothing", async () => {
    const before = server.requests.length;
    handler = chatStream([
      `<img src="${server.url}/leak" onerror="document.title='owned'"> ![x](${server.url}/leak2) <script>document.title='owned'</script> [go](javascript:alert(1)) [run](command:runnel.showLog)`,
    ]);
    await ask("html");
    await state("complete");
    assert.equal(await last().locator("img, script, iframe").count(), 0);
    assert.equal(await last().locator("a[href^='javascript'], a[href^='command']").count(), 0);
    assert.notEqual(await chat.title(), "owned");
    assert.equal(server.requests.length, before + 1);
  });

  it("says which part of the request the server refused, and answers all the same", async () => {
    const answer = chatStream(["Answered without it."], { usage });
    handler = (request, reply) => {
      if (!("temperature" in JSON.parse(request.body))) return answer(request, reply);
      reply.head(400, { "content-type": "application/json" });
      const message = "Unsupported parameter: 'temperature' is not supported with this model.";
      reply.end(JSON.stringify({ error: { message, param: "temperature", code: "unsupported_parameter" } }));
    };
    await ask("Now?");
    await until("it is answered", async () => /Answered without it/.test(await last().innerText()));
    await state("complete");
    assert.match(await last().innerText(), /rejected the temperature/);
    await window.screenshot("repaired");
  });

  it("says in one sentence that the server is gone, and Retry helps when it is back", async () => {
    const dead = await startServer(chatStream([]));
    await dead.close();
    await window.updateSettings({ "runnel.providers": [provider(dead.url)] });
    await ask("anyone?");
    await state("failed");
    const error = last().locator("[data-testid=error]");
    assert.equal(await error.getAttribute("data-kind"), "network");
    assert.match(await error.innerText(), new RegExp(`127\\.0\\.0\\.1:${dead.port}.*refused`));
    await window.screenshot("journey-dead-server");
    handler = chatStream(["back again"], { usage });
    await window.updateSettings({ "runnel.providers": [provider(server.url)] });
    await until("the retry is answered", async () => {
      if ((await last().getAttribute("data-state")) === "failed")
        await last().locator("[data-testid=retry]").click({ timeout: 1000 });
      return /back again/.test(await last().innerText());
    });
  });

  it("asks for a key where one is missing, sends it to the server and shows it nowhere", async () => {
    await window.updateSettings({
      "runnel.providers": [provider(server.url, { id: "keyed", needsKey: true })],
      "runnel.chatModel": "keyed/m",
    });
    await until("the new provider is in use", async () => {
      await ask("with key");
      await until("an end", async () => (await last().getAttribute("data-state")) !== "streaming");
      return (
        (await last().locator("[data-testid=error]").getAttribute("data-kind", { timeout: 500 })) === "missing-key"
      );
    });
    const before = server.requests.length;
    await last().locator("[data-testid=error] button", { hasText: "Set API Key" }).click();
    const input = window.page.locator(".quick-input-widget:visible input");
    await input.waitFor();
    assert.equal(await input.getAttribute("type"), "password");
    await window.page.keyboard.insertText("a-secret-key-0123456789");
    await window.page.keyboard.press("Enter");
    await input.waitFor({ state: "hidden" });
    handler = chatStream(["with the key"], { usage });
    await ask("again");
    await until("the answer came", async () => /with the key/.test(await last().innerText()));
    assert.equal(server.requests[before]?.headers.authorization, "Bearer a-secret-key-0123456789");
    assert.ok(!(await chat.content()).includes("a-secret-key"));
  });

  it("explains the selected function from the palette", async () => {
    handler = chatStream(["It adds."], { usage });
    await window.runCommand("Runnel: New Chat");
    await window.openFile("add.js", { line: 1, character: 0 }, { line: 3, character: 1 });
    await window.runCommand("Runnel: Explain Selection");
    chat = await window.chat();
    await until("the explanation came", async () => /It adds\./.test(await last().innerText()));
    assert.match(await last("user").innerText(), /add\.js:2-4/);
    assert.match(server.requests.at(-1)!.json.messages!.at(-1)!.content, /function add\(a, b\)/);
  });

  it("follows the theme", async () => {
    const background = () =>
      chat.locator("body").evaluate((body) => getComputedStyle(body).getPropertyValue("--vscode-editor-background"));
    const light = await background();
    await window.updateSettings({ "workbench.colorTheme": "Dark Modern" });
    await until("the page is dark", async () => (await chat.locator("body.vscode-dark").count()) === 1);
    assert.notEqual(await background(), light);
    await window.screenshot("journey-dark");
  });

  it("keeps the conversation over a reload in the middle of an answer, and continues it", async () => {
    handler = async (_request, reply) => {
      await reply.write(chunk({ content: "kept before the reload, " }));
      await reply.stall();
    };
    await ask("long story");
    await until("text came", async () => /kept before/.test(await last().innerText()));
    await new Promise((resolve) => setTimeout(resolve, 600));
    await window.reload();
    chat = await window.chat();
    await until("the text is there again", async () => /kept before the reload/.test(await last().innerText()));
    assert.match((await last().getAttribute("data-state")) ?? "", /^(incomplete|stopped)$/);
    handler = chatStream(["and told to its end."], { usage });
    // Secrets of this test server do not outlive a reload, so the provider without a key goes on.
    await window.updateSettings({ "runnel.providers": [provider(server.url)], "runnel.chatModel": "local/m" });
    await until("the story ends", async () => {
      const button = last().locator("[data-testid=continue]").first();
      if (await button.isVisible()) await button.click({ timeout: 1000 });
      return (await last().locator("[data-testid=message-text]").innerText()).includes(
        "kept before the reload, and told to its end.",
      );
    });
  });
});
