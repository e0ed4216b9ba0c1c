/** Input methods for Korean, Japanese and Chinese in the composer of the chat's page. */
import assert from "node:assert/strict";
import type { CDPSession } from "playwright-core";
import type { ChatPage } from "./support/chat-page.ts";
import { user } from "./support/chat-samples.ts";
import { delta, eachOnAPage, ended, partsOf, snapshot, streaming } from "./support/chat-tests.ts";

describe("chat webview", () => {
  let chat: ChatPage;
  eachOnAPage((page) => {
    chat = page;
  });
  const { composer } = partsOf(() => chat);

  describe("input methods", () => {
    let keys: CDPSession;
    beforeEach(async () => {
      await chat.send(snapshot());
      await composer().focus();
      keys = await chat.page.context().newCDPSession(chat.page);
    });
    const compose = (text: string) =>
      keys.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
    const commit = (text: string) => keys.send("Input.insertText", { text });
    const rawKey = async (windowsVirtualKeyCode: number, key: string, type: "rawKeyDown" | "keyUp" = "rawKeyDown") =>
      keys.send("Input.dispatchKeyEvent", { type, windowsVirtualKeyCode, key, code: "Enter" });

    it("never sends with the Enter that ends a composition", async () => {
      await compose("안녕");
      assert.equal(await composer().inputValue(), "안녕");
      await rawKey(229, "Process");
      await commit("안녕");
      await rawKey(229, "Process", "keyUp");
      await chat.settle();
      assert.deepEqual(chat.of("send"), []);
      await chat.page.waitForTimeout(100);
      await chat.page.keyboard.press("Enter");
      assert.deepEqual(chat.of("send"), [{ type: "send", text: "안녕" }]);
    });

    it("never sends while `isComposing`, whatever the key code", async () => {
      await composer().fill("日本");
      await composer().dispatchEvent("keydown", { key: "Enter", code: "Enter", isComposing: true });
      assert.deepEqual(chat.of("send"), []);
    });

    it("never sends with key code 229 alone", async () => {
      await composer().fill("中文");
      await composer().dispatchEvent("keydown", { key: "Enter", code: "Enter", keyCode: 229 });
      assert.deepEqual(chat.of("send"), []);
    });

    it("ignores a plain Enter that comes right after the composition it ended", async () => {
      await composer().fill("変換");
      await composer().evaluate((field) => {
        field.dispatchEvent(new CompositionEvent("compositionend", { data: "変換", bubbles: true }));
        field.dispatchEvent(
          new KeyboardEvent("keydown", { key: "Enter", code: "Enter", bubbles: true, cancelable: true }),
        );
      });
      await chat.settle();
      assert.deepEqual(chat.of("send"), []);
      assert.equal(await composer().inputValue(), "変換");
      await chat.page.waitForTimeout(100);
      await composer().press("Enter");
      assert.equal(chat.of("send").length, 1);
    });

    it("sends with the second keydown of one press, as macOS makes it for Hangul", async () => {
      await composer().fill("한글");
      await composer().evaluate((field) => {
        const enter = (isComposing: boolean) =>
          new KeyboardEvent("keydown", { key: "Enter", code: "Enter", isComposing, bubbles: true, cancelable: true });
        field.dispatchEvent(enter(true));
        field.dispatchEvent(new CompositionEvent("compositionend", { data: "글", bubbles: true }));
        field.dispatchEvent(enter(false));
      });
      await chat.settle();
      assert.deepEqual(chat.of("send"), [{ type: "send", text: "한글" }]);
    });

    it("is not disturbed by an answer that streams meanwhile", async () => {
      await chat.send({ type: "message-added", message: user("u1", "Hi") });
      await chat.send({ type: "message-added", message: streaming() });
      const events = await chat.page.evaluateHandle(() => {
        const seen: string[] = [];
        for (const name of ["compositionstart", "compositionend"])
          document.addEventListener(name, () => seen.push(name), true);
        return seen;
      });
      let typed = "";
      for (const [index, syllable] of ["ㅎ", "하", "한"].entries()) {
        await compose(typed + syllable);
        await chat.send(delta(`token ${index} `));
        assert.equal(await composer().inputValue(), typed + syllable);
      }
      typed = "한";
      await chat.send(ended());
      await chat.send({ type: "setup-changed", setup: { providerCount: 2, found: [], sendKey: "enter" } });
      await compose("한국");
      assert.deepEqual(await events.jsonValue(), ["compositionstart"]);
      await commit("한국");
      assert.equal(await composer().inputValue(), "한국");
      assert.deepEqual(await events.jsonValue(), ["compositionstart", "compositionend"]);
    });

    it("leaves Escape to the input method", async () => {
      await chat.send({ type: "message-added", message: streaming() });
      await composer().dispatchEvent("keydown", { key: "Escape", isComposing: true, bubbles: true });
      assert.deepEqual(chat.of("stop"), []);
    });
  });
});
