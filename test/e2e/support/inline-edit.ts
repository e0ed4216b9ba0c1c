/** Inline edits as a person lives through them, in one theme: asked for with the keyboard, streamed in, reviewed, undone. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { chatStream, chunk } from "../../support/chat.ts";
import { type Handler, startServer, type TestServer } from "../../support/server.ts";
import { until } from "../../support/until.ts";
import { type EditorWindow, openWindow } from "./window.ts";

const OLD = `export function total(items) {
  let sum = 0;
  for (let i = 0; i < items.length; i++) {
    sum = sum + items[i].price * items[i].quantity;
  }
  // nothing else
  return sum;
}

export const currency = "USD";
`;
const NEW = `export function total(items) {
  let sum = 0;
  for (const item of items) {
    sum += item.price * item.quantity;
  }
  return sum;
}`;

export function describeInlineEdit(theme: "light" | "dark"): void {
  describe(`An inline edit, ${theme}`, () => {
    let server: TestServer;
    let handler: Handler;
    let window: EditorWindow;

    before(async () => {
      server = await startServer((request, reply) => handler(request, reply));
      const local = {
        id: "local",
        name: "Local",
        protocol: "openai-chat",
        baseUrl: `${server.url}/v1`,
        models: [{ id: "m", name: "Model M", price: { input: 1000, output: 2000 } }],
      };
      window = await openWindow({
        settings: { "runnel.providers": [local], "runnel.chatModel": "local/m" },
        workspace: {},
        theme,
      });
    });
    after(async () => {
      await window?.close();
      await server?.close();
    });
    afterEach(async function () {
      if (this.currentTest?.state === "failed")
        await window.screenshot(`failed-${this.currentTest.title.slice(0, 30)}`);
    });

    let files = 0;
    /** Opens a file that no test had before, and selects the function in it; gives its path. */
    const openNew = async (): Promise<string> => {
      const name = `total-${++files}.js`;
      writeFileSync(join(window.folder, name), OLD);
      await window.openFile(name, { line: 0, character: 0 }, { line: 7, character: 1 });
      return join(window.folder, name);
    };
    const save = async (path: string): Promise<void> => {
      await window.page.keyboard.press("Control+S");
      await until("it is saved", async () => readFileSync(path, "utf8") === (await text()));
    };
    /** Sends the first lines and no end. */
    const stopsHalfWay: Handler = async (request, reply) => {
      for (const line of ["```js", ...NEW.split("\n").slice(0, 3), ""])
        await reply.write(chunk({ content: `${line}\n` }));
      await request.over;
    };
    /** All that can be clicked over the edit must be left of the minimap, which covers what is under it. */
    const assertReachable = async (width: number, names: readonly string[]): Promise<void> => {
      const { page } = window;
      const size = page.viewportSize()!;
      const editor = page.locator(".editor-instance .overflow-guard").first();
      const now = (await editor.boundingBox())!.width;
      await page.setViewportSize({ ...size, width: Math.round(size.width - now + width) });
      const end = async (name: string): Promise<number> => {
        const box = await page.locator(".codelens-decoration a", { hasText: name }).first().boundingBox();
        return box!.x + box!.width;
      };
      await until(`the editor has ${width} pixels, and ${names} are to be seen`, async () => {
        const [whole, minimap] = [await editor.boundingBox(), await page.locator(".minimap").first().boundingBox()];
        const ends = await Promise.all(names.map(end));
        return Math.abs(whole!.width - width) < 3 && Math.max(...ends) <= minimap!.x;
      }).finally(() => window.screenshot(`edit-narrow-${names.length}-${theme}`));
      await page.setViewportSize(size);
    };
    const lenses = async (): Promise<string> =>
      (await window.page.locator(".codelens-decoration").allInnerTexts()).join(" | ").replaceAll("\u00a0", " ");
    const text = (): Promise<string> => window.text();

    it("is asked for, streams in, is reviewed and accepted with the keyboard alone, and one undo takes it back", async () => {
      let go = (): void => {};
      const paused = new Promise<void>((resolve) => {
        go = resolve;
      });
      handler = async (_request, reply) => {
        const lines = ["```js", ...NEW.split("\n"), "```"];
        for (const [index, line] of lines.entries()) {
          await reply.write(chunk({ content: `${line}\n` }));
          if (index === 3) await paused;
          await reply.wait(30);
        }
        await reply.write(chunk({}, { finish_reason: "stop", usage: { prompt_tokens: 100, completion_tokens: 50 } }));
        reply.end("data: [DONE]\n\n");
      };
      const path = await openNew();
      await window.page.keyboard.press("Control+K");
      await window.page.keyboard.press("g");
      const input = window.page.locator(".quick-input-widget:visible input[type=text]");
      await input.waitFor();
      await window.page.keyboard.insertText("for-of로 바꿔 줘");
      await window.screenshot(`edit-asking-${theme}`);
      await window.page.keyboard.press("Enter");
      await until("the first lines are there", async () => (await text()).includes("for (const item of items) {"));
      await until("the lens says so", async () => /Stop[\s\S]*sent: 11 lines/.test(await lenses()));
      await window.screenshot(`edit-streaming-${theme}`);
      go();
      await until("it can be reviewed", async () => /Accept All/.test(await lenses()));
      await new Promise((resolve) => setTimeout(resolve, 500));
      await window.screenshot(`edit-review-${theme}`);
      await assertReachable(600, ["Accept All", "Reject All", "Next", "Diff"]);
      assert.equal(await text(), OLD.replace(OLD.slice(0, OLD.indexOf("}\n\n") + 1), NEW));
      assert.match(await lenses(), /\+2 −3/);

      await save(path);

      await window.page.keyboard.press("Control+K");
      await window.page.keyboard.press("Control+Y");
      await until("the lenses are gone", async () => (await lenses()) === "");
      assert.match(await text(), /sum \+= item\.price/);
      await window.page.keyboard.press("Control+Z");
      await until("the old text is back", async () => (await text()) === OLD);
    });

    it("is stopped with Escape, kept as incomplete, and can be continued", async () => {
      handler = stopsHalfWay;
      await openNew();
      void window.execute("runnel.editSelection", { instruction: "use for-of" });
      await until("the first lines are there", async () => (await text()).includes("for (const item of items) {"));
      await until("the lens says so", async () => /Stop/.test(await lenses()));
      await window.page.keyboard.press("Escape");
      await until("it can be continued", async () => /Continue[\s\S]*Incomplete/.test(await lenses()));
      await window.screenshot(`edit-incomplete-${theme}`);
      await assertReachable(600, ["Accept", "Reject", "Continue", "Diff"]);
      await window.execute("runnel.rejectEdit");
      await until("the old text is back", async () => (await text()) === OLD);
    });

    it("is there again for review after the window was reloaded right after saving", async () => {
      handler = chatStream(["```js\n", NEW, "\n```"]);
      const path = await openNew();
      await window.execute("runnel.editSelection", { instruction: "use for-of" });
      await until("the new lines are there", async () => (await text()).startsWith(NEW));
      await save(path);
      await window.reload();
      await window.openFile(basename(path));
      await until("it can be reviewed again", async () => /Accept All[\s\S]*\+2 −3/.test(await lenses()), 60_000);
      await window.screenshot(`edit-reloaded-${theme}`);
      await window.execute("runnel.rejectEdit");
      await until("the old text is back", async () => (await text()) === OLD);
      await until("the lenses are gone", async () => (await lenses()) === "");
    });

    it("that still streamed when the window was reloaded is taken back", async () => {
      handler = stopsHalfWay;
      const path = await openNew();
      void window.execute("runnel.editSelection", { instruction: "use for-of" });
      await until("the first lines are there", async () => (await text()).includes("for (const item of items) {"));
      await save(path);
      await window.reload();
      await window.openFile(basename(path));
      await until("the old text is back", async () => (await text()) === OLD, 60_000);
      await until("there is nothing to review", async () => (await lenses()) === "");
    });

    it("that was rejected leaves the file as it was", async () => {
      handler = chatStream(["```js\n", NEW, "\n```"]);
      await openNew();
      await window.execute("runnel.editSelection", { instruction: "use for-of" });
      await until("it can be reviewed", async () => /Reject All/.test(await lenses()));
      await window.page.keyboard.press("Control+K");
      await window.page.keyboard.press("Control+Z");
      await until("the old text is back", async () => (await text()) === OLD);
      await until("the lenses are gone", async () => (await lenses()) === "");
    });
  });
}
