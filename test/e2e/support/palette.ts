/** Runs commands as a person does, through the command palette. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { root } from "../../../scripts/setup/index.mjs";
import { until } from "../../support/until.ts";
import type { Driver } from "./driver.ts";

/** Takes a title with its category ("Runnel: Open Chat"; English works in every language) or an id ("runnel.openChat"). */
export async function runInPalette(page: Page, driver: Driver, titleOrId: string): Promise<void> {
  const title = titleOf(titleOrId);
  const input = page.locator(".quick-input-widget:visible .quick-input-box input");
  const wanted = `>${title}`;
  // Something that takes the focus just then (a view that is being shown) closes the palette: it is opened again.
  await until(
    "the palette takes what is typed",
    async () => {
      await openPalette(page, driver, input);
      await input.fill(wanted, { timeout: 2000 });
      return (await input.inputValue({ timeout: 1000 })) === wanted;
    },
    60_000,
  );
  const row = await until(`the palette offers "${title}"`, () => findRow(page, title), 60_000);
  await page.locator(".quick-input-list .monaco-list-row").nth(row).click();
  // The palette closes, or the command puts a question of its own in the same place.
  await until("the palette took the command", async () => {
    const shown = await input.evaluateAll((elements) => elements.map((element) => (element as HTMLInputElement).value));
    return !shown.includes(wanted);
  });
}

async function openPalette(page: Page, driver: Driver, input: Locator): Promise<void> {
  // Only where a question is open: in an editor Escape would take the selection away.
  if (await input.isVisible()) await page.keyboard.press("Escape");
  await page.keyboard.press("F1");
  // A webview or a dialog may keep the key for itself.
  const opened = await input.waitFor({ timeout: 1500 }).then(
    () => true,
    () => false,
  );
  if (opened) return;
  await driver.execute("workbench.action.showCommands");
  await input.waitFor({ timeout: 3000 });
}

/** What the palette offers for some typed text, one entry per row; closes it again. */
export async function offeredInPalette(page: Page, driver: Driver, typed: string): Promise<string[]> {
  await driver.execute("workbench.action.quickOpen", `>${typed}`);
  const rows = await until("the palette shows commands", async () => {
    const texts = await rowTexts(page);
    return texts.length > 0 && texts;
  });
  await page.keyboard.press("Escape");
  return rows.map((lines) => lines.join(" "));
}

async function findRow(page: Page, title: string): Promise<number | undefined> {
  const row = (await rowTexts(page)).findIndex((lines) => lines.includes(title));
  return row < 0 ? undefined : row;
}

/** The English title of one of Runnel's commands, as the palette shows it; anything else is a title already. */
function titleOf(titleOrId: string): string {
  const command = read("package.json").contributes.commands.find((entry: Command) => entry.command === titleOrId);
  if (!command) return titleOrId;
  const title = command.title.replace(
    /^%(.*)%$/,
    (whole: string, key: string) => read("package.nls.json")[key] ?? whole,
  );
  return `${command.category}: ${title}`;
}

interface Command {
  command: string;
  title: string;
  category: string;
}

// biome-ignore lint/suspicious/noExplicitAny: manifests of our own, read as they are
function read(name: string): any {
  return JSON.parse(readFileSync(join(root, name), "utf8"));
}

/** The lines of each row: the title, and beneath or beside it the English title, a hint, a key binding. */
async function rowTexts(page: Page): Promise<string[][]> {
  const texts = await page.locator(".quick-input-list .monaco-list-row").allInnerTexts();
  return texts.map((text) => text.split("\n").map((line) => line.trim()));
}
