/** Hostile words of servers, repositories and settings on their real way into VS Code's own surfaces: nothing comes to life. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { chatEvents, done, event } from "../support/chat.ts";
import { type Handler, startServer, type TestServer } from "../support/server.ts";
import { until } from "../support/until.ts";
import { assertNothingLive, shownIn } from "./support/live.ts";
import { closeAfterwards, type EditorWindow, openWindow } from "./support/window.ts";

const LINK = "[See_which](command:workbench.action.closeAllEditors)";
const NAME = `k${LINK} $(zap).pem`;
const IMAGE = "![i](https://evil.example/pixel.png)";
const OLD = `function one() {
   \`\`\`\`
${IMAGE} [x](https://evil.example/) ${LINK}
   \`\`\`\`
  return "\u202eadmin"; //\f
}
`;

describe("Hostile words in VS Code's own surfaces", () => {
  let server: TestServer;
  let handler: Handler;
  let window: EditorWindow;

  before(async () => {
    server = await startServer((request, reply) => handler(request, reply));
    const models = [{ id: `m${LINK}$(zap)`, name: `Model $(zap) ${IMAGE} ${LINK}` }];
    window = await openWindow({
      settings: {
        "runnel.providers": [
          { id: "local", name: `Local $(zap) ${LINK}`, protocol: "openai-chat", baseUrl: `${server.url}/v1`, models },
        ],
        "runnel.chatModel": `local/${models[0]!.id}`,
        "scm.alwaysShowRepositories": true,
      },
      theme: "dark",
      workspace: { "a.txt": "one\n", [NAME]: "secret\n", [`b${NAME}.ts`]: OLD },
    });
    await window.openFile("a.txt");
  });

  beforeEach(() => window.execute("notifications.clearAll"));
  closeAfterwards(() => ({ window, server }));

  const message = ".notification-list-item-message";
  const tabs = (): Promise<number> => window.page.locator(".tabs-container .tab").count();
  /** Waits for the notification, clicks on its words, and leaves none. */
  const notified = async (words: string, picture?: string): Promise<void> => {
    const before = await tabs();
    assert.ok(before > 0);
    await until(`a notification says ${words}`, async () => (await said()).includes(words));
    if (picture !== undefined) await window.screenshot(picture);
    const link = window.page.locator(`${message} a`).first();
    if (await link.isVisible()) await link.click();
    else await window.page.locator(message).first().click();
    await window.page.waitForTimeout(300);
    assert.equal(await tabs(), before, "a click ran a command");
    await assertNothingLive(window.page);
    await window.execute("notifications.clearAll");
  };
  /** What notifications say, also those whose toasts are over. */
  const said = async (): Promise<string> => {
    await window.execute("notifications.showList");
    return shownIn(window.page, message);
  };
  const git = (...args: string[]): void => {
    execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@b.example", ...args], { cwd: window.folder });
  };

  it("shows what a server reports after a commit message, and a file that may hold a secret, as words", async () => {
    handler = async (_request, reply) => {
      reply.head(200, { "content-type": "text/event-stream" });
      const late = event({ error: { message: `Quota. ${LINK} \u202egpj.exe`, type: "server_error" } });
      for (const piece of chatEvents(["Add a key"])) await reply.write(piece === done ? late + done : piece);
      reply.end();
    };
    git("init", "--quiet");
    git("checkout", "--quiet", "-b", "main");
    git("add", "a.txt", NAME);
    await window.execute("git.openRepository", window.folder);
    await until("the repository is there", async () => {
      await window.execute("runnel.generateCommitMessage");
      const shown = await said();
      if (!shown.includes("no Git repository")) return true;
      await window.execute("notifications.clearAll");
      return false;
    });
    await until("both are said", async () => {
      const shown = await said();
      return shown.includes("was not sent") && shown.includes("the server reported");
    });
    const shown = await said();
    await notified("was not sent", "hostile-commit");
    assert.ok(shown.includes(`reported: Quota. ${LINK.replace("](", "] (")} ⟨U+202E⟩gpj.exe`), shown);
  });

  it("shows the name of a file that cannot be attached as words", async () => {
    const path = join(window.folder, `binary${NAME}`);
    writeFileSync(path, "x".repeat(300_000));
    await window.execute("runnel.addFileToChat", `file://${encodeURI(path)}`);
    await notified("is too large to attach", "hostile-attach");
  });

  it("shows why a command failed as words", async () => {
    const path = join(window.folder, "missing", LINK, "usage.csv");
    const command = { command: "runnel.exportUsage", args: { format: "csv", path } };
    await window.execute("runCommands", { commands: [command] });
    await notified("ENOENT");
  });

  it("shows models, their providers and what a server says of them as words in a pick", async () => {
    handler = async (_request, reply) => {
      const ids = [`listed $(zap)`, `${IMAGE} listed`, `listed${LINK}`];
      reply.head(200, { "content-type": "application/json" });
      reply.end(JSON.stringify({ data: ids.map((id) => ({ id })) }));
    };
    const { page } = window;
    void window.execute("runnel.selectModel");
    const list = ".quick-input-list";
    await until("the models are listed", async () => (await shownIn(page, list)).includes("listed"));
    await window.screenshot("hostile-models");
    await assertNothingLive(page);
    // The hover over a description or a detail is Markdown.
    const details = page.locator(
      `${list} .label-description:visible, ${list} .quick-input-list-label-meta .label-name:visible`,
    );
    for (let index = 0; index < Math.min(4, await details.count()); index++) {
      await details.nth(index).hover();
      await page.waitForTimeout(700);
      await assertNothingLive(page);
    }
    await page.keyboard.press("Escape");
  });

  it("shows what a connection test was told as words", async () => {
    handler = async (_request, reply) => {
      reply.head(400, { "content-type": "application/json" });
      reply.end(JSON.stringify({ error: { message: `No. ${LINK} $(zap) ${IMAGE} see https://evil.example/` } }));
    };
    const { page } = window;
    void window.execute("runnel.testConnection", { provider: "local" });
    await until("it says what", async () => (await shownIn(page, ".quick-input-list")).includes("It says"));
    await window.screenshot("hostile-connection");
    await assertNothingLive(page);
    const reasons = page.locator(".quick-input-list .quick-input-list-label-meta .label-name:visible");
    const reason = reasons.filter({ hasText: "It says" }).first();
    await until("the hover is there", async () => {
      // While the list grows, its rows change places and one that was found is hidden.
      await reason.hover({ position: { x: 8, y: 8 }, timeout: 3000 }).catch(() => {});
      return (await shownIn(page, ".monaco-hover")).includes("It says");
    });
    await assertNothingLive(page);
    await page.keyboard.press("Escape");
  });

  it("asks for a key of a provider by its name as words", async () => {
    const { page } = window;
    void window.execute("runnel.setApiKey", { provider: "local" });
    // The title of the pick before may still be there.
    const title = `Local $(zap) ${LINK}`;
    await until("it asks", async () => (await shownIn(page, ".quick-input-title")).includes(title));
    await window.screenshot("hostile-key");
    await assertNothingLive(page);
    await page.keyboard.press("Escape");
    await window.execute("workbench.action.closeQuickOpen");
  });

  it("shows the chosen model in the status bar and its tooltip as words", async () => {
    const { page } = window;
    await window.updateSettings({ "runnel.failover": [] });
    const meter = page.locator("[id='runnel.runnel.runnel.meter']");
    await meter.hover();
    await until("the tooltip is there", async () => (await shownIn(page, ".monaco-hover")).includes("See_which"));
    await window.screenshot("hostile-meter");
    await assertNothingLive(page);
    await page.mouse.move(600, 300);
  });

  it("asks in a dialog with foreign words as they are", async () => {
    const { page } = window;
    const endpoint = `http://127.0.0.1:9/${LINK}$(zap)`;
    await page.bringToFront();
    await window.updateSettings({ "runnel.openTelemetry": { endpoint, content: true } });
    await until("it asks", async () => (await shownIn(page, ".monaco-dialog-box")).includes(endpoint));
    await window.screenshot("hostile-dialog");
    await assertNothingLive(page);
    await page.keyboard.press("Escape");
    await window.updateSettings({ "runnel.openTelemetry": undefined });
  });

  it("shows removed code in a hover that it cannot leave, and a file's name in the tab of its differences", async () => {
    handler = async (_request, reply) => {
      reply.head(200, { "content-type": "text/event-stream" });
      for (const piece of chatEvents(["```ts\nfunction one() {\n  return 1;\n}\n```"])) await reply.write(piece);
      reply.end();
    };
    const { page } = window;
    await window.openFile(`b${NAME}.ts`, { line: 0, character: 0 }, { line: 5, character: 1 });
    await window.execute("runnel.editSelection", { instruction: "Simplify." });
    const lens = page.locator(".codelens-decoration a", { hasText: "Accept" });
    await lens.first().waitFor();
    await assertNothingLive(page);
    await until("the hover is there", async () => {
      for (const one of await page.locator(".view-line [class*='ced-']").all()) {
        await one.hover({ timeout: 2000 }).catch(() => {});
        await page.waitForTimeout(700);
        if ((await shownIn(page, ".monaco-hover")).includes("Removed")) return true;
      }
      return false;
    });
    await window.screenshot("hostile-hover");
    await assertNothingLive(page);
    await page.keyboard.press("Escape");
    await window.execute("runnel.showEditDiff");
    await until("its tab is there", async () => (await shownIn(page, ".tabs-container")).includes("before and after"));
    await window.screenshot("hostile-tab");
    await assertNothingLive(page);
  });
});
