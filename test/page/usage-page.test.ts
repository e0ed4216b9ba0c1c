// biome-ignore-all lint/performance/useDomNodeTextContent: innerText is Playwright's here and means what is visible
/** The usage report's page in a real browser: what it shows, what it posts, and what outlives a new report. */

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { after, afterEach, before, describe, it } from "mocha";
import { defined } from "../../src/core/defined.ts";
import type { ToUsage, UsagePage, UsageRow, UsageTexts } from "../../src/money/usage-protocol.ts";
import { ChatBrowser, type ChatPage, type ThemeKind } from "./support/chat-page.ts";

const texts: UsageTexts = {
  ...{ title: "Usage", range: "Period", from: "From", to: "To" },
  ranges: {
    ...{ today: "Today", week: "Last 7 days", month: "This month" },
    ...{ "last-month": "Last month", all: "All", custom: "Custom dates" },
  },
  ...{ exportCsv: "Export as CSV", exportJson: "Export as JSON", importUsage: "Import…" },
  ...{ total: "Total", cost: "Cost", answers: "Answers" },
  ...{ inputTokens: "Input tokens", cachedTokens: "of these cached", outputTokens: "Output tokens", tokens: "Tokens" },
  ...{ unknown: "unknown: {count}", updated: "Usage: {total}", nothing: "No requests in this period." },
  ...{ budget: "Budget", overTime: "Over Time", asTable: "By day, as a table" },
  ...{ chartByDay: "{measure}, {count} days, most {most}, {when}", chartByMonth: "{measure} by month" },
  ...{ byTarget: "By model", byProvider: "By provider", byPurpose: "By purpose" },
  ...{ model: "Model", provider: "Provider", purpose: "Purpose", day: "Day" },
  purposes: { chat: "Chat", edit: "Edits" },
  ...{ answersList: "Largest Answers", answersHint: "If a provider charged something else, correct it.", time: "Time" },
  ...{ correct: "Correct…", correctedFrom: "corrected, recorded: {amount}", unknownCost: "unknown" },
  ...{ elsewhere: "The Same Tokens Elsewhere", elsewhereHint: "An estimate.", elsewhereEmpty: "No price is known." },
  ...{ noDifference: "No difference is shown.", chooseModels: "Choose Models…", difference: "Difference" },
  ...{ paid: "Paid", priceFrom: "Price from", origins: { settings: "configured", table: "price table" } },
};

