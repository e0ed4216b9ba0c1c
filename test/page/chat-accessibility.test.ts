// biome-ignore-all lint/performance/useDomNodeTextContent: innerText is Playwright's here and means what is visible
/** The chat's page for everyone: names, focus, contrast, motion, languages and widths. */
import assert from "node:assert/strict";
import type { ChatBrowser, ChatPage } from "./support/chat-page.ts";
import { assistant, measures, user } from "./support/chat-samples.ts";
import { eachOnAPage, partsOf, snapshot, streaming } from "./support/chat-tests.ts";

describe("chat webview", () => {
  let chat: ChatPage;
  let browser: ChatBrowser;
  eachOnAPage((page, itsBrowser) => {
    chat = page;
    browser = itsBrowser;
  });
  const { byId, composer } = partsOf(() => chat);

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
