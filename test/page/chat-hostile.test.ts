// biome-ignore-all lint/performance/useDomNodeTextContent: innerText is Playwright's here and means what is visible
/** Hostile text on the chat's page, and text that cannot be shown. */
import assert from "node:assert/strict";
import type { ChatBrowser, ChatPage } from "./support/chat-page.ts";
import { assistant, measures, user } from "./support/chat-samples.ts";
import { delta, eachOnAPage, ended, partsOf, snapshot, streaming } from "./support/chat-tests.ts";

describe("chat webview", () => {
  let chat: ChatPage;
  let browser: ChatBrowser;
  eachOnAPage((page, itsBrowser) => {
    chat = page;
    browser = itsBrowser;
  });
  const { byId, answer } = partsOf(() => chat);

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
});
