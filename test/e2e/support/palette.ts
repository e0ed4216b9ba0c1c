/** Runs commands as a person does, through the command palette. */
import type { Page } from "playwright-core";
import type { Driver } from "./driver.ts";
import { until } from "./until.ts";

/** Takes a title with its category ("Runnel: Open Chat"; English works in every language) or an id ("runnel.openChat"). */
export async function runInPalette(page: Page, driver: Driver, titleOrId: string): Promise<void> {
  const input = page.locator(".quick-input-widget:visible .quick-input-box input");
  await page.keyboard.press("Escape");
  await page.keyboard.press("F1");
  // A webview or a dialog may keep the key for itself.
  const opened = await input.waitFor({ timeout: 1500 }).then(
    () => true,
    () => false,
  );
  if (!opened) {
    await driver.execute("workbench.action.showCommands");
    await input.waitFor();
  }
  const wanted = `>${titleOrId}`;
  await input.fill(wanted);
  const row = await until(`the palette offers "${titleOrId}"`, () => findRow(page, titleOrId), 20_000);
  await page.locator(".quick-input-list .monaco-list-row").nth(row).click();
  // The palette closes, or the command puts a question of its own in the same place.
  await until("the palette took the command", async () => {
    return (await input.count()) === 0 || (await input.inputValue()) !== wanted;
  });
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

let previous = "";

/** The number of the wanted row. By id there is only the one exact match, once the list has settled. */
async function findRow(page: Page, titleOrId: string): Promise<number | undefined> {
  const rows = await rowTexts(page);
  const byTitle = rows.findIndex((lines) => lines.includes(titleOrId));
  if (byTitle >= 0) return byTitle;
  const settled = JSON.stringify(rows) === previous;
  previous = JSON.stringify(rows);
  const isId = /^[\w-]+(\.[\w-]+)+$/.test(titleOrId);
  return isId && settled && rows.length === 1 && rows[0]?.[0] !== "No matching commands" ? 0 : undefined;
}

/** The lines of each row: the title, and beneath or beside it the English title, a hint, a key binding. */
async function rowTexts(page: Page): Promise<string[][]> {
  const texts = await page.locator(".quick-input-list .monaco-list-row").allInnerTexts();
  return texts.map((text) => text.split("\n").map((line) => line.trim()));
}
