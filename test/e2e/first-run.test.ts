/** The first minutes without any configuration: what is offered, and that it leads to an answer. */
import assert from "node:assert/strict";
import type { Frame } from "playwright-core";
import { chatStream } from "../support/chat.ts";
import { skipWithout } from "../support/missing.ts";
import { ollama } from "../support/ollama.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { until } from "../support/until.ts";
import { type EditorWindow, openWindow } from "./support/window.ts";

/** Where Ollama listens; a test needs it for itself. */
const OLLAMA = 11434;

describe("A first run without configuration", () => {
  let window: EditorWindow;
  let chat: Frame;
  let server: TestServer | undefined;

  afterEach(async function () {
    if (this.currentTest?.state === "failed") await window?.screenshot(`failed-${this.currentTest.title.slice(0, 30)}`);
    await window?.close();
    await server?.close();
    server = undefined;
  });

  it("offers to add a provider, by a guided path from preset to model", async () => {
    window = await openWindow({});
    chat = await window.chat();
    await window.screenshot("first-run-empty");
    await chat.getByRole("button", { name: "Add a Provider" }).click();
    const rows = window.page.locator(".quick-input-list .monaco-list-row");
    await until("the presets are listed", async () => (await rows.allInnerTexts()).join().includes("HolySheep"));
    await window.screenshot("first-run-presets");
    const offered = (await rows.allInnerTexts()).join("\n");
    assert.ok(!/demo/i.test(offered), "the scripted demo is no provider to add");
    await window.page.keyboard.insertText("Another OpenAI");
    await window.page.keyboard.press("Enter");
    const input = window.page.locator(".quick-input-widget:visible input");
    await until("the address is asked for", async () => (await input.inputValue()) === "https://");
    server = await startServer((request, reply) => {
      if (!request.path.endsWith("/models")) return chatStream(["hello from custom"])(request, reply);
      reply.head(200, { "content-type": "application/json" });
      reply.end('{"data":[{"id":"model-one"},{"id":"model-two"}]}');
    });
    await input.fill(`${server.url}/v1/chat/completions`);
    await window.page.keyboard.press("Enter");
    await until("the key is asked for", async () => (await input.getAttribute("type")) === "password");
    await window.page.keyboard.press("Enter");
    await until("the server's models are listed", async () =>
      (await rows.allInnerTexts()).join().includes("model-two"),
    );
    await window.screenshot("first-run-models");
    // Part of a listed name is that model, not a model of its own.
    await window.page.keyboard.insertText("two");
    await window.page.keyboard.press("Enter");
    await until("the model is chosen", async () =>
      /model-two/.test(await chat.locator("[data-testid=model-picker]").innerText()),
    );
    await chat.locator("[data-testid=composer]").click();
    await window.page.keyboard.insertText("hi");
    await window.page.keyboard.press("Enter");
    const last = chat.locator("[data-testid=message][data-role=assistant]").last();
    await until("it answers", async () => /hello from custom/.test(await last.innerText()));
    assert.equal(server.requests.at(-1)?.json.model, "model-two");
    assert.equal(server.requests.at(-1)?.headers.authorization, undefined);
  });

  it("offers by name what answers on this machine", async function () {
    try {
      server = await startServer(ollama(["qwen3:8b"], ["hello from ollama"]), { port: OLLAMA });
    } catch {
      // Somebody's own Ollama has the port: its models are not the test's to use.
      return skipWithout(`port ${OLLAMA}`, this);
    }
    window = await openWindow({});
    chat = await window.chat();
    // Who was too busy to answer at first is looked for again after twenty seconds.
    await chat.getByText("Use Ollama").click({ timeout: 90_000 });
    await window.screenshot("first-run-ollama");
    await until("the model is chosen", async () =>
      /qwen3:8b/.test(await chat.locator("[data-testid=model-picker]").innerText()),
    );
    await chat.locator("[data-testid=composer]").click();
    await window.page.keyboard.insertText("hi");
    await window.page.keyboard.press("Enter");
    const last = chat.locator("[data-testid=message][data-role=assistant]").last();
    await until("it answers", async () => /hello from ollama/.test(await last.innerText()));
    assert.equal(server.requests.at(-1)?.path, "/api/chat");
    assert.equal(server.requests.at(-1)?.json.model, "qwen3:8b");
  });
});
