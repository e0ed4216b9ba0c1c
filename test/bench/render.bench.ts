// What it costs the browser to show an answer while it streams, beside plain text on the same page.
//
// Frames follow each other without waiting for a screen, so that the long answer takes minutes and not a quarter of an
// hour; FRAMES=60 makes them wait. Times are processor time of the page's main thread, because other work on the machine
// must not count.
import type { Browser, CDPSession } from "playwright-core";
import { bundleForPage, launchBrowser, openPage } from "../markdown/support/page.ts";
import { answerText } from "./support/answer-text.ts";
import type { RenderRun } from "./support/render-page.ts";
import { longestTask, type TraceEvent } from "./support/trace.ts";

declare function run(options: RenderRun): Promise<number>;

/** Deltas of 4 characters, 4 deltas for each frame: 8,000 and 64,000 tokens. */
const perFrame = 16;
const short = 8000 * 4;
const long = 64_000 * 4;
const rounds = Number(process.env.ROUNDS ?? 3);
const freeFrames = process.env.FRAMES === "60" ? [] : ["--disable-frame-rate-limit", "--disable-gpu-vsync"];

interface Cost {
  /** Script, style and layout, in milliseconds. */
  readonly work: number;
  /** All tasks: also painting and what the browser needs for itself. */
  readonly tasks: number;
  readonly script: number;
  readonly layout: number;
  readonly longest: number;
}

const browser = await launchBrowser(freeFrames);
try {
  const files = await bundleForPage(new URL("support/render-page.ts", import.meta.url));
  await measure(browser, files, "ours", 4000);
  const ours: Cost[] = [];
  const reference: Cost[] = [];
  for (let round = 0; round < rounds; round++) {
    reference.push(await measure(browser, files, "reference", short));
    ours.push(await measure(browser, files, "ours", short));
  }
  const whole = await measure(browser, files, "ours", long);
  ours.push(await measure(browser, files, "ours", short));
  report("render-8k", {
    ours: median(ours, "work"),
    reference: median(reference, "work"),
    ratio: ratio(median(ours, "work"), median(reference, "work")),
    target: 1.5,
    oursTasks: median(ours, "tasks"),
    referenceTasks: median(reference, "tasks"),
    tasksRatio: ratio(median(ours, "tasks"), median(reference, "tasks")),
    oursScript: median(ours, "script"),
    oursLayout: median(ours, "layout"),
    ourLongestTaskMs: median(ours, "longest"),
    longestTarget: 16,
  });
  const growth = long / short;
  report("render-64k", {
    ours: whole.work,
    oursAt8k: median(ours, "work"),
    ratio: ratio(whole.work / growth, median(ours, "work")),
    target: 1.2,
    oursTasks: whole.tasks,
    tasksRatio: ratio(whole.tasks / growth, median(ours, "tasks")),
    oursScript: whole.script,
    oursLayout: whole.layout,
    ourLongestTaskMs: whole.longest,
    longestTarget: 50,
  });
} finally {
  await browser.close();
}

async function measure(
  browser: Browser,
  files: { script: string; style: string },
  kind: RenderRun["kind"],
  length: number,
): Promise<Cost> {
  const page = await openPage(browser, files);
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await browser.startTracing(page, { categories: ["toplevel"] });
  const before = await metrics(session);
  await page.evaluate((options) => run(options), { kind, text: answerText(length), perFrame });
  const after = await metrics(session);
  const trace = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  await page.close();
  if (page.problems.length > 0) throw new Error(page.problems.join("\n"));
  const spent = (name: string) => (after.get(name)! - before.get(name)!) * 1000;
  const [script, layout] = [spent("ScriptDuration"), spent("LayoutDuration")];
  const work = script + layout + spent("RecalcStyleDuration");
  return { work, tasks: spent("TaskDuration"), script, layout, longest: longestTask(trace.traceEvents) };
}

async function metrics(session: CDPSession): Promise<Map<string, number>> {
  const { metrics } = await session.send("Performance.getMetrics");
  return new Map(metrics.map(({ name, value }) => [name, value]));
}

function median(costs: readonly Cost[], name: keyof Cost): number {
  const values = costs.map((cost) => cost[name]).sort((one, other) => one - other);
  return values[Math.floor(values.length / 2)]!;
}

function ratio(one: number, other: number): number {
  return Math.round((one / other) * 100) / 100;
}

function report(name: string, values: Readonly<Record<string, number>>): void {
  const rounded = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      value < 100 ? Math.round(value * 100) / 100 : Math.round(value),
    ]),
  );
  console.log(JSON.stringify({ name, ...rounded }));
}