const row = (name: string, dollars: number, change: Partial<UsageRow> = {}): UsageRow => ({
  ...{ name, turns: 12, inputTokens: 48_210, cachedTokens: 12_000, outputTokens: 9_731 },
  ...{ amounts: [{ currency: "USD", amount: dollars }], estimated: false, estimatedTokens: false, unknown: 0 },
  ...change,
});
const days = Array.from({ length: 26 }, (_, index) => `2026-11-${String(index + 1).padStart(2, "0")}`);
const values = days.map((_, index) => (index % 7 > 4 ? 0 : ((index * 37) % 11) / 10 + 0.02));
const sample: UsagePage = {
  range: { name: "month", from: "2026-11-01", to: "2026-11-26" },
  total: row("", 4.2042042, {
    amounts: [
      { currency: "CNY", amount: 3 },
      { currency: "USD", amount: 4.2042042 },
    ],
    ...{ estimated: true, unknown: 2 },
  }),
  byTarget: [
    row("anthropic/claude-sonnet-5", 3.1),
    row("openai/gpt-5.4-mini", 1.1042042),
    row("local/llama", 0, { amounts: [], estimatedTokens: true, unknown: 2 }),
  ],
  byProvider: [row("anthropic", 3.1), row("openai", 1.1042042)],
  byPurpose: [row("chat", 4), row("edit", 0.2042042)],
  byDay: days.map((day, index) => row(day, values[index]!)).filter(({ amounts }) => amounts[0]!.amount > 0),
  chart: {
    ...{ unit: "day", names: days },
    series: [
      { currency: "CNY", values: days.map((_, index) => (index === 9 ? 3 : 0)) },
      { currency: "USD", values },
    ],
  },
  answers: [
    {
      ...{ id: "a1", time: Date.UTC(2026, 10, 20, 9, 30), name: "anthropic/claude-sonnet-5", purpose: "chat" },
      ...{ amount: { currency: "USD", amount: 0 }, estimated: false, recorded: { currency: "USD", amount: 1.2 } },
    },
    {
      ...{ id: "a2", time: Date.UTC(2026, 10, 21, 10), name: "openai/gpt-5.4-mini", purpose: "edit" },
      ...{ amount: { currency: "USD", amount: 0.42 }, estimated: true },
    },
    { id: "a3", time: Date.UTC(2026, 10, 22, 11), name: "relay/some-model", purpose: "quantum", estimated: false },
  ],
  elsewhere: [
    { name: "deepseek/deepseek-v4-flash", origin: "table", amount: 0.31, currency: "USD", difference: -3.8942042 },
    { name: "openai/gpt-5.5", origin: "settings", amount: 9.5, currency: "USD", difference: 5.2957958 },
  ],
  budget: [{ period: "day", limit: 2, spent: 1.7, currency: "USD", text: "$1.70 of today's budget of $2.00 is used." }],
  prices: "List prices are those of genai-prices, as of 2026-11-26.",
  remarks: ["Your budget does not count: requests of unknown cost: 2."],
};

