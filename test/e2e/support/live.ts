/** What of a hostile text came to life in a window: links, icons and images where VS Code shows words of extensions. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";

/** The places in which words of extensions are shown. */
const places = [
  ".notification-list-item-message",
  ".monaco-dialog-box",
  ".quick-input-widget",
  "[id^='runnel.runnel']",
  ".codelens-decoration",
  ".monaco-hover",
  ".tabs-container",
];

/** Links that are buttons of VS Code or of ours, which no text makes. */
const buttons = ".action-label, .monaco-button, .codelens-decoration > a, .statusbar-item-label, .label-name";

/** Fails when there is a link, an icon "zap" or an image in one of the places. */
export async function assertNothingLive(page: Page): Promise<void> {
  const found = await page.evaluate(
    ({ places, buttons }) =>
      places.flatMap((place) =>
        [...document.querySelectorAll(place)].flatMap((element) =>
          [...element.querySelectorAll("a, img, .codicon-zap")]
            .filter((one) => !one.matches(buttons))
            .map((one) => one.outerHTML.slice(0, 300)),
        ),
      ),
    { places, buttons },
  );
  assert.deepEqual(found, []);
}

/** What is shown in such a place, with spaces as spaces. */
export async function shownIn(page: Page, selector: string): Promise<string> {
  const texts = await page.locator(selector).allInnerTexts();
  return texts.join("\n").replaceAll("\u00a0", " ");
}
