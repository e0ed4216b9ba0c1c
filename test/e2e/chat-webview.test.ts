// biome-ignore-all lint/performance/useDomNodeTextContent: innerText is Playwright's here and means what is visible
/** The chat webview in a real browser: what a person can do, what is posted for it, and what the page shows. */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import type { CDPSession, Locator } from "playwright-core";
import type { ToWebview } from "../../src/chat/protocol.ts";
import { ChatBrowser, type ChatPage } from "./chat-page.ts";
import { assistant, measures, state, texts, user } from "./chat-samples.ts";
import { until } from "./support/until.ts";

const snapshot = (...args: Parameters<typeof state>) => ({
  type: "snapshot" as const,
  state: state(...args),
  texts,
  locale: "en",
});
const streaming = (id = "a1", change = {}) => assistant(id, "", { state: "streaming", ...change });
const ended = (change: Partial<Extract<ToWebview, { type: "message-ended" }>["message"]> = {}, id = "a1") => ({
  type: "message-ended" as const,
  id,
  message: { id, role: "assistant" as const, state: "complete" as const, measures, ...change },
});
const delta = (text: string, id = "a1") => ({ type: "delta" as const, id, text });
/** Longer than a click after send and stop swapped is ignored. */
const settled = 450;

describe("chat webview", function () {
  this.timeout(90_000);
  let browser: ChatBrowser;
  let chat: ChatPage;

  before(async () => {
    browser = await ChatBrowser.start();
  });
  after(async () => {
    await browser?.close();
  });
  beforeEach(async () => {
    chat = await browser.open();
  });
  afterEach(async () => {
    await chat.close();
    assert.deepEqual(chat.problems, []);
  });

  const byId = (id: string): Locator => chat.page.getByTestId(id);
  const composer = () => byId("composer");
  const answer = () => byId("message").last();
  const focused = () => chat.page.evaluate(() => document.activeElement?.getAttribute("data-testid"));
  const announced = () => byId("announcer").textContent();

  describe("the host is the truth", () => {
    it("asks for a snapshot at once and shows nothing before it", async () => {
      await chat.settle();
      assert.deepEqual(chat.posted, [{ type: "ready" }]);
      assert.equal(await composer().count(), 0);
    });

    it("shows a snapshot with the attributes of the contract", async () => {
      await chat.send({ ...snapshot([user("u1", "Hi"), assistant("a1", "**Hello**", { measures })]), locale: "ko" });
      assert.equal(await chat.page.getAttribute("html", "lang"), "ko");
      const messages = byId("message");
      assert.equal(await messages.count(), 2);
      for (const [index, role] of ["user", "assistant"].entries()) {
        const message = messages.nth(index);
        assert.equal(await message.evaluate((node) => node.tagName), "ARTICLE");
        assert.equal(await message.getAttribute("data-role"), role);
        assert.equal(await message.getAttribute("data-state"), "complete");
        assert.equal(await message.getAttribute("aria-busy"), "false");
      }
      assert.equal(await answer().getByTestId("message-text").innerText(), "Hello");
      assert.equal(await answer().locator("strong").innerText(), "Hello");
      assert.equal(await byId("announcer").getAttribute("role"), "status");
      assert.equal(await byId("transcript").getAttribute("aria-live"), null);
      assert.equal(await composer().evaluate((node) => node.tagName), "TEXTAREA");
    });

    it("asks again after a gap, once, and goes on from the snapshot without drawing what it has", async () => {
      await chat.send(snapshot([user("u1", "Hi"), streaming()]));
      await chat.send(delta("One "));
      await answer().evaluate((node) => node.setAttribute("data-same", ""));
      await chat.send(delta("lost "), { skip: 1 });
      await chat.send(delta("too "));
      assert.equal(chat.of("ready").length, 2);
      assert.equal(await answer().getByTestId("message-text").innerText(), "One");
      await chat.send(snapshot([user("u1", "Hi"), streaming("a1", { text: "One two three" })]));
      await chat.send(delta(" four"));
      assert.equal(await answer().getByTestId("message-text").innerText(), "One two three four");
      assert.equal(await answer().getAttribute("data-same"), "");
      assert.equal(chat.of("ready").length, 2);
    });

    it("shows another conversation in place of the one before", async () => {
      await chat.send(snapshot([user("u1", "First"), assistant("a1", "One")]));
      await chat.send(snapshot([user("u2", "Second")], { conversationId: "c2" }));
      assert.deepEqual(await byId("message").getByTestId("message-text").allInnerTexts(), ["Second"]);
    });

    it("joins all deltas of a frame and ends with the whole answer", async () => {
      await chat.send(snapshot([user("u1", "Count"), streaming()]));
      const words = Array.from({ length: 400 }, (_, index) => `${index} `);
      await chat.sendAll([...words.map((word) => delta(word)), ended()]);
      const text = await answer().getByTestId("message-text").innerText();
      assert.equal(text.trim(), words.join("").trim());
      assert.equal(await answer().getAttribute("data-state"), "complete");
    });

    it("touches no other message while one streams", async () => {
      const many = Array.from({ length: 30 }, (_, index) => assistant(`old${index}`, `Answer ${index}`, { measures }));
      await chat.send(snapshot([...many, streaming()]));
      await chat.page.waitForTimeout(300);
      await chat.page.evaluate(() => {
        const scope = window as unknown as { touched: number };
        scope.touched = 0;
        const last = document.querySelector(".item:last-child");
        new MutationObserver((records) => {
          scope.touched += records.filter(({ target }) => !last?.contains(target)).length;
        }).observe(document.querySelector(".transcript")!, {
          subtree: true,
          childList: true,
          attributes: true,
          characterData: true,
        });
      });
      for (let index = 0; index < 20; index += 1) await chat.send(delta(`word ${index} `));
      assert.equal(await chat.page.evaluate(() => (window as unknown as { touched: number }).touched), 0);
    });

    it("renders a long conversation bit by bit, the end first", async () => {
      const many = Array.from({ length: 400 }, (_, index) => assistant(`m${index}`, `**Answer** ${index}`));
      await chat.send(snapshot(many));
      assert.equal(await answer().locator("strong").count(), 1);
      await byId("message").first().locator("strong").waitFor({ state: "attached" });
      assert.equal(await chat.page.locator(".markdown strong").count(), 400);
    });

    it("breaks no rule of its content security policy and acquires the API once", async () => {
      await chat.send(snapshot([user("u1", "Hi"), assistant("a1", "```ts\nconst a = 1;\n```\n", { measures })]));
      assert.deepEqual(chat.problems, []);
      assert.equal(
        await chat.page.evaluate(() => document.fonts.load("16px codicon").then((found) => found.length)),
        1,
      );
    });
  });

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

  describe("while an answer streams", () => {
    beforeEach(async () => {
      await chat.send(snapshot());
    });
    const begin = async () => {
      await chat.send({ type: "message-added", message: user("u1", "Hi") });
      await chat.send({ type: "message-added", message: streaming() });
    };

    it("tells the state, the start and the end, each once", async () => {
      await begin();
      assert.equal(await answer().getAttribute("data-state"), "streaming");
      assert.equal(await answer().getAttribute("aria-busy"), "true");
      assert.equal(await announced(), texts.generating);
      assert.equal(await answer().getByText(texts.waitingForFirstToken).isVisible(), true);
      await chat.send(delta("Hello"));
      assert.equal(await answer().getByText(texts.waitingForFirstToken).count(), 0);
      assert.equal(await answer().getByText(texts.generating).isVisible(), true);
      const changes = await byId("announcer").evaluateHandle((node) => {
        const seen: (string | null)[] = [];
        new MutationObserver(() => seen.push(node.textContent)).observe(node, { childList: true });
        return seen;
      });
      await chat.send({ type: "message-changed", id: "a1", change: { notices: ["A word on the way"] } });
      await chat.send(delta(" world"));
      await chat.send(ended());
      await chat.send({ type: "setup-changed", setup: { providerCount: 1, found: [], sendKey: "enter" } });
      assert.deepEqual(await changes.jsonValue(), [texts.answerComplete]);
      assert.equal(await answer().getAttribute("aria-busy"), "false");
    });

    it("shows how long it has been waited, from what the host says", async () => {
      await chat.send(snapshot([user("u1", "Hi"), streaming("a1", { elapsed: 65_000 })]));
      // A busy machine may look a few seconds later.
      assert.match(await answer().innerText(), /1 min (0[5-9]|[1-3]\d) s/);
    });

    it("swaps send for stop without losing the focus", async () => {
      await composer().fill("Hi");
      await byId("send").click();
      await begin();
      await byId("stop").focus();
      await chat.page.waitForTimeout(settled);
      await chat.page.keyboard.press("Enter");
      assert.deepEqual(chat.of("stop"), [{ type: "stop" }]);
      await chat.send(ended({ state: "stopped" }));
      assert.equal(await focused(), "send");
      assert.equal(await byId("stop").count(), 0);
    });

    it("does not stop with the second click of a double click on send", async () => {
      await composer().fill("Hi");
      await byId("send").click();
      await begin();
      await byId("stop").click();
      assert.deepEqual(chat.of("stop"), []);
    });

    it("does not send with a click that was meant to stop", async () => {
      await begin();
      await composer().fill("the next question");
      await chat.page.waitForTimeout(settled);
      await chat.send(ended());
      await byId("send").click();
      assert.deepEqual(chat.of("send"), []);
      assert.equal(await composer().inputValue(), "the next question");
    });

    it("stops with Escape from anywhere, and only while there is something to stop", async () => {
      await composer().press("Escape");
      assert.deepEqual(chat.of("stop"), []);
      await begin();
      await composer().press("Escape");
      await byId("transcript").focus();
      await chat.page.keyboard.press("Escape");
      assert.equal(chat.of("stop").length, 2);
    });

    it("keeps what is typed when Enter comes too early, and says why", async () => {
      await begin();
      await composer().fill("the next question");
      assert.equal(await chat.page.getByText(texts.stopFirstHint).first().isVisible(), false);
      await composer().press("Enter");
      assert.deepEqual(chat.of("send"), []);
      assert.equal(await composer().inputValue(), "the next question");
      assert.equal(await chat.page.locator(".composer-hint").isVisible(), true);
      assert.equal(await announced(), texts.stopFirstHint);
      await chat.send(ended());
      assert.equal(await chat.page.locator(".composer-hint").isVisible(), false);
    });

    it("takes no edit and no regenerate", async () => {
      await chat.send(
        snapshot([user("u1", "Hi"), assistant("a1", "Yes", { measures }), user("u2", "And?"), streaming("a2")]),
      );
      await byId("message").first().hover();
      assert.equal(await byId("edit-message").first().isVisible(), false);
      assert.equal(await byId("regenerate").first().isVisible(), false);
    });
  });

  describe("thinking", () => {
    const thinking = () => byId("thinking");
    const open = () => thinking().evaluate((node) => (node as HTMLDetailsElement).open);

    it("is open while the model thinks and folds when the answer begins", async () => {
      await chat.send(snapshot([user("u1", "Hi"), streaming()]));
      await chat.send({ type: "delta", id: "a1", thinking: "Let me see" });
      assert.equal(await open(), true);
      assert.match(await thinking().innerText(), /Thinking…[\s\S]*Let me see/);
      await chat.send({ type: "delta", id: "a1", thinking: " more.", text: "Answer" });
      assert.equal(await open(), false);
      assert.match(await thinking().locator("summary").innerText(), /^Thought for (\d+ ms|\d+\.\d+ s)$/);
      await chat.send(ended({ measures: { ...measures, timings: { ttft: 400, firstContent: 8900, total: 9000 } } }));
      assert.equal(await thinking().locator("summary").innerText(), "Thought for 8.50 s");
      await thinking().locator("summary").click();
      assert.match(await thinking().innerText(), /Let me see more\./);
    });

    it("stays as the reader left it", async () => {
      await chat.send(snapshot([user("u1", "Hi"), streaming()]));
      await chat.send({ type: "delta", id: "a1", thinking: "Hm" });
      await thinking().locator("summary").click();
      await thinking().locator("summary").click();
      await chat.send({ type: "delta", id: "a1", text: "Answer" });
      assert.equal(await open(), true);
    });

    it("of an old answer is rendered only when it is opened", async () => {
      await chat.send(snapshot([user("u1", "Hi"), assistant("a1", "Yes", { thinking: "**Hm**", measures })]));
      assert.equal(await open(), false);
      assert.equal(await thinking().locator("strong").count(), 0);
      await thinking().locator("summary").click();
      assert.equal(await thinking().locator("strong").count(), 1);
    });
  });

  describe("how an answer ended", () => {
    const meta = () => answer().getByTestId("message-meta");
    const show = (change: Parameters<typeof assistant>[2], text = "Some text") =>
      chat.send(snapshot([user("u1", "Hi"), assistant("a1", text, change)]));

    it("shows the figures and where they come from", async () => {
      await show({ measures });
      assert.equal(await meta().innerText(), "TTFT 412 ms · 93.7 tok/s · 1.2k in, 356 out · $0.00042 · deepseek-chat");
      const title = (name: string) => meta().locator(`.meta-${name}`).getAttribute("title");
      assert.equal(await title("cost"), "0.00042 USD · Computed from list price of 2026-11-20");
      assert.equal(await title("tokens"), "1.0k cached");
      assert.equal(await title("ttft"), "4.21 s in total");
      assert.equal(await title("model"), "deepseek/deepseek-chat");
    });

    it("never shows an unknown price as zero, and marks estimates", async () => {
      const { cost: _cost, ...unknown } = measures;
      await show({ measures: { ...unknown, answeredBy: "deepseek-v3.2" } });
      assert.equal(await meta().locator(".meta-cost").innerText(), "—");
      assert.equal(await meta().locator(".meta-cost").getAttribute("title"), texts.costUnknown);
      assert.equal(await meta().locator(".meta-model").innerText(), "deepseek-v3.2");
      await show({
        measures: {
          ...measures,
          usage: { inputTokens: 10, estimated: true },
          cost: { amount: 0.5, currency: "CNY", source: "estimated" },
        },
      });
      await chat.send(snapshot([], { conversationId: "c9" }));
      await show({
        measures: {
          ...measures,
          usage: { inputTokens: 10, estimated: true },
          cost: { amount: 0.5, currency: "CNY", source: "estimated" },
        },
      });
      assert.equal(await meta().locator(".meta-cost").innerText(), "~¥0.50");
      assert.equal(await meta().locator(".meta-tokens").innerText(), "~10 in, — out");
      assert.match(await meta().locator(".meta-rate").innerText(), /^~\d/);
    });

    it("says by word and icon that it was stopped, and offers to go on where that is possible", async () => {
      await show({ state: "stopped", canContinue: true });
      assert.equal(await answer().getAttribute("data-state"), "stopped");
      assert.equal(await answer().getByText(texts.stoppedMark).isVisible(), true);
      assert.equal(await answer().locator(".status .codicon").count(), 1);
      await answer().getByTestId("continue").click();
      assert.deepEqual(chat.of("error-action"), [{ type: "error-action", id: "a1", action: "continue" }]);
      await show({ state: "stopped" });
      assert.equal(await answer().getByTestId("continue").count(), 0);
    });

    it("marks an answer that met the length limit", async () => {
      await show({ measures: { ...measures, finishReason: "length" } });
      assert.equal(await answer().getByText(texts.lengthMark).isVisible(), true);
    });

    it("marks an answer that the provider's filter ended, also when it has no text", async () => {
      for (const text of ["Half", ""]) {
        await show({ text, measures: { ...measures, finishReason: "content-filter" } });
        assert.equal(await answer().getByText(texts.filteredMark).isVisible(), true);
      }
    });

    it("shows an error with its words, its details and what to do", async () => {
      const error = {
        kind: "no-credit" as const,
        text: "api.deepseek.com: the balance is used up (402).",
        detail: 'HTTP 402 {"error":"Insufficient <b>Balance</b>"}',
        actions: [
          { action: "retry" as const, label: "Try again" },
          { action: "choose-model" as const, label: "Choose another model" },
        ],
      };
      await chat.send(snapshot([user("u1", "Hi"), streaming()]));
      await chat.send(ended({ state: "failed", error }));
      const box = byId("error");
      assert.equal(await box.getAttribute("data-kind"), "no-credit");
      assert.match(await box.innerText(), /the balance is used up/);
      assert.equal(await announced(), `${texts.answerFailed} ${error.text}`);
      assert.equal(await box.locator("pre").isVisible(), false);
      await box.locator("summary").click();
      assert.equal(await box.locator("pre").innerText(), error.detail);
      await box.getByTestId("retry").click();
      await box.getByTestId("choose-model").click();
      assert.deepEqual(
        chat.of("error-action").map(({ action }) => action),
        ["retry", "choose-model"],
      );
    });

    it("goes on after it broke off, with the joint marked, and forgets the error", async () => {
      const error = {
        kind: "incomplete" as const,
        text: "Lost.",
        actions: [{ action: "continue" as const, label: "Continue" }],
      };
      const first = "First paragraph.\n\nSecond, which brea";
      await show({ state: "incomplete", error }, first);
      await answer()
        .locator("p")
        .first()
        .evaluate((node) => node.setAttribute("data-same", ""));
      await answer().getByTestId("continue").click();
      assert.equal(chat.of("error-action").length, 1);
      await chat.send({ type: "message-changed", id: "a1", change: { state: "streaming", seams: [first.length] } });
      assert.equal(await byId("error").count(), 0);
      assert.equal(await answer().getAttribute("aria-busy"), "true");
      // The button is gone, and the keyboard must not fall to the page.
      assert.equal(await focused(), "composer");
      await chat.send(delta("ks off."));
      await chat.send(ended({ seams: [first.length] }));
      assert.match(
        await answer().getByTestId("message-text").innerText(),
        /First paragraph\.\s+Second, which breaks off\./,
      );
      assert.equal(await answer().locator("p").first().getAttribute("data-same"), "");
      const mark = answer().locator("[data-seam]");
      await mark.waitFor();
      assert.match(await mark.innerText(), /^Second/);
      assert.equal(await mark.getAttribute("data-seam"), texts.continuedMark);
      const again = await browser.open();
      await again.send(snapshot([assistant("a1", `${first}ks off.`, { seams: [first.length] })]));
      assert.match(await again.page.locator("[data-seam]").innerText(), /^Second/);
      await again.close();
    });

    it("goes on also when it seemed to be over", async () => {
      const first = "One paragraph.";
      await show({ measures, thinking: "Hm." }, first);
      await byId("thinking").locator("summary").click();
      await chat.send({ type: "message-changed", id: "a1", change: { state: "streaming", seams: [first.length] } });
      await chat.send({ type: "delta", id: "a1", thinking: " More.", text: " And more." });
      assert.equal(await answer().getByTestId("message-text").innerText(), "One paragraph. And more.");
      assert.match(await byId("thinking").innerText(), /Hm\. More\./);
      await chat.send(ended({ seams: [first.length] }));
      await answer().locator("[data-seam]").waitFor();
    });

    it("shows notices while it streams", async () => {
      await chat.send(snapshot([user("u1", "Hi"), streaming()]));
      await chat.send({ type: "message-changed", id: "a1", change: { notices: ["Trying again in 3 s."] } });
      assert.equal(await answer().getByText("Trying again in 3 s.").isVisible(), true);
    });

    it("lets a wait run down each second by itself, says it once, and cancels it", async () => {
      await chat.send(snapshot([user("u1", "Hi"), streaming()]));
      const text = "Too many requests. Asking again in {time} (1 of 3).";
      await chat.send({ type: "message-changed", id: "a1", change: { notices: [], wait: { text, seconds: 65 } } });
      const wait = answer().getByTestId("wait");
      const whole = text.replace("{time}", "1 min 05 s");
      assert.equal(await announced(), whole);
      assert.match(await wait.innerText(), /^Too many requests\. Asking again in [\w ]+ s \(1 of 3\)\./);
      assert.equal(await answer().locator(".status").innerText(), "");
      await wait.getByText(/again in (1 min 0[0-3]|\d\d) s/).waitFor();
      assert.equal(await announced(), whole);
      await wait.getByTestId("cancel-wait").click();
      assert.deepEqual(chat.of("stop"), [{ type: "stop" }]);
      // The page takes nothing for granted: the wait is over when the host says so.
      assert.equal(await wait.isVisible(), true);
      await chat.send(ended({ state: "stopped" }));
      assert.equal(await wait.isVisible(), false);
      assert.equal(await focused(), "composer");
      await answer().getByTestId("retry").click();
      assert.deepEqual(chat.of("regenerate"), [{ type: "regenerate", id: "a1" }]);
    });

    it("shows after a wait that the answer is on its way, and the same wait in a snapshot", async () => {
      const waiting = streaming("a1", { wait: { text: "{time} left", seconds: 3000 }, elapsed: 20_000 });
      await chat.send(snapshot([user("u1", "Hi"), waiting]));
      assert.ok((await answer().getByTestId("wait").innerText()).includes(" s left"));
      await chat.send({ type: "message-changed", id: "a1", change: { notices: [] } });
      assert.equal(await answer().getByTestId("wait").isVisible(), false);
      assert.equal(await answer().getByText(texts.waitingForFirstToken).isVisible(), true);
    });

    it("lists the models that did not answer, each with its reason", async () => {
      const attempts = [
        { target: "a/model", text: "api.a.com is overloaded (503)." },
        { target: "b/other", text: "Nothing answers at api.b.com." },
      ];
      const actions = [{ action: "retry" as const, label: "Retry" }];
      const error = { kind: "network" as const, text: "None of these models answered:", attempts, actions };
      await show({ state: "failed", error }, "");
      assert.deepEqual(await byId("error").locator("li").allInnerTexts(), [
        "a/model\napi.a.com is overloaded (503).",
        "b/other\nNothing answers at api.b.com.",
      ]);
      await byId("error").getByTestId("retry").click();
      assert.deepEqual(chat.of("error-action"), [{ type: "error-action", id: "a1", action: "retry" }]);
    });

    it("copies and regenerates", async () => {
      await show({ measures }, "**bold**");
      await byId("copy-answer").click();
      assert.deepEqual(chat.of("copy-text"), [{ type: "copy-text", text: "**bold**" }]);
      assert.equal(await announced(), texts.copied);
      await byId("regenerate").focus();
      await chat.page.keyboard.press("Enter");
      assert.deepEqual(chat.of("regenerate"), [{ type: "regenerate", id: "a1" }]);
      await chat.send({ type: "messages-removed", fromId: "a1" });
      assert.equal(await byId("message").count(), 1);
      assert.equal(await focused(), "composer");
    });
  });

  describe("questions", () => {
    const place = { label: "cart.ts:10-42", path: "src/cart.ts", language: "typescript", startLine: 10, endLine: 42 };
    const item = { ...place, uri: "file:///project/src/cart.ts" };
    beforeEach(async () => {
      await chat.send(
        snapshot([
          user("u1", "First", { attachments: [item] }),
          assistant("a1", "One", { measures }),
          user("u2", "Second"),
          assistant("a2", "Two", { measures }),
        ]),
      );
    });
    const editor = () => byId("edit-input");

    it("open what they took along", async () => {
      await byId("attachment").click();
      assert.deepEqual(chat.of("open-attachment"), [{ type: "open-attachment", id: "u1", index: 0 }]);
    });

    it("have no button for what is nowhere to be opened", async () => {
      await chat.send({ type: "message-added", message: user("u3", "Why?", { attachments: [place] }) });
      assert.equal(
        await byId("attachment")
          .first()
          .evaluate((chip) => chip.tagName),
        "BUTTON",
      );
      assert.equal(
        await byId("attachment")
          .last()
          .evaluate((chip) => chip.tagName),
        "SPAN",
      );
    });

    it("are asked anew when they were edited", async () => {
      await byId("message").first().hover();
      await byId("edit-message").first().click();
      assert.equal(await focused(), "edit-input");
      assert.equal(await editor().inputValue(), "First");
      await editor().fill("First, better");
      await editor().press("Enter");
      assert.deepEqual(chat.of("edit-message"), [{ type: "edit-message", id: "u1", text: "First, better" }]);
      // VS Code may ask whether the later messages are to go, and the answer may be no.
      assert.equal(await editor().inputValue(), "First, better");
      await chat.send({ type: "messages-removed", fromId: "u1" });
      assert.equal(await editor().count(), 0);
      assert.equal(await focused(), "composer");
    });

    it("stay as they are after Escape, with the focus back on the button", async () => {
      await byId("edit-message").first().focus();
      await chat.page.keyboard.press("Enter");
      await editor().fill("something else");
      await editor().press("Escape");
      assert.equal(await editor().count(), 0);
      assert.equal(await byId("message").first().getByTestId("message-text").innerText(), "First");
      assert.equal(await focused(), "edit-message");
      assert.deepEqual(chat.of("edit-message"), []);
    });

    it("the last one is edited with the up arrow from an empty composer", async () => {
      await composer().fill("x");
      await composer().press("ArrowUp");
      assert.equal(await editor().count(), 0);
      await composer().fill("");
      await composer().press("ArrowUp");
      assert.equal(await editor().inputValue(), "Second");
    });

    it("keep Enter for the input method in the editor too", async () => {
      await composer().press("ArrowUp");
      await editor().dispatchEvent("keydown", { key: "Enter", code: "Enter", keyCode: 229 });
      await editor().dispatchEvent("keydown", { key: "Enter", code: "Enter", isComposing: true });
      await editor().dispatchEvent("keydown", { key: "Escape", isComposing: true });
      assert.deepEqual(chat.of("edit-message"), []);
      assert.equal(await editor().count(), 1);
    });
  });

  describe("scrolling", () => {
    const paragraph = "Lorem ipsum dolor sit amet, consectetur adipiscing elit. ".repeat(6);
    const long = `${paragraph}\n\n`.repeat(12);
    const end = () =>
      byId("transcript").evaluate((node) => Math.round(node.scrollHeight - node.clientHeight - node.scrollTop));
    // A busy machine may draw a frame later than it is asked.
    const atEnd = () => until("the end is in sight", async () => (await end()) === 0);
    const top = () => byId("transcript").evaluate((node) => node.scrollTop);
    const toEnd = () => byId("scroll-to-end");
    beforeEach(async () => {
      await chat.send(
        snapshot([user("u0", "Hi"), assistant("a0", long, { measures }), user("u1", "Go on"), streaming()]),
      );
      await chat.page.mouse.move(200, 300);
    });
    const wheelUp = async () => {
      await chat.page.mouse.wheel(0, -400);
      await chat.page.waitForFunction(
        () => {
          const node = document.querySelector("[data-testid=transcript]")!;
          return node.scrollHeight - node.clientHeight - node.scrollTop > 300;
        },
        undefined,
        { timeout: 3000 },
      );
      await chat.page.waitForTimeout(250);
    };

    it("follows the end while an answer grows, and after it ended", async () => {
      await atEnd();
      for (let index = 0; index < 10; index += 1) {
        await chat.send(delta(`${paragraph}\n\n`));
        await atEnd();
      }
      await chat.send(ended());
      await atEnd();
      assert.equal(await toEnd().isVisible(), false);
    });

    it("lets go when the reader scrolls up, shows the way back, and follows again from there", async () => {
      await chat.send(delta(long));
      await wheelUp();
      const before = await top();
      for (let index = 0; index < 5; index += 1) await chat.send(delta(`${paragraph}\n\n`));
      assert.equal(await top(), before);
      assert.equal(await toEnd().isVisible(), true);
      await toEnd().click();
      await chat.send(delta(paragraph));
      await atEnd();
      assert.equal(await toEnd().isVisible(), false);
    });

    it("lets go in the middle of a fast stream", async () => {
      await chat.send(delta(long));
      await chat.page.evaluate(() => {
        const scope = window as unknown as { feed: number };
        let sequence = 2;
        scope.feed = window.setInterval(() => {
          sequence += 1;
          window.postMessage({ type: "delta", id: "a1", text: "more words of the answer ", sequence }, "*");
        }, 4);
      });
      await chat.page.mouse.wheel(0, -600);
      await chat.page.waitForTimeout(600);
      const first = await top();
      await chat.page.waitForTimeout(300);
      assert.equal(await top(), first);
      assert.ok((await end()) > 300);
      await chat.page.evaluate(() => clearInterval((window as unknown as { feed: number }).feed));
    });

    it("lets go for a wheel that begins slowly, as a smooth one does", async () => {
      await chat.send(delta(long));
      await byId("transcript").evaluate(async (node) => {
        node.dispatchEvent(new WheelEvent("wheel", { deltaY: -100, bubbles: true }));
        let sequence = 3;
        for (let frame = 0; frame < 8; frame += 1) {
          window.postMessage({ type: "delta", id: "a1", text: "more words ".repeat(20), sequence }, "*");
          sequence += 1;
          node.scrollBy(0, -2);
          await new Promise(requestAnimationFrame);
        }
      });
      await chat.page.waitForTimeout(300);
      assert.ok((await end()) > 50);
    });

    it("lets go for the keyboard", async () => {
      await chat.send(delta(long));
      await byId("transcript").focus();
      await chat.page.keyboard.press("PageUp");
      await chat.page.waitForTimeout(400);
      const before = await top();
      await chat.send(delta(long));
      assert.equal(await top(), before);
      await chat.page.keyboard.press("End");
      await chat.page.waitForTimeout(400);
      await chat.send(delta(paragraph));
      await atEnd();
    });

    it("stays while a question is edited with the keys that move a cursor", async () => {
      await chat.send(delta(long));
      await chat.send(ended());
      await wheelUp();
      await byId("edit-message").last().focus();
      await chat.page.keyboard.press("Enter");
      await chat.page.keyboard.press("End");
      await chat.page.waitForTimeout(300);
      assert.ok((await end()) > 50);
    });

    it("holds still while text is being selected, and follows again afterwards", async () => {
      await chat.send(delta(long));
      await atEnd();
      await chat.page.mouse.move(100, 300);
      await chat.page.mouse.down();
      const before = await top();
      await chat.send(delta(long));
      await chat.page.waitForTimeout(300);
      assert.equal(await top(), before);
      await chat.page.mouse.up();
      await atEnd();
    });

    it("goes to the question when one is sent", async () => {
      await chat.send(delta(long));
      await chat.send(ended());
      await wheelUp();
      await composer().fill("Next");
      await composer().press("Enter");
      await chat.send({ type: "message-added", message: user("u2", "Next") });
      await atEnd();
      assert.equal(await chat.page.getByText("Next", { exact: true }).isVisible(), true);
    });

    for (const width of [300, 420, 800]) {
      it(`keeps the text where it is when an answer ends (${width} pixels wide)`, async () => {
        await chat.page.setViewportSize({ width, height: 700 });
        await chat.send(delta("A short line."));
        const place = () => answer().getByTestId("message-text").boundingBox();
        const before = await place();
        const field = await composer().boundingBox();
        await chat.send(ended());
        assert.deepEqual(await place(), before);
        assert.deepEqual(await composer().boundingBox(), field);
      });
    }

    it("stays at the end when the composer grows", async () => {
      await chat.send(delta(long));
      await composer().fill("1\n2\n3\n4\n5\n6");
      await chat.settle();
      await atEnd();
    });

    it("comes back to the same place after a reload", async () => {
      const many = Array.from({ length: 40 }, (_, index) => [
        user(`q${index}`, `Question ${index}`),
        assistant(`r${index}`, long),
      ]).flat();
      await chat.send(snapshot(many, { conversationId: "long" }));
      await chat.page.waitForTimeout(300);
      for (let index = 0; index < 6; index += 1) {
        await chat.page.mouse.wheel(0, -2500);
        await chat.page.waitForTimeout(120);
      }
      await chat.page.waitForTimeout(500);
      const saved = (await chat.savedState()) as { reading: { id: string; offset: number } };
      const { id, offset } = saved.reading;
      const again = await browser.open({ state: saved });
      await again.send(snapshot(many, { conversationId: "long" }));
      await again.page.waitForTimeout(400);
      const place = await again.page.evaluate((messageId) => {
        const item = document.querySelector(`[data-id="${messageId}"]`)!;
        return (
          item.getBoundingClientRect().top -
          document.querySelector("[data-testid=transcript]")!.getBoundingClientRect().top
        );
      }, id);
      assert.ok(Math.abs(place - offset) < 2, `${place} for ${offset}`);
      await again.close();
    });

    it("does not jump when the reader scrolls through messages that were never laid out", async () => {
      const many = Array.from({ length: 60 }, (_, index) => assistant(`r${index}`, `Number ${index}\n\n${long}`));
      await chat.send(snapshot(many, { conversationId: "long" }));
      await chat.page.waitForTimeout(300);
      // Each step up must move what is seen down by just that step.
      for (let index = 0; index < 12; index += 1) {
        const before = await chat.page.evaluate(visibleParagraph);
        await byId("transcript").evaluate((node) => node.scrollBy(0, -300));
        await chat.settle();
        const moved = await chat.page.evaluate(placeOf, before.path);
        assert.ok(Math.abs(moved - before.top - 300) < 2, `step ${index}: ${moved - before.top}`);
      }
    });
  });

  describe("hostile text", () => {
    const hostile = [
      '<img src=x onerror="window.hacked = 1">',
      "<script>window.hacked = 1</script>",
      '<a href="javascript:window.hacked = 1">html</a>',
      "[link](javascript:window.hacked=1)",
      "[data](data:text/html,<script>parent.hacked=1</script>)",
      "![image](https://evil.example/x.png)",
      "<style>body { display: none }</style>",
      '<div style="position:fixed;inset:0" onclick="window.hacked=1">x</div>',
    ].join("\n\n");

    it("is only text, wherever it stands", async () => {
      const item = { label: hostile, path: hostile, language: "x", startLine: 1, endLine: 1 };
      const error = {
        kind: "reported" as const,
        text: hostile,
        detail: hostile,
        actions: [{ action: "retry" as const, label: hostile }],
      };
      const model = { target: hostile, label: hostile, providerName: hostile, scripted: true };
      const requests: string[] = [];
      chat.page.on("request", (request) => requests.push(request.url()));
      await chat.send(
        snapshot(
          [
            user("u1", hostile, { attachments: [item] }),
            assistant("a1", hostile, {
              thinking: hostile,
              notices: [hostile],
              error,
              state: "failed",
              measures: { ...measures, answeredBy: hostile },
            }),
          ],
          { model, pending: [item] },
        ),
      );
      await byId("thinking").locator("summary").click();
      await chat.page.waitForTimeout(200);
      assert.equal(await chat.page.evaluate(() => (window as unknown as { hacked?: number }).hacked), undefined);
      const bad =
        "img, body script:not([src]), iframe, body style, [onerror], [onclick], [style*=fixed], a[href^='javascript:' i], a[href^='data:' i]";
      assert.equal(await chat.page.locator(bad).count(), 0);
      assert.deepEqual(
        requests.filter((url) => !url.startsWith(browser.origin)),
        [],
      );
    });

    it("stays text while it streams, at every length", async () => {
      await chat.send(snapshot([user("u1", "Hi"), streaming()]));
      for (const character of hostile.slice(0, 200)) await chat.sendAll([delta(character)]);
      assert.equal(await chat.page.evaluate(() => (window as unknown as { hacked?: number }).hacked), undefined);
      assert.equal(await chat.page.locator(".markdown :is(img, script, style, iframe)").count(), 0);
    });
  });

  describe("a text that cannot be shown", () => {
    const questionAndAnswer = (text: string) => snapshot([user("u1", "Hi"), assistant("a1", text, { measures })]);
    /** No text is known to do this, so the page is broken. */
    const makeMistake = () =>
      chat.page.evaluate(() => {
        const create = document.createElement.bind(document);
        document.createElement = ((name: string) => {
          if (name === "hr") throw new Error("a mistake");
          return create(name);
        }) as typeof document.createElement;
      });

    it("is none for the name of its language", async () => {
      for (const name of ["constructor", "__proto__", "toString"]) {
        await chat.send(snapshot([user("u1", "Hi"), streaming(name)]));
        await chat.sendAll([delta(`\`\`\`${name}\nfoo();\n`, name), delta("```\n\nEnd", name)]);
        await chat.send(ended({}, name));
        assert.match(await answer().getByTestId("message-text").innerText(), /foo\(\);[\s\S]*End/);
      }
    });

    it("stands as it was written, and the rest of the page goes on", async () => {
      await makeMistake();
      const text = "**One**\n\n***\n\nTwo";
      await chat.send(questionAndAnswer(text));
      const shown = () => answer().getByTestId("message-text").textContent();
      assert.equal(await shown(), text);
      await chat.send(snapshot([user("u1", "Hi"), streaming("a2")]));
      await chat.sendAll([...text].map((character) => delta(character, "a2")));
      await chat.send(ended({}, "a2"));
      assert.equal(await shown(), text);
      assert.equal(await answer().getAttribute("data-state"), "complete");
      await chat.send(questionAndAnswer("**Three**"));
      assert.equal(await answer().locator("strong").textContent(), "Three");
      assert.ok(chat.problems.every((problem) => problem.includes("a mistake")));
      chat.problems.length = 0;
    });

    it("in slices stands as it was written too", async () => {
      await makeMistake();
      const text = `${"word **word**\n\n".repeat(3000)}***\n\nEnd`;
      await chat.send(questionAndAnswer(text));
      await chat.page.waitForFunction(() => document.querySelector(".markdown-plain") !== null);
      assert.equal(await answer().getByTestId("message-text").textContent(), text);
      chat.problems.length = 0;
    });
  });

  describe("code blocks", () => {
    it("are copied, inserted and opened as they are", async () => {
      await chat.send(snapshot([assistant("a1", "```ts\nconst a = '<b>';\n\n  return a;\n```\n", { measures })]));
      await answer().hover();
      await byId("copy-code").click();
      await byId("insert-code").click();
      await byId("new-file").click();
      const text = "const a = '<b>';\n\n  return a;\n";
      assert.deepEqual(chat.of("copy-text"), [{ type: "copy-text", text }]);
      assert.deepEqual(chat.of("insert-code"), [{ type: "insert-code", text, language: "ts" }]);
      assert.deepEqual(chat.of("new-file"), [{ type: "new-file", text, language: "ts" }]);
    });
  });

  describe("the empty chat", () => {
    it("fills the composer with an example and does not send it", async () => {
      await chat.send(snapshot());
      await byId("example").first().click();
      assert.equal(await composer().inputValue(), texts.exampleExplain);
      assert.equal(await focused(), "composer");
      assert.deepEqual(chat.of("send"), []);
      await chat.send({ type: "message-added", message: user("u1", "Hi") });
      assert.equal(await byId("example").first().isVisible(), false);
    });

    it("offers servers of this machine by name, with a choice of model", async () => {
      const found = [{ preset: "ollama", name: "Ollama", models: ["qwen3", "gemma3"] }];
      await chat.send(snapshot([], { providerCount: 0, found }));
      await chat.page.getByRole("combobox").selectOption("gemma3");
      await chat.page.getByRole("button", { name: "Use Ollama" }).click();
      await byId("add-provider").click();
      assert.deepEqual(chat.of("use-found-server"), [{ type: "use-found-server", preset: "ollama", model: "gemma3" }]);
      assert.equal(chat.of("add-provider").length, 1);
    });

    it("turns to examples when a provider was added", async () => {
      await chat.send(snapshot([], { providerCount: 0 }));
      assert.equal(await byId("example").count(), 0);
      await chat.send({ type: "setup-changed", setup: { providerCount: 1, found: [], sendKey: "enter" } });
      assert.equal(await byId("example").count(), 3);
      assert.equal(await byId("add-provider").count(), 0);
    });
  });

  describe("for everyone", () => {
    it("gives every control a name and every button a place in the tab order", async () => {
      const pending = [{ label: "a.ts", path: "a.ts", language: "typescript", startLine: 1, endLine: 1 }];
      await chat.send(
        snapshot([user("u1", "Hi"), assistant("a1", "```ts\n1\n```\n", { thinking: "Hm", measures })], { pending }),
      );
      const nameless = await chat.page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>("button, textarea, select, summary, [tabindex]")]
          .filter((node) => !(node.getAttribute("aria-label") || node.textContent?.trim()) || node.tabIndex < 0)
          .map((node) => node.outerHTML),
      );
      assert.deepEqual(nameless, []);
    });

    it("shows the focus on every control", async () => {
      await chat.send(snapshot([user("u1", "Hi"), assistant("a1", "Text", { measures })]));
      await composer().focus();
      const unseen: string[] = [];
      for (let index = 0; index < 12; index += 1) {
        await chat.page.keyboard.press("Shift+Tab");
        const problem = await chat.page.evaluate(() => {
          const node = document.activeElement as HTMLElement;
          if (node === document.body) return undefined;
          // The composer's box shows the focus of the field in it.
          const style = getComputedStyle(node);
          if (node.matches(".composer .text-input")) {
            const plain = document.createElement("div");
            plain.className = "composer";
            document.body.append(plain);
            const same = getComputedStyle(plain).borderColor === getComputedStyle(node.parentElement!).borderColor;
            plain.remove();
            return same ? node.outerHTML : undefined;
          }
          let opacity = 1;
          for (let at: HTMLElement | null = node; at; at = at.parentElement)
            opacity *= Number(getComputedStyle(at).opacity);
          return style.outlineStyle !== "none" && opacity > 0.9 ? undefined : node.outerHTML;
        });
        if (problem !== undefined) unseen.push(problem);
      }
      assert.deepEqual(unseen, []);
    });

    for (const kind of ["vscode-high-contrast", "vscode-high-contrast-light"] as const) {
      it(`draws borders where colours are few (${kind})`, async () => {
        const clear = await browser.open({ kind });
        const error = {
          kind: "network" as const,
          text: "Lost",
          actions: [{ action: "retry" as const, label: "Try again" }],
        };
        await clear.send(snapshot([user("u1", "Hi"), assistant("a1", "", { state: "failed", error })]));
        const faint = await clear.page.evaluate(() => {
          const border = (selector: string) => getComputedStyle(document.querySelector(selector)!).borderTopColor;
          const wanted = getComputedStyle(document.documentElement).getPropertyValue("--vscode-contrastBorder");
          const probe = document.createElement("i");
          probe.style.color = wanted;
          return [".bubble", ".composer", ".error-box", ".text-button"].filter((selector) => {
            document.body.append(probe);
            return border(selector) !== getComputedStyle(probe).color;
          });
        });
        assert.deepEqual(faint, []);
        await clear.close();
      });
    }

    it("moves nothing for people who asked for less motion", async () => {
      const calm = await browser.open({ reducedMotion: true });
      await calm.send(snapshot([user("u1", "Hi"), streaming()]));
      assert.equal(await calm.page.evaluate(() => document.getAnimations().length), 0);
      await calm.close();
      await chat.send(snapshot([user("u1", "Hi"), streaming()]));
      assert.ok(await chat.page.evaluate(() => document.getAnimations().length > 0));
      await chat.page.evaluate(() => document.body.classList.add("vscode-reduce-motion"));
      assert.equal(await chat.page.evaluate(() => document.getAnimations().length), 0);
    });

    it("marks the language of what is written", async () => {
      await chat.send(snapshot([user("u1", "이 함수를 설명해 줘"), assistant("a1", "这个函数返回总价。")]));
      assert.equal(await byId("message-text").first().getAttribute("lang"), "ko");
      assert.equal(await byId("message-text").last().getAttribute("lang"), "zh-Hans");
      const breaks = await byId("message-text")
        .first()
        .evaluate((node) => getComputedStyle(node).wordBreak);
      assert.equal(breaks, "keep-all");
    });

    for (const width of [300, 420, 800]) {
      it(`fits into ${width} pixels, whatever is written`, async () => {
        const narrow = await browser.open({ width });
        const word = "x".repeat(200);
        const table = `| ${word} | b |\n|---|---|\n| c | d |\n`;
        const error = {
          kind: "network" as const,
          text: word,
          detail: word,
          actions: [{ action: "retry" as const, label: "Try again" }],
        };
        await narrow.send(
          snapshot(
            [
              user("u1", word, { attachments: [{ label: word, path: word, language: "x", startLine: 1, endLine: 1 }] }),
              assistant("a1", `${word}\n\n${table}\n\`\`\`\n${word}\n\`\`\`\n\n\`${word}\`\n`, {
                state: "failed",
                error,
                notices: [word],
                measures: { ...measures, answeredBy: word },
              }),
            ],
            { model: { target: word, label: word, providerName: word, scripted: true } },
          ),
        );
        const wide = await narrow.page.evaluate(() => ({
          page: document.documentElement.scrollWidth - window.innerWidth,
          transcript: (() => {
            const node = document.querySelector("[data-testid=transcript]")!;
            return node.scrollWidth - node.clientWidth;
          })(),
        }));
        assert.deepEqual(wide, { page: 0, transcript: 0 });
        assert.equal(await narrow.page.getByTestId("send").isVisible(), true);
        await narrow.close();
      });
    }
  });
});

/** Runs in the page: the first paragraph in sight, and where it is. */
function visibleParagraph(): { path: [string, number]; top: number } {
  for (const item of document.querySelectorAll<HTMLElement>(".item")) {
    for (const [index, node] of [...item.querySelectorAll("p")].entries()) {
      const { top } = node.getBoundingClientRect();
      if (top > 0 && top < 500) return { path: [item.dataset.id!, index], top };
    }
  }
  throw new Error("No paragraph in sight");
}

/** Runs in the page. */
function placeOf([id, index]: [string, number]): number {
  return document.querySelectorAll(`[data-id="${id}"] p`)[index]!.getBoundingClientRect().top;
}