describe("usage report page", function () {
  this.timeout(90_000);
  let browser: ChatBrowser;
  let chat: ChatPage;

  const show = async (page: UsagePage = sample, locale = "en"): Promise<void> => {
    const message: ToUsage = { type: "report", page, texts, locale };
    await chat.page.evaluate((data) => window.postMessage(data, "*"), message);
    await chat.settle();
  };
  const byId = (id: string) => chat.page.getByTestId(id);
  const open = async (kind?: ThemeKind): Promise<void> => {
    chat = await browser.open({ width: 1000, height: 1500, ...defined({ kind }) });
  };

  before(async () => {
    browser = await ChatBrowser.start("usage");
  });
  after(async () => {
    await browser?.close();
  });
  afterEach(async () => {
    await chat.close();
    assert.deepEqual(chat.problems, []);
  });

  it("keeps currencies apart, marks estimates and counts what is unknown", async () => {
    await open();
    await show();
    assert.match(await byId("usage-total").innerText(), /~¥3\.00 \+ ~\$4\.20\s+unknown: 2/);
    const local = chat.page.getByRole("row", { name: "local/llama" });
    assert.match(await local.innerText(), /~48,210\s+~9,731/);
    assert.equal(await byId("usage-total").locator("dd").first().getAttribute("title"), "3 CNY + 4.2042042 USD");
    assert.equal(await byId("usage-chart").count(), 2);
    const name = await byId("usage-chart").last().locator("svg").getAttribute("aria-label");
    assert.equal(name, "USD, 26 days, most $1.02, Nov 9, 2026");
    assert.match(await byId("usage-elsewhere").innerText(), /deepseek-v4-flash\s+price table\s+~\$0\.31\s+−~\$3\.89/);
    assert.equal(await byId("usage-budget").getByRole("meter").getAttribute("aria-valuenow"), "85");
    const heights = await byId("usage-chart")
      .last()
      .locator(".bar")
      .evaluateAll((bars) => bars.map((each) => Number(each.getAttribute("height"))));
    assert.equal(Math.max(...heights), 100);
    assert.equal(heights.filter((height) => height === 0).length, values.filter((value) => value === 0).length);
  });

  it("is worked with the keyboard alone, and a new report takes neither focus nor what is unfolded", async () => {
    await open();
    await show();
    await chat.page.keyboard.press("Tab");
    await chat.page.keyboard.press("ArrowDown");
    assert.deepEqual(chat.posted.at(-1), {
      type: "choose-range",
      name: "last-month",
      from: "2026-11-01",
      to: "2026-11-26",
    });
    await byId("usage-days").locator("summary").press("Enter");
    await show({ ...sample, total: row("", 5) });
    assert.equal(await byId("usage-days").getAttribute("open"), "");
    assert.equal(await chat.page.evaluate(() => document.activeElement?.tagName), "SUMMARY");
    assert.equal(await byId("usage-days").locator("tbody tr").count(), sample.byDay.length);
    assert.equal(await chat.page.getByRole("status").textContent(), "Usage: $5.00");
    for (const [label, message] of [
      ["Export as CSV", { type: "export", format: "csv" }],
      ["Export as JSON", { type: "export", format: "json" }],
      ["Import…", { type: "import" }],
      ["Choose Models…", { type: "choose-models" }],
    ] as const) {
      await chat.page.getByRole("button", { name: label }).press("Enter");
      assert.deepEqual(chat.posted.at(-1), message);
    }
  });

  it("offers each of the dearest answers for correction, by keyboard, and keeps the focus there", async () => {
    await open();
    await show();
    const answers = byId("usage-answer");
    assert.equal(await answers.count(), 3);
    assert.match(await answers.nth(0).innerText(), /claude-sonnet-5[\s\S]*\$0\s+corrected, recorded: \$1\.20/);
    assert.match(await answers.nth(1).innerText(), /~\$0\.42/);
    assert.match(await answers.nth(2).innerText(), /quantum\s+unknown/);
    const button = chat.page.getByRole("button", { name: /^Correct… openai\/gpt-5\.4-mini, .*~\$0\.42$/ });
    await button.press("Enter");
    assert.deepEqual(chat.posted.at(-1), { type: "correct", id: "a2" });
    const [first, second, third] = sample.answers!;
    await show({ ...sample, answers: [second!, first!, third!] });
    assert.equal(await chat.page.evaluate(() => (document.activeElement as HTMLElement).dataset.answer), "a2");
    await show({ ...sample, answers: [] });
    assert.equal(await byId("usage-answers").isVisible(), false);
  });

  it("asks for custom dates, and says when nothing was asked", async () => {
    await open();
    const nothing = { byTarget: [], byProvider: [], byPurpose: [], byDay: [], elsewhere: [], budget: [] };
    await show({
      ...sample,
      ...nothing,
      range: { name: "custom", from: "2026-10-01" },
      total: row("", 0, { amounts: [] }),
    });
    assert.equal(await byId("usage-nothing").isVisible(), true);
    assert.equal(await byId("usage-elsewhere").isVisible(), false);
    await byId("usage-to").fill("2026-10-31");
    assert.deepEqual(chat.posted.at(-1), {
      type: "choose-range",
      name: "custom",
      from: "2026-10-01",
      to: "2026-10-31",
    });
  });

  for (const kind of ["vscode-light", "vscode-dark", "vscode-high-contrast", "vscode-high-contrast-light"] as const) {
    it(`is drawn in ${kind} without anything being cut off`, async () => {
      await open(kind);
      await show();
      await chat.page.evaluate(() => {
        document.body.style.background = "var(--vscode-editor-background)";
      });
      const wide = await chat.page.evaluate(() => {
        const root = document.querySelector(".usage")!;
        return root.scrollWidth > root.clientWidth;
      });
      assert.equal(wide, false);
      const folder = process.env.RUNNEL_SCREENSHOTS;
      if (folder === undefined) return;
      mkdirSync(folder, { recursive: true });
      for (const width of [1000, 420]) {
        await chat.page.setViewportSize({ width, height: 2600 });
        await chat.page.screenshot({ path: `${folder}/usage-${kind}-${width}.png` });
      }
    });
  }
});
