/** The connection test as a person sees it: a line for each step, and the button that helps. */
import assert from "node:assert/strict";
import { chatStream } from "../support/chat.ts";
import { type Handler, startServer, type TestServer } from "../support/server.ts";
import { until } from "../support/until.ts";
import { type EditorWindow, openWindow } from "./support/window.ts";

describe("The connection test in a window", () => {
  let server: TestServer;
  let handler: Handler;
  let window: EditorWindow;
  const rows = () => window.page.locator(".quick-input-list .monaco-list-row").allInnerTexts();
  const placeholder = () =>
    window.page.locator(".quick-input-widget:visible input[type=text]").getAttribute("placeholder");

  before(async () => {
    server = await startServer((request, reply) => {
      if (request.method === "POST") return handler(request, reply);
      reply.head(200, { "content-type": "application/json" });
      reply.end('{"data":[{"id":"m"},{"id":"other"}]}');
    });
    const local = { id: "local", name: "Local", protocol: "openai-chat", baseUrl: `${server.url}/v1`, models: ["m"] };
    window = await openWindow({ settings: { "runnel.providers": [local], "runnel.chatModel": "local/m" } });
  });
  after(async () => {
    await window?.close();
    await server?.close();
  });
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await window.screenshot(`failed-${this.currentTest.title.slice(0, 30)}`);
    await window.page.keyboard.press("Escape");
  });

  it("ticks each step on the way to a model", async () => {
    handler = chatStream(["O", "K"], { usage: { prompt_tokens: 5, completion_tokens: 1 }, delayMs: 100 });
    await window.runCommand("Runnel: Test Connection");
    await until("the test is over", async () => (await placeholder()) === "Everything works.");
    const lines = (await rows()).join("\n");
    assert.match(lines, /List of models\s*2 models, including m/);
    assert.match(lines, /Streamed answer\s*first token after [\d.]+ m?s/);
    assert.match(lines, /Token counts\s*5 in, 1 out/);
    await window.screenshot("connection-works");
  });

  it("says why not, in the provider's words, and offers what helps", async () => {
    handler = (_request, reply) => {
      reply.head(401, { "content-type": "application/json" });
      reply.end('{"error":{"message":"This key has expired."}}');
    };
    await window.runCommand("Runnel: Test Connection");
    await until("the test is over", async () => /^Does not work/.test((await placeholder()) ?? ""));
    const lines = (await rows()).join("\n");
    assert.match(lines, /API key[\s\S]*does not accept the API key \(401\)\. It says: This key has expired\./);
    assert.match(lines, /Set API Key/);
    await window.screenshot("connection-key-refused");
  });
});
