// biome-ignore-all lint/performance/useDomNodeTextContent: innerText is Playwright's here and means what is visible
/** The composer on the chat's page: keys, the draft, what a question takes along. */
import assert from "node:assert/strict";
import type { ChatBrowser, ChatPage } from "./support/chat-page.ts";
import { eachOnAPage, partsOf, snapshot } from "./support/chat-tests.ts";

describe("chat webview", () => {
  let chat: ChatPage;
  let browser: ChatBrowser;
  eachOnAPage((page, itsBrowser) => {
    chat = page;
    browser = itsBrowser;
  });
  const { byId, composer, focused } = partsOf(() => chat);

  describe("writing", () => {
    it("sends with Enter, clears the field and breaks the line with Shift+Enter", async () => {
      await chat.send(snapshot());
      await composer().fill("one");
      await composer().press("Shift+Enter");
      await chat.page.keyboard.type("two");
      await composer().press("Enter");
      assert.deepEqual(chat.of("send"), [{ type: "send", text: "one\ntwo" }]);
      assert.equal(await composer().inputValue(), "");
    });

    it("sends with Ctrl+Enter only when people want it so", async () => {
      await chat.send(snapshot([], { sendKey: "ctrlEnter" }));
      await composer().fill("one");
      await composer().press("Enter");
      assert.deepEqual(chat.of("send"), []);
      assert.equal(await composer().inputValue(), "one\n");
      await composer().press("Control+Enter");
      assert.deepEqual(chat.of("send"), [{ type: "send", text: "one\n" }]);
      await composer().fill("two");
      await composer().press("Meta+Enter");
      assert.equal(chat.of("send").length, 2);
    });

    it("follows a changed send key without a reload", async () => {
      await chat.send(snapshot());
      await chat.send({ type: "setup-changed", setup: { providerCount: 1, found: [], sendKey: "ctrlEnter" } });
      await composer().fill("x");
      await composer().press("Enter");
      assert.deepEqual(chat.of("send"), []);
    });

    it("sends nothing blank", async () => {
      await chat.send(snapshot());
      await composer().fill(" \n ");
      await composer().press("Enter");
      await byId("send").click({ force: true });
      assert.deepEqual(chat.of("send"), []);
      assert.equal(await byId("send").getAttribute("aria-disabled"), "true");
    });

    it("grows with its text up to twelve lines", async () => {
      await chat.send(snapshot());
      const height = async () => (await composer().boundingBox())!.height;
      const one = await height();
      await composer().fill("1\n2\n3");
      assert.equal(await height(), 3 * one);
      await composer().fill("line\n".repeat(40));
      assert.equal(await height(), 12 * one);
    });

    it("answers undo and redo itself, and lets nobody else hear of them", async () => {
      await chat.send(snapshot());
      await composer().focus();
      await chat.page.keyboard.type("abc");
      await chat.page.evaluate(() => {
        const scope = window as unknown as { heard: string[] };
        scope.heard = [];
        window.addEventListener("keydown", (event) => scope.heard.push(event.key));
      });
      await chat.page.keyboard.press("Control+z");
      assert.equal(await composer().inputValue(), "");
      await chat.page.keyboard.press("Control+Shift+Z");
      assert.equal(await composer().inputValue(), "abc");
      await chat.page.keyboard.press("Control+z");
      await chat.page.keyboard.press("Control+y");
      assert.equal(await composer().inputValue(), "abc");
      const heard = await chat.page.evaluate(() => (window as unknown as { heard: string[] }).heard);
      assert.deepEqual(
        heard.filter((key) => /^[zy]$/i.test(key)),
        [],
      );
    });

    it("keeps the draft over a reload, and forgets it when it is sent", async () => {
      await chat.send(snapshot());
      await composer().fill("half a thought");
      await chat.page.waitForTimeout(200);
      const saved = await chat.savedState();
      const again = await browser.open({ state: saved });
      await again.send(snapshot());
      assert.equal(await again.page.getByTestId("composer").inputValue(), "half a thought");
      await again.page.getByTestId("composer").press("Enter");
      assert.equal(((await again.savedState()) as { draft?: string }).draft, undefined);
      assert.deepEqual(again.of("send"), [{ type: "send", text: "half a thought" }]);
      await again.close();
    });

    it("tells the host once per focus, and when it goes", async () => {
      await chat.send(snapshot());
      await chat.send({ type: "focus-composer" });
      assert.equal(await focused(), "composer");
      await chat.page.keyboard.type("abc");
      assert.equal(chat.of("composer-focused").length, 1);
      assert.equal(chat.of("composer-blurred").length, 0);
      await byId("model-picker").focus();
      assert.equal(chat.of("composer-blurred").length, 1);
    });

    it("opens the model picker and shows which model is chosen", async () => {
      await chat.send(snapshot());
      assert.match(await byId("model-picker").innerText(), /deepseek-chat/);
      await byId("model-picker").click();
      assert.deepEqual(chat.of("choose-model"), [{ type: "choose-model" }]);
      const model = { target: "demo/demo", label: "Demo", providerName: "Demo", scripted: true };
      await chat.send({ type: "setup-changed", setup: { providerCount: 1, found: [], sendKey: "enter", model } });
      assert.equal((await byId("model-picker").innerText()).replace(/\s+/g, " ").trim(), "Demo demo");
      await chat.send({ type: "setup-changed", setup: { providerCount: 1, found: [], sendKey: "enter" } });
      assert.match(await byId("model-picker").innerText(), /No model/);
    });

    it("shows what the question takes along, and lets go of it", async () => {
      const item = { label: "cart.ts:1-2", path: "src/cart.ts", language: "typescript", startLine: 1, endLine: 2 };
      await chat.send(snapshot());
      assert.equal(await byId("attach").isVisible(), false);
      await chat.send({ type: "pending-changed", pending: [item] });
      await byId("attach").click();
      await chat.page.getByRole("button", { name: "Remove cart.ts:1-2" }).click();
      assert.equal(chat.of("attach").length, 1);
      assert.deepEqual(chat.of("remove-pending"), [{ type: "remove-pending", index: 0 }]);
      await chat.send({ type: "pending-changed", pending: [] });
      assert.equal(await chat.page.locator(".pending .chip").count(), 0);
    });
  });
});
