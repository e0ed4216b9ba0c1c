/** What the tests of the chat's page share: a page before each test, its parts by name, and messages of the host. */
import assert from "node:assert/strict";
import type { Locator } from "playwright-core";
import type { ToWebview } from "../../../src/chat/protocol.ts";
import { ChatBrowser, type ChatPage } from "./chat-page.ts";
import { assistant, measures, state, texts } from "./chat-samples.ts";

export const snapshot = (...args: Parameters<typeof state>) => ({
  type: "snapshot" as const,
  state: state(...args),
  texts,
  locale: "en",
});
export const streaming = (id = "a1", change = {}) => assistant(id, "", { state: "streaming", ...change });
export const ended = (change: Partial<Extract<ToWebview, { type: "message-ended" }>["message"]> = {}, id = "a1") => ({
  type: "message-ended" as const,
  id,
  message: { id, role: "assistant" as const, state: "complete" as const, measures, ...change },
});
export const delta = (text: string, id = "a1") => ({ type: "delta" as const, id, text });
/** Longer than a click after send and stop swapped is ignored, in milliseconds. */
export const settled = 450;

/** Gives each test of the `describe` a page of its own, which must have had no problems at the end. */
export function eachOnAPage(take: (page: ChatPage, browser: ChatBrowser) => void): void {
  let browser: ChatBrowser;
  let page: ChatPage;
  before(async () => {
    browser = await ChatBrowser.start();
  });
  after(async () => {
    await browser?.close();
  });
  beforeEach(async () => {
    page = await browser.open();
    take(page, browser);
  });
  afterEach(async () => {
    await page.close();
    assert.deepEqual(page.problems, []);
  });
}

/** The parts of the page that most tests look at. */
export function partsOf(chat: () => ChatPage) {
  const byId = (id: string): Locator => chat().page.getByTestId(id);
  return {
    byId,
    composer: () => byId("composer"),
    answer: () => byId("message").last(),
    focused: () => chat().page.evaluate(() => document.activeElement?.getAttribute("data-testid")),
    announced: () => byId("announcer").textContent(),
  };
}
