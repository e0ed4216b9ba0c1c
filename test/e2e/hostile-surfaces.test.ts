/** Each surface on which Runnel shows words, in a real window with many hostile texts: none comes to life, all can be read. */
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { cacheFolder, root } from "../../scripts/setup/index.mjs";
import { until } from "../support/until.ts";
import { assertNothingLive, shownIn } from "./support/live.ts";
import { closeAfterwards, type EditorWindow, openWindow } from "./support/window.ts";

const LINK = "[See_which](command:workbench.action.closeAllEditors)";
const hostile = [
  LINK,
  `name ${LINK}.pem`,
  "[See_which](command:workbench.action.closeAllEditors 'a title')",
  "[x](COMMAND:workbench.action.closeAllEditors?%5B%5D)",
  "[x](https://evil.example/?q=1)",
  "[x](file:///etc/passwd)",
  "[x](vscode://evil.ext/run)",
  `[[x](command:a)](command:b)${LINK}](command:c)`,
  "[x]\n(command:workbench.action.closeAllEditors)",
  "[x]\u200b(command:workbench.action.closeAllEditors)",
  "![i](https://evil.example/pixel.png)",
  "[![i](https://evil.example/pixel.png)](command:workbench.action.closeAllEditors)",
  '<img src="https://evil.example/pixel.png"> <a href="command:workbench.action.closeAllEditors">x</a>',
  "[x][1]\n\n[1]: https://evil.example/",
  "<https://evil.example/> https://evil.example/ www.evil.example evil@evil.example",
  "$(zap)",
  "\\$(zap) \\\\$(zap~spin)",
  "$($(zap)) $(zap)$(zap)",
  `| a | $(zap) |\n|---|---|\n| ${LINK} | ![i](https://evil.example/pixel.png) |`,
  `\`\`\`\n${LINK}\n\`\`\``,
  `a\n   \`\`\`\`\n${LINK} ![i](https://evil.example/pixel.png)\n   \`\`\`\`\n~~~`,
  "&#91;x&#93;&#40;command:workbench.action.closeAllEditors&#41;",
  "photo\u202egpj.exe \u2066x\u2069",
  "a\u0000b\u0007c\u001b[31md\fe",
  `${"a".repeat(400)}${LINK}${"b".repeat(400)}`,
  `${LINK} `.repeat(2000),
  `e${"\u0301".repeat(3000)} ${LINK}`,
];
/** All of them at once: what is cut away by a short surface is shown there by the next. */
const groups = [hostile.slice(0, 4), hostile.slice(4, 8), hostile.slice(8, 12), hostile.slice(12, 15)]
  .concat([hostile.slice(15, 18), hostile.slice(18, 20), hostile.slice(20, 22), hostile.slice(22, 24)])
  .map((group) => group.join(" · "));

