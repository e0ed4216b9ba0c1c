// biome-ignore-all lint/performance/useDomNodeTextContent: innerText is Playwright's here and means what is visible
/** The chat's page while an answer streams, and questions that are edited. */
import assert from "node:assert/strict";
import type { ChatPage } from "./support/chat-page.ts";
import { assistant, measures, texts, user } from "./support/chat-samples.ts";
import { delta, eachOnAPage, ended, partsOf, settled, snapshot, streaming } from "./support/chat-tests.ts";

describe("chat webview", () => {
  let chat: ChatPage;
  eachOnAPage((page) => {
    chat = page;
  });
  const { byId, composer, answer, focused, announced } = partsOf(() => chat);

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
      await chat.freezeTime();
      await byId("send").click();
      await begin();
      await byId("stop").click();
      assert.deepEqual(chat.of("stop"), []);
    });

    it("does not send with a click that was meant to stop", async () => {
      await begin();
      await composer().fill("the next question");
      await chat.page.waitForTimeout(settled);
      await chat.freezeTime();
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
});
