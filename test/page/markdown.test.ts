// The Markdown renderer in a real browser: the same page however the text came, nothing but the allowed elements, calm.
import assert from "node:assert/strict";
import fc from "fast-check";
import { marked } from "marked";
import { after, before, describe, it } from "mocha";
import type { Browser, Page } from "playwright-core";
import { answerText } from "../bench/support/answer-text.ts";
import { anyCuts, anyDocument, cut, documents } from "../markdown/support/documents.ts";
import type { PageTests } from "../markdown/support/entry.ts";
import { hostile } from "../markdown/support/hostile.ts";
import { bundleForPage, launchBrowser, openPage } from "../markdown/support/page.ts";

declare const tests: PageTests;

describe("Markdown renderer", function () {
  this.timeout(120_000);
  let browser: Browser;
  let page: Page & { problems: string[] };

  before(async () => {
    browser = await launchBrowser();
    page = await openPage(browser, await bundleForPage(new URL("../markdown/support/entry.ts", import.meta.url)));
  });
  after(async () => {
    await browser?.close();
    assert.deepEqual(page?.problems, []);
  });

  /** Streams each text in its pieces and gives those whose page differs from that of the whole text. */
  const different = (jobs: readonly { text: string; pieces: string[] }[]) =>
    page.evaluate(async (jobs) => {
      const same = await Promise.all(
        jobs.map(async ({ text, pieces }) => {
          const [whole, streamed] = await Promise.all([tests.render([text]), tests.render(pieces)]);
          return whole.isEqualNode(streamed) && tests.violations(streamed).length === 0;
        }),
      );
      return jobs.filter((_, index) => !same[index]);
    }, jobs);

  describe("shows at the end what the whole text shows", () => {
    it("for documents that are hard to stream", async () => {
      const jobs = Object.values(documents).flatMap((text) => {
        return [[1], [2], [3, 1, 7], [16]].map((cuts) => ({ text, pieces: cut(text, cuts) }));
      });
      assert.deepEqual(await different(jobs), []);
    });

    it("for long texts in groups, and a block that shows something until it turns out to be a definition", async () => {
      const definition = "[a]:\n/url\n\n[b]:\nhttps://b.c\n";
      const texts = [
        // The last block lies 2,002 characters behind the definition, 1,991 behind what follows it.
        `${"word ".repeat(450)}\n\n[a]:\n/url\n\nend\n\n${"x".repeat(1984)}\n\nlast`,
        `${`${"word ".repeat(450)}\n\n`.repeat(6)}${definition}\nend [a]\n\n${"word ".repeat(450)}\n\nlast`,
        `${"> a\n>\n".repeat(64)}> [a]:\n> /url\n>\n> [b] [a]\n`,
        `7. a\n${"1. b\n   - c\n".repeat(130)}`,
        `${"- a\n".repeat(100)}\n- loose\n`,
      ];
      const jobs = texts.flatMap((text) => [[7, 2], [400]].map((cuts) => ({ text, pieces: cut(text, cuts) })));
      assert.deepEqual(await different(jobs), []);
      const numbers = await page.evaluate(async (text) => {
        const { container, renderer } = tests.create(true);
        renderer.append(text);
        await renderer.finish();
        return [...container.querySelectorAll("ol > div > li")].map((item) => (item as HTMLLIElement).value);
      }, texts[3]!);
      assert.deepEqual(
        numbers,
        Array.from({ length: 67 }, (_, index) => 7 + 64 + index),
      );
    });

    it("for a long answer", async () => {
      const text = answerText(20_000);
      assert.deepEqual(await different([[16], [61]].map((cuts) => ({ text, pieces: cut(text, cuts) }))), []);
    });

    it("for any text and any cuts", async () => {
      const any = fc.tuple(anyDocument, anyCuts).map(([text, cuts]) => ({ text, pieces: cut(text, cuts) }));
      assert.deepEqual(await different(fc.sample(any, 600)), []);
    });

    it("for paragraphs long enough to be set aside in parts", async () => {
      const line = anyDocument.map((text) => `${text.replace(/\s+/g, " ")} and **more** of it [a](https://b.c) `);
      const long = fc.array(line, { minLength: 6, maxLength: 12 }).map((parts) => parts.join(""));
      const any = fc.tuple(long, anyCuts).map(([text, cuts]) => ({ text, pieces: cut(text, cuts) }));
      assert.deepEqual(await different(fc.sample(any, 150)), []);
    });

    it("and what another parser of CommonMark and GFM makes of it", async () => {
      // Without what is shown otherwise on purpose (raw HTML, images, addresses that are not followed) and marked's own errors.
      const { "indented code": _one, "fence closes with its list": _other, ...agreed } = documents;
      const texts = [...Object.values(agreed), answerText(30_000)].filter((text) => {
        return !/<|!\[|\]\((?!https?:)|\]:|&|ftp:|mailto:|@/.test(text);
      });
      assert.ok(texts.length > 15);
      for (const text of texts) {
        const [ours, theirs] = await page.evaluate(
          async ({ pieces, html }) => {
            const other = new DOMParser().parseFromString(html, "text/html").body;
            return [tests.outline(await tests.render(pieces)), tests.outline(other)];
          },
          { pieces: cut(text, [25]), html: marked.parse(text, { async: false }) },
        );
        assert.equal(ours, theirs);
      }
    });
  });

  it("makes only elements and attributes that can do no harm, at every moment", async () => {
    const text = [
      '<img src=x onerror=alert(1)> <script>alert(1)</script> <a href="javascript:x">y</a>\n\n<iframe src="https://evil.example">\n',
      "[a](javascript:alert(1)) [b](command:x) [c](vscode:x) [d](data:text/html,x) [e](file:///etc) [f](../x.ts) [g](//e.x)",
      "![i](https://evil.example/i.png?secret) ![j](data:image/png;base64,AAAA) [![k](https://e.x/k)](https://e.x/l)",
      '<https://a.b> <javascript:x> [r] [s]\n\n[r]: javascript:x "t"\n[s]: <https://ok.example/?"onclick=x>\n',
      '```"><img src=x>\ncode <b>x</b>\n```\n\n| <b> | [x](command:y) |\n|---|---|\n| <i> | ![](//e) |\n\n- [ ] <u>',
    ].join("\n\n");
    const found = await page.evaluate(async (text) => {
      const { container, renderer } = tests.create();
      const found = new Set<string>();
      for (const character of text) {
        renderer.append(character);
        for (const violation of tests.violations(container)) found.add(violation);
      }
      await renderer.finish();
      for (const violation of tests.violations(container)) found.add(violation);
      const links = [...container.querySelectorAll("a")].map((link) => [link.href === link.title, link.rel]);
      return { found: [...found], links, text: container.textContent ?? "" };
    }, text);
    assert.deepEqual(found.found, []);
    assert.ok(found.links.length > 3 && found.links.every(([titled, rel]) => titled && rel === "noreferrer"));
    for (const shown of [
      "onerror=alert(1)",
      "command:x",
      "../x.ts",
      "data:image/png",
      "https://evil.example/i.png?secret",
    ]) {
      assert.ok(found.text.includes(shown), shown);
    }
  });

  it("never takes shown text back while an ordinary answer streams", async () => {
    const text = `${answerText(9000)}\n\n- [ ] a\n- [x] ~~b~~\n\n2 * 3 array[0] <https://a.b/c> AT&amp;T snake_case **굵게**는\n`;
    const taken = await page.evaluate((text) => {
      const { container, renderer } = tests.create();
      const taken: string[] = [];
      let before = "";
      for (let start = 0; start < text.length; start += 4) {
        renderer.append(text.slice(start, start + 4));
        const after = container.textContent ?? "";
        if (!after.startsWith(before)) taken.push(`${before.slice(-30)} → ${after.slice(-30)}`);
        before = after;
      }
      renderer.dispose();
      return taken;
    }, text);
    assert.deepEqual(taken, []);
  });

  it("links a label that is defined after its use", async () => {
    const text =
      "See [the docs] and [more][m].\n\n| [m] |\n|---|\n\n[the docs]: https://a.example/\n[m]: https://b.example/\n";
    const hrefs = await page.evaluate(
      async (pieces) => {
        return [...(await tests.render(pieces)).querySelectorAll("a")].map((link) => link.href);
      },
      cut(text, [3]),
    );
    assert.deepEqual(hrefs, ["https://a.example/", "https://b.example/", "https://b.example/"]);
  });

  describe("code blocks", () => {
    it("give their buttons the code as the model wrote it", async () => {
      const code = `const a = "\u202e\u200b";\n\n  // 한국어 😀 <b>\n${"x".repeat(5000)}\n`;
      const given = await page.evaluate(async (code) => {
        const { container, renderer } = tests.create(true);
        renderer.append(`\`\`\`TS title\n${code}`);
        const open = tests.codeTextOf(container.querySelector('[data-testid="copy-code"]')!);
        renderer.append("```\n");
        await renderer.finish();
        const block = container.querySelector<HTMLElement>(".code-block")!;
        const buttons = [...block.querySelectorAll("button")].map((button) => [
          button.dataset.testid,
          button.ariaLabel,
          button.title,
        ]);
        const marks = [...block.querySelectorAll(".invisible-character")].map((mark) => mark.textContent);
        const icon = tests.codeTextOf(block.querySelector(".codicon-insert")!);
        return {
          open,
          icon,
          buttons,
          marks,
          language: block.dataset.language,
          label: block.querySelector(".code-language")!.textContent,
        };
      }, code);
      assert.deepEqual(given.open, { language: "ts", text: code });
      assert.deepEqual(given.icon, { language: "ts", text: code });
      assert.deepEqual(given.marks, ["U+202E", "U+200B"]);
      assert.deepEqual([given.language, given.label], ["ts", "TypeScript"]);
      assert.deepEqual(given.buttons, [
        ["copy-code", "Copy code", "Copy code"],
        ["apply-code", "Apply code", "Apply code"],
        ["insert-code", "Insert code", "Insert code"],
        ["new-file", "New file", "New file"],
      ]);
    });

    it("are coloured line by line while they arrive, and once more at their end", async () => {
      const colors = await page.evaluate(async () => {
        const { container, renderer } = tests.create(true);
        renderer.append("```ts\nconst first = 1;\nlet ");
        for (let wait = 0; wait < 50 && !container.querySelector(".hljs-keyword"); wait++) await tests.idle();
        const early = container.querySelectorAll(".hljs-keyword").length;
        renderer.append(`second = \`\n\${first}\`;\nreturn`);
        const later = container.querySelectorAll(".hljs-keyword").length;
        renderer.append("\n```");
        await renderer.finish();
        return {
          early,
          later,
          end: container.querySelectorAll(".hljs-keyword").length,
          text: container.querySelector("pre")!.textContent,
        };
      });
      assert.deepEqual(colors, {
        early: 1,
        later: 2,
        end: 3,
        text: `const first = 1;\nlet second = \`\n\${first}\`;\nreturn\n`,
      });
    });

    it("are copied by hand line for line", async () => {
      const code = Array.from({ length: 100 }, (_, index) => `line ${index}`).join("\n");
      const copied = await page.evaluate(async (code) => {
        const { container, renderer } = tests.create(true);
        renderer.append(`\`\`\`\n${code}\n\`\`\``);
        await renderer.finish();
        getSelection()!.selectAllChildren(container.querySelector("pre code")!);
        return String(getSelection());
      }, code);
      assert.equal(copied.trimEnd(), code);
    });
  });

  it("ends once, keeps its text, and leaves nothing behind", async () => {
    const state = await page.evaluate(async () => {
      const { container, renderer } = tests.create();
      renderer.append("a **b");
      await renderer.finish();
      renderer.append("c");
      await renderer.finish();
      const { text } = renderer;
      const shown = container.textContent;
      renderer.dispose();
      return { text, shown, left: container.childNodes.length };
    });
    assert.deepEqual(state, { text: "a **b", shown: "a **b", left: 0 });
  });

  describe("hostile text takes no more work than its length", () => {
    for (const [name, text] of Object.entries(hostile)) {
      it(name, async () => {
        const result = await page.evaluate(async (text) => {
          const { container, renderer } = tests.create(true);
          // The work that a page sees: each node that is made and each piece of text that is added to one.
          let steps = 0;
          const count = (target: object, name: string) => {
            const original = Reflect.get(target, name) as (...args: unknown[]) => unknown;
            Reflect.set(target, name, function (this: unknown, ...args: unknown[]) {
              steps += 1;
              return original.apply(this, args);
            });
            return () => Reflect.set(target, name, original);
          };
          const restore = [
            ...["createElement", "createTextNode"].map((name) => count(Document.prototype, name)),
            ...["append", "replaceChildren", "setAttribute"].map((name) => count(Element.prototype, name)),
            ...["appendChild", "insertBefore", "removeChild"].map((name) => count(Node.prototype, name)),
            count(CharacterData.prototype, "appendData"),
          ];
          renderer.append(text);
          await renderer.finish();
          await tests.idle();
          for (const each of restore) each();
          const violations = tests.violations(container).slice(0, 5);
          renderer.dispose();
          return { steps, violations };
        }, text);
        assert.deepEqual(result.violations, []);
        // In proportion to the text; what grew with its square would be a thousand times more. The bench has the milliseconds.
        const most = 200 + 5 * text.length;
        assert.ok(result.steps <= most, `${result.steps} steps for ${text.length} characters`);
      });
    }
  });
});