describe("A hostile text on each surface of VS Code", () => {
  let window: EditorWindow;

  before(async () => {
    const folder = join(cacheFolder("show"), "extension");
    cpSync(join(root, "test/e2e/support/show"), folder, { recursive: true });
    await build({
      entryPoints: [join(root, "test/vscode/support/show.ts")],
      outfile: join(folder, "show.cjs"),
      bundle: true,
      platform: "node",
      format: "cjs",
      external: ["vscode"],
      logLevel: "error",
    });
    window = await openWindow({ workspace: { "a.txt": "one two three\n" }, extensions: [folder], theme: "dark" });
    await window.openFile("a.txt", { line: 1, character: 0 });
    await window.activate("runnel-development.show");
  });

  closeAfterwards(() => ({ window }));
  afterEach(async () => {
    await window.execute("show.over");
    await window.page.keyboard.press("Escape");
    await window.execute("notifications.clearAll");
  });

  /** Shows each text there, waits until `place` has words, and looks. */
  const tryAll = async (surface: string, place: string, texts: readonly string[], after?: () => Promise<void>) => {
    for (const text of texts) {
      await window.execute(`show.${surface}`, text);
      await until(
        `${surface} is shown`,
        async () => {
          // A toast is there for some seconds only.
          if (place.startsWith(".notification")) await window.execute("notifications.showList");
          return (await shownIn(window.page, place)).trim() !== "";
        },
        20_000,
      );
      await after?.();
      await assertNothingLive(window.page);
      assert.equal(await window.page.locator(".tabs-container .tab", { hasText: "a.txt" }).count(), 1);
    }
  };
  const hover = async (place: string): Promise<void> => {
    const { page } = window;
    await page.mouse.move(5, 400);
    await until("no hover is left", async () => (await page.locator(".monaco-hover:visible").count()) === 0);
    await page
      .locator(place)
      .first()
      .hover({ position: { x: 8, y: 8 } });
    await until("the hover is there", async () => (await shownIn(page, ".monaco-hover")) !== "", 20_000);
  };

  it("has no link in notifications, their buttons, and why a command failed", async () => {
    await tryAll("notifications", ".notification-list-item-message", hostile);
    await window.screenshot("surface-notifications");
    await window.execute("notifications.clearAll");
    for (const text of groups)
      await window.execute("runCommands", { commands: [{ command: "show.error", args: text }] });
    await window.execute("notifications.showList");
    await until("they are listed", async () => (await shownIn(window.page, ".notifications-center")).includes("See_"));
    await assertNothingLive(window.page);
  });

  it("has none in the progress of something", async () => {
    await tryAll("progress", ".notification-list-item-message", groups, async () => {
      await assertNothingLive(window.page);
      await window.execute("show.over");
    });
  });

  it("shows it in a dialog as it is", async () => {
    for (const text of groups.slice(0, 4)) {
      await window.execute("show.dialog", text);
      await until("it asks", async () => (await shownIn(window.page, ".monaco-dialog-box")).trim() !== "");
      await assertNothingLive(window.page);
      await window.page.keyboard.press("Escape");
      await until("it is gone", async () => (await window.page.locator(".monaco-dialog-box").count()) === 0);
    }
  });

  it("has no icon in the status bar, and no Markdown in a tooltip", async () => {
    const item = "[id='runnel-development.show.show.item']";
    await tryAll("status", item, hostile);
    for (const text of groups) await tryAll("status", item, [text], () => hover(item));
    await window.screenshot("surface-status");
    await window.execute("show.status", "\\$(zap) $(zap)");
    await until("it is as it was given", async () => (await shownIn(window.page, item)).includes("\\$(zap) $(zap)"));
  });

  it("has nothing alive in picks, nor in the hovers over their rows", async () => {
    const row = ".quick-input-list .monaco-list-row";
    await tryAll("open", row, hostile);
    for (const kind of ["pick", "picks"]) await tryAll(kind, row, groups);
    for (const text of groups) {
      await tryAll("described", row, [text], () => hover(`${row} .label-description`));
      await tryAll("described", row, [text], () => hover(`${row} .quick-input-list-label-meta .label-name`));
    }
    await window.screenshot("surface-pick");
    const ordinary = "src/app/[id]/page (1).tsx a*b_c 한국어.ts";
    await window.execute("show.open", ordinary);
    await until("an ordinary name is itself", async () => (await shownIn(window.page, row)).includes(ordinary));
    await window.screenshot("surface-pick-ordinary");
  });

  it("has nothing alive in input boxes", async () => {
    await tryAll("prompt", ".quick-input-title", hostile);
    for (const kind of ["input", "problem"]) await tryAll(kind, ".quick-input-title", groups);
    await window.screenshot("surface-input");
  });

  it("has nothing alive over a text editor", async () => {
    await tryAll("editor", ".codelens-decoration", hostile);
    for (const text of groups) await tryAll("editor", ".codelens-decoration", [text], () => hover(".view-line"));
    await window.screenshot("surface-editor");
  });

  it("has nothing alive in the title of a tab", async () => {
    for (const text of groups) await tryAll("tab", ".tabs-container", [text]);
    await hover(".tabs-container .tab:nth-child(2)");
    await assertNothingLive(window.page);
    await window.screenshot("surface-tab");
  });
});
