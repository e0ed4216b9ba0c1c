/** Money in real windows: one amount everywhere it is shown, a budget over two windows, the look of the report. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Frame } from "playwright-core";
import { exactAmount } from "../../src/core/format.ts";
import type { LedgerEntry } from "../../src/money/ledger-entry.ts";
import { chatStream } from "../support/chat.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { until } from "../support/until.ts";
import { closeAfterwards, type EditorWindow, openWindow } from "./support/window.ts";

const usage = { prompt_tokens: 1234, completion_tokens: 89, prompt_tokens_details: { cached_tokens: 617 } };
/** (617 × 0.28 + 617 × 0.028 + 89 × 0.42) / 1,000,000 */
const amount = 0.000227416;
const exact = `${amount} USD`;

describe("Money in windows", () => {
  let server: TestServer;
  let window: EditorWindow;

  before(async () => {
    server = await startServer(chatStream(["It ", "works."], { usage, delayMs: 30 }));
    const models = [{ id: "m", name: "Model M", price: { input: 0.28, output: 0.42, cacheRead: 0.028 } }];
    window = await openWindow({
      settings: {
        "runnel.providers": [{ id: "local", protocol: "openai-chat", baseUrl: `${server.url}/v1`, models }],
        "runnel.chatModel": "local/m",
        "workbench.activityBar.location": "hidden",
      },
      theme: "dark",
      workspace: { "a.txt": "one\n" },
    });
  });

  closeAfterwards(() => ({ window, server }));

  const ask = async (where: EditorWindow): Promise<Frame> => {
    const chat = await where.chat();
    const answers = chat.locator("[data-testid=message][data-role=assistant]");
    const before = await answers.count();
    await chat.getByTestId("composer").click();
    await where.page.keyboard.insertText("Does it work?");
    await where.page.keyboard.press("Enter");
    await until("an end", async () => {
      const states = await answers.evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.state));
      return states.length > before && states.at(-1) !== "streaming";
    });
    return chat;
  };
  const report = (): Promise<Frame> =>
    until("the report is there", async () => {
      for (const frame of window.page.frames()) {
        const total = frame.getByTestId("usage-total").locator("dd").first();
        if (await total.isVisible().catch(() => false)) return frame;
      }
      return undefined;
    });
  const exported = async (format: string): Promise<string> => {
    const path = join(window.folder, `usage.${format}`);
    assert.equal(await window.execute("runnel.exportUsage", { format, path }), path);
    return readFileSync(path, "utf8");
  };

  it("says what a turn cost in the message, the status bar, the report and both exports, to the last digit", async () => {
    const chat = await ask(window);
    const cost = chat.getByTestId("message-meta").last().locator(".meta-cost");
    assert.equal(await cost.innerText(), "$0.00023");
    assert.match((await cost.getAttribute("title")) ?? "", new RegExp(`^${exact} · Computed from your settings$`));
    const meter = window.page.locator("[id='runnel.runnel.runnel.meter']");
    await until("the meter shows it", async () => / · \$0\.00023$/.test(await meter.innerText()));
    await until("the meter's tooltip has all digits", async () => {
      await meter.hover();
      return (await window.page.locator(".monaco-hover:visible").allInnerTexts()).some((text) => text.includes(exact));
    });
    await window.runCommand("Runnel: Show Usage");
    const total = (await report()).getByTestId("usage-total").locator("dd").first();
    assert.equal(await total.innerText(), "$0.00023");
    assert.equal(await total.getAttribute("title"), exact);
    const row = (await exported("csv")).trimEnd().split("\r\n")[1]!.split(",");
    assert.deepEqual(row.slice(7, 11), ["1234", "617", "89", ""]);
    assert.deepEqual(row.slice(12), [String(amount), "USD", "computed"]);
    const entries = JSON.parse(await exported("json")) as LedgerEntry[];
    assert.deepEqual(
      entries.map(({ cost }) => cost && exactAmount(cost.amount, cost.currency)),
      [exact],
    );
  });

  it("keeps the next question of another window from leaving once this one has used up the budget", async () => {
    const other = await window.openAnother({ "b.txt": "two\n" });
    await other.updateSettings({ "runnel.budget": { daily: 0.0003, onExceeded: "block" } });
    await ask(window);
    const before = server.requests.length;
    const chat = await ask(other);
    const error = chat.getByTestId("error").last();
    assert.equal(await error.getAttribute("data-kind"), "no-credit");
    assert.match(await error.innerText(), /Your budget of \$0\.00030 a day is used up: \$0\.00045 today\./);
    await other.screenshot("money-blocked");
    assert.equal(server.requests.length, before, "nothing left");
    await other.page.close();
    await window.updateSettings({ "runnel.budget": undefined });
  });

  it("shows a month of several models and currencies in every theme", async () => {
    const path = join(window.folder, "other-machine.json");
    writeFileSync(path, JSON.stringify(someEntries()));
    await window.updateSettings({ "runnel.budget": { daily: 20, monthly: 60 } });
    assert.deepEqual(await window.execute("runnel.importUsage", { path }), { added: 60, known: 0, unreadable: 0 });
    assert.deepEqual(await window.execute("runnel.importUsage", { path }), { added: 0, known: 60, unreadable: 0 });
    await window.execute("notifications.clearAll");
    await window.execute("workbench.action.closeAuxiliaryBar");
    await window.execute("workbench.action.closeSidebar");
    const page = await report();
    await page.getByTestId("usage-range").selectOption("all");
    const total = page.getByTestId("usage-total").locator("dd").first();
    await until("the imported costs are there", async () => /¥3\.00/.test(await total.innerText()));
    for (const theme of ["light", "dark", "high-contrast", "high-contrast-light"] as const) {
      await window.showTheme(theme);
      await page.locator(".usage").evaluate((usage) => usage.scrollTo(0, 0));
      await window.screenshot(`money-report-${theme}`);
    }
    await page.locator(".usage").evaluate((usage) => usage.scrollTo(0, usage.scrollHeight));
    await window.screenshot("money-report-end");
    await window.page.setViewportSize({ width: 700, height: 800 });
    await page.locator(".usage").evaluate((usage) => usage.scrollTo(0, 0));
    await window.screenshot("money-report-narrow");
    assert.equal(await page.locator(".usage").evaluate((usage) => usage.scrollWidth <= usage.clientWidth), true);
  });
});

/** Sixty requests of the last thirty days. */
function someEntries(): LedgerEntry[] {
  const models = ["openai/gpt-5.4-mini", "anthropic/claude-sonnet-5", "team/deepseek-v4-flash", "ollama/qwen3:8b"];
  return Array.from({ length: 60 }, (_, index) => {
    const [provider, model] = models[index % 4]!.split("/") as [string, string];
    const cost = [
      { amount: 0.0123 * index, currency: "USD", source: "computed" as const },
      { amount: 0.0511 * index, currency: "USD", source: "computed" as const },
      { amount: 0.2, currency: "CNY", source: "estimated" as const },
      undefined,
    ][index % 4];
    return {
      ...{ v: 1, id: `of-another-machine-${index}`, time: Date.now() - (60 - index) * 43_200_000, provider, model },
      ...{ purpose: (["chat", "edit", "commit"] as const)[index % 3]!, outcome: "completed" },
      usage: { inputTokens: 12_345 + index * 431, outputTokens: 812 + index * 7, cacheReadTokens: 4000 },
      ...(cost && { cost }),
    };
  });
}
