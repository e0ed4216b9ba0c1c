// biome-ignore-all lint/performance/useDomNodeTextContent: innerText is Playwright's here and means what is visible
/** How an answer ended, on the chat's page: figures, marks, errors, waits and what can be done. */
import assert from "node:assert/strict";
import type { ChatBrowser, ChatPage } from "./support/chat-page.ts";
import { assistant, measures, texts, user } from "./support/chat-samples.ts";
import { delta, eachOnAPage, ended, partsOf, snapshot, streaming } from "./support/chat-tests.ts";

describe("chat webview", () => {
  let chat: ChatPage;
  let browser: ChatBrowser;
  eachOnAPage((page, itsBrowser) => {
    chat = page;
    browser = itsBrowser;
  });
  const { byId, answer, focused, announced } = partsOf(() => chat);

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
});
