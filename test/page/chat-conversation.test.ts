// biome-ignore-all lint/performance/useDomNodeTextContent: innerText is Playwright's here and means what is visible
/** Conversations on the chat's page: the host is the truth, thinking, code blocks and the empty chat. */
import assert from "node:assert/strict";
import type { ChatPage } from "./support/chat-page.ts";
import { assistant, measures, texts, user } from "./support/chat-samples.ts";
import { delta, eachOnAPage, ended, partsOf, snapshot, streaming } from "./support/chat-tests.ts";

describe("chat webview", () => {
  let chat: ChatPage;
  eachOnAPage((page) => {
    chat = page;
  });
  const { byId, composer, answer, focused } = partsOf(() => chat);

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
});
