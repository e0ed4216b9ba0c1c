/** The comparison in a window: from the first look over the yes to the table, the answers, and one of them in the chat. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Frame } from "playwright-core";
import { chatStream } from "../support/chat.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { until } from "../support/until.ts";
import { closeAfterwards, type EditorWindow, openWindow } from "./support/window.ts";

const prose = [
  "## Why it matters\n\n",
  "A **stream** shows the first words while the rest is still being written, so nobody looks at an empty page. ",
  "한국어 답변도 마찬가지입니다.\n\n",
  "```ts\nfor await (const piece of answer) show(piece);\n```\n\n",
  "- the wait feels short\n- a wrong answer can be stopped early\n",
];
const themes = {
  light: "Light Modern",
  dark: "Dark Modern",
  "high-contrast": "Default High Contrast",
  "high-contrast-light": "Default High Contrast Light",
};

describe("A comparison in a window", () => {
  let server: TestServer;
  let window: EditorWindow;
  let held: (() => void) | undefined;

  before(async () => {
    const usage = { prompt_tokens: 61, completion_tokens: 412 };
    const quick = chatStream(prose, { usage, delayMs: 20 });
    const slow = chatStream(prose, { usage: { ...usage, completion_tokens: 380 }, delayMs: 30, firstDelayMs: 200 });
    server = await startServer(async (request, reply) => {
      if (request.json.model === "closed") {
        reply.head(402, { "content-type": "application/json" });
        return reply.end(JSON.stringify({ error: { message: "Insufficient Balance" } }));
      }
      if (request.json.model === "quick" && held === undefined) await new Promise<void>((go) => (held = go));
      return (request.json.model === "quick" ? quick : slow)(request, reply);
    });
    const models = [
      { id: "quick", name: "Quick V3", price: { input: 0.28, output: 0.42 } },
      { id: "slow", name: "A Model With a Rather Long Name 2026-11-20" },
      { id: "closed", name: "Closed", price: { input: 3, output: 15 } },
      ...["third", "fourth", "fifth"].map((id, index) => ({
        ...{ id, name: `Model of the ${id} kind`, price: { input: index + 1, output: 4 * (index + 1) } },
      })),
    ];
    window = await openWindow({
      settings: {
        "runnel.providers": [
          { id: "local", name: "Team relay", protocol: "openai-chat", baseUrl: `${server.url}/v1`, models },
        ],
        "runnel.chatModel": "local/quick",
        "runnel.failover": ["local/slow"],
        "workbench.activityBar.location": "hidden",
      },
      theme: "dark",
      workspace: { "a.txt": "one\n" },
    });
  });

  closeAfterwards(() => ({ window, server }));

  const page = (): Promise<Frame> =>
    until("the comparison is there", async () => {
      for (const frame of window.page.frames()) {
        if (
          await frame
            .getByTestId("compare")
            .isVisible()
            .catch(() => false)
        )
          return frame;
      }
      return undefined;
    });
  const inEveryTheme = async (name: string): Promise<void> => {
    for (const [theme, colorTheme] of Object.entries(themes)) {
      await window.updateSettings({ "workbench.colorTheme": colorTheme });
      await window.page.waitForTimeout(600);
      await window.screenshot(`compare-${name}-${theme}`);
    }
    await window.updateSettings({ "workbench.colorTheme": themes.dark });
  };

  it("explains itself and takes a model more", async () => {
    await window.runCommand("Runnel: Compare Models");
    const compare = await page();
    const models = compare.getByTestId("compare-models").getByRole("listitem");
    await until("the chat's model and its stand-in are chosen", async () => (await models.count()) === 2);
    await window.screenshot("compare-first");
    await compare.getByTestId("add-model").click();
    await window.page.locator(".quick-input-widget input").waitFor();
    await window.page.keyboard.type("Closed");
    await window.page.keyboard.press("Enter");
    await until("the third model is chosen", async () => (await models.count()) === 3);
    await models.nth(1).getByRole("button").focus();
    await window.page.keyboard.press("Enter");
    await until("one is taken out by the keyboard", async () => (await models.count()) === 2);
    assert.equal(await compare.evaluate(() => document.activeElement?.getAttribute("aria-label")), "Remove Closed");
    await window.execute("runnel.compareModels", { models: ["local/quick", "local/slow", "local/closed"] });
    await until("all three are chosen", async () => (await models.count()) === 3);
  });

  it("tells the cost, runs on a yes, and nothing moves while figures come in", async () => {
    const compare = await page();
    await compare.getByTestId("compare-question").selectOption({ label: "Text of 1,000 tokens" });
    assert.match(await compare.getByTestId("compare-prompt").inputValue(), /1,000 tokens/);
    await compare.getByTestId("compare-rounds").selectOption("2");
    await compare.getByTestId("compare-prepare").click();
    const plan = compare.getByTestId("compare-plan");
    await until("the plan is told", async () =>
      /^6 requests, about ~\$0\.\d+; /.test((await plan.textContent()) ?? ""),
    );
    assert.equal(server.requests.filter(({ method }) => method === "POST").length, 0);
    assert.equal(await compare.evaluate(() => document.activeElement?.getAttribute("data-testid")), "compare-start");
    await window.screenshot("compare-plan");
    await compare.getByTestId("compare-start").click();
    await until("the first is asked", () => held !== undefined);
    const places = () =>
      compare
        .getByTestId("compare-table")
        .locator("th, td")
        .evaluateAll((cells) => cells.map((cell) => JSON.stringify(cell.getBoundingClientRect())));
    await compare.getByTestId("compare-stop").waitFor();
    await window.screenshot("compare-running");
    assert.equal(await compare.evaluate(() => document.activeElement?.getAttribute("data-testid")), "compare-stop");
    assert.deepEqual(
      await compare.evaluate(() => [document.body.scrollTop, document.documentElement.scrollTop]),
      [0, 0],
    );
    const before = await places();
    held!();
    const progress = compare.getByTestId("compare-progress");
    await until("all is measured", async () => /^5 of 6/.test((await progress.textContent()) ?? ""));
    await compare.getByTestId("compare-prepare").waitFor();
    const after = await places();
    assert.deepEqual(
      after.filter((place, index) => place !== before[index]),
      [],
    );
    assert.deepEqual(await compare.locator("[data-figure=success] .value").allTextContents(), ["2/2", "2/2", "0/1"]);
  });

  it("shows the answers next to each other and what was wrong in the chat's words", async () => {
    const compare = await page();
    const answers = compare.getByTestId("compare-answer");
    assert.deepEqual(await answers.evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.state)), [
      "complete",
      "complete",
      "failed",
    ]);
    assert.equal(await answers.first().locator("h2, strong").first().textContent(), "Why it matters");
    assert.match((await answers.last().getByTestId("error").textContent()) ?? "", /has no credit left/);
    await window.screenshot("compare-done");
    await window.page.setViewportSize({ width: 1720, height: 1000 });
    await inEveryTheme("wide");
    await window.page.setViewportSize({ width: 1280, height: 800 });
    await compare.getByTestId("compare-shown-round").selectOption({ label: "Round 2" });
    assert.equal(await answers.last().getAttribute("data-state"), "left-out");
    assert.match((await answers.nth(1).textContent()) ?? "", /the wait feels short/);
  });

  it("is one table to a screen reader, with one place that speaks", async () => {
    const compare = await page();
    const table = compare.getByTestId("compare-table");
    assert.equal(await table.locator("caption").textContent(), "Speed and cost by model");
    assert.equal(await table.locator("thead th[scope=col]").count(), 10);
    assert.equal(await table.locator("tbody th[scope=row]").count(), 3);
    assert.equal(await compare.locator("[aria-live]").count(), 1);
    assert.match((await compare.getByTestId("announcer").textContent()) ?? "", /^The comparison ended\. 5 of 6/);
  });

  it("keeps what it found while it is out of sight, and puts an answer into the chat", async () => {
    await window.openFile("a.txt");
    await window.runCommand("Runnel: Compare Models");
    const compare = await page();
    await until("the table is back", async () => (await compare.locator("[data-figure=ttft]").count()) === 3);
    await compare.getByTestId("compare-keep").first().click();
    const chat = await window.chat();
    await chat.getByTestId("message").nth(1).waitFor();
    assert.match((await chat.getByTestId("message-text").last().textContent()) ?? "", /the wait feels short/);
    await window.screenshot("compare-kept");
  });

  it("compares six models over rounds, is stopped in the middle, and keeps and saves what there is", async () => {
    held ??= () => {};
    await window.execute("workbench.action.closeAuxiliaryBar");
    await window.execute("workbench.action.closeSidebar");
    await window.page.setViewportSize({ width: 1200, height: 900 });
    const targets = ["quick", "slow", "closed", "third", "fourth", "fifth"].map((id) => `local/${id}`);
    await window.execute("runnel.compareModels", { models: targets, prompt: "Why stream?", rounds: 3 });
    const compare = await page();
    const models = compare.getByTestId("compare-models").getByRole("listitem");
    await until("all six are chosen", async () => (await models.count()) === 6);
    assert.equal(await compare.getByTestId("add-model").getAttribute("aria-disabled"), "true");
    await compare.getByTestId("compare-prepare").click();
    const plan = compare.getByTestId("compare-plan");
    await until("the plan is told", async () => /^18 requests/.test((await plan.textContent()) ?? ""));
    const before = server.requests.length;
    await compare.getByTestId("compare-start").click();
    const progress = compare.getByTestId("compare-progress");
    await until("the second round runs", async () => /^[89] of 18/.test((await progress.textContent()) ?? ""), 60_000);
    await window.screenshot("compare-six-running");
    await compare.getByTestId("compare-stop").click();
    await compare.getByTestId("compare-prepare").waitFor();
    const asked = server.requests.length - before;
    assert.ok(asked >= 9 && asked < 18, `${asked} requests`);
    const success = await compare.locator("[data-figure=success] .value").allTextContents();
    assert.equal(success[2], "0/1");
    assert.match((await progress.textContent()) ?? "", /^\d+ of 18 requests done/);
    for (const width of [1200, 700]) {
      await window.page.setViewportSize({ width, height: 900 });
      await compare.getByTestId("compare-table").scrollIntoViewIfNeeded();
      const root = compare.getByTestId("compare");
      await until("the page is as wide as its place", () => root.evaluate((one) => one.scrollWidth <= one.clientWidth));
      await window.screenshot(`compare-six-${width}`);
      await compare.getByTestId("compare-answer").first().scrollIntoViewIfNeeded();
      await window.screenshot(`compare-six-answers-${width}`);
    }
    await compare.getByTestId("compare-keep").first().click();
    const chat = await window.chat();
    await until("it is in the chat", async () => {
      return /Why stream\?/.test(await chat.getByTestId("message").nth(-2).innerText());
    });
    for (const [format, wanted] of [
      ["md", /^# Comparison of Models[\s\S]+\| local\/fifth \|[\s\S]+### local\/quick, Round 1/],
      ["csv", /^time,round,provider,model[\s\S]+,2,local,/],
    ] as const) {
      await compare.getByTestId(`compare-save-${format}`).click();
      const place = window.page.locator(".quick-input-widget:visible input");
      await place.waitFor();
      const text = await until("the file is there", async () => {
        const name = readdirSync(window.folder).find((each) => each.endsWith(`.${format}`));
        if (name !== undefined) return readFileSync(join(window.folder, name), "utf8");
        if (/comparison-/.test(await place.inputValue({ timeout: 1000 }))) await window.page.keyboard.press("Enter");
        return undefined;
      });
      assert.match(text, wanted);
    }
  });
});
