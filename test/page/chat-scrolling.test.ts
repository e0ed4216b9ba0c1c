/** Scrolling on the chat's page: it follows an answer until the reader lets go of the end. */
import assert from "node:assert/strict";
import { until } from "../support/until.ts";
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
  const { byId, composer, answer } = partsOf(() => chat);

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
