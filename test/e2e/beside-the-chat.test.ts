/** What Runnel does in places of VS Code's own: the source control view and the terminal. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { chatStream, chunk } from "../support/chat.ts";
import { type Handler, startServer, type TestServer } from "../support/server.ts";
import { until } from "../support/until.ts";
import { closeAfterwards, type EditorWindow, openWindow } from "./support/window.ts";

describe("Beside the chat", () => {
  let server: TestServer;
  let handler: Handler;
  let window: EditorWindow;
  const asked = () => server.requests.at(-1)?.json.messages?.at(-1)?.content ?? "";

  before(async () => {
    server = await startServer((request, reply) => handler(request, reply));
    const models = [{ id: "m", name: "Model M" }];
    window = await openWindow({
      settings: {
        "runnel.providers": [{ id: "local", protocol: "openai-chat", baseUrl: `${server.url}/v1`, models }],
        "runnel.chatModel": "local/m",
      },
      theme: "dark",
      workspace: { "a.txt": "one\n" },
    });
  });

  closeAfterwards(() => ({ window, server }));

  it("writes a commit message into the box as it streams, and stops where it was begun", async () => {
    const { page, folder } = window;
    const git = (...args: string[]) => execFileSync("git", args, { cwd: folder });
    git("init", "--quiet");
    git("add", "a.txt");
    writeFileSync(join(folder, "a.txt"), "two\n");
    await window.execute("git.openRepository", folder);
    await window.execute("workbench.view.scm");
    const scm = page.locator(".part.sidebar");
    const box = scm.locator(".scm-editor .view-lines").first();
    handler = async (_request, reply) => {
      await reply.write(chunk({ content: "Begin with one" }));
      await reply.stall();
    };
    await scm.getByRole("button", { name: /Generate Commit Message/ }).click();
    // The box shows hard spaces.
    await until("the message grows", async () => /Begin\swith\sone/.test(await box.innerText()));
    assert.match(asked(), /^\+one$/m);
    await window.screenshot("commit-message");
    await scm.getByRole("button", { name: /^Stop/ }).click();
    await server.requests.at(-1)!.over;
    await scm.getByRole("button", { name: /Generate Commit Message/ }).waitFor();
    assert.match(await box.innerText(), /Begin\swith\sone/);
  });

  it("explains what is selected in the terminal and leaves the clipboard as it was", async () => {
    const { page } = window;
    const screen = page.locator(".terminal-wrapper.active .xterm-screen");
    handler = chatStream(["It says hello."]);
    await window.execute("workbench.action.terminal.new");
    await screen.waitFor();
    await window.execute("workbench.action.terminal.sendSequence", { text: "echo hel''lo\r" });
    await page.evaluate(() => navigator.clipboard.writeText("what lay there"));
    const before = server.requests.length;
    await until(
      "the output of the terminal is in the question",
      async () => {
        // What is selected before the shell has answered holds no more than the prompt.
        await window.execute("workbench.action.terminal.focus");
        await window.execute("workbench.action.terminal.selectAll");
        await screen.click({ button: "right", position: { x: 200, y: 5 } });
        await page.getByRole("menuitem", { name: "Runnel" }).hover({ timeout: 3000 });
        await window.screenshot("terminal-menu");
        await page.getByRole("menuitem", { name: "Explain Terminal Selection" }).click({ timeout: 3000 });
        await until("the model is asked", () => server.requests.length > before, 5000);
        return /^hello$/m.test(asked());
      },
      60_000,
    );
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "what lay there");
    const chat = await window.chat();
    await chat.getByText("It says hello.").last().waitFor();
  });

  it("leaves the clipboard as it was when the same is asked for again and again at once", async () => {
    const { page } = window;
    await window.execute("workbench.action.terminal.focus");
    await page.evaluate(() => navigator.clipboard.writeText("what lay there"));
    const all: Promise<unknown>[] = [];
    for (let count = 0; count < 8; count++) {
      all.push(window.execute("runnel.explainTerminalSelection"));
      // So that one begins while another has the clipboard.
      await page.waitForTimeout(3);
    }
    await Promise.all(all);
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "what lay there");
  });
});
