import assert from "node:assert/strict";
import type { TurnOutcome } from "../../src/core/outcome.ts";
import { estimateTokens } from "../../src/money/estimate.ts";
import { summarizeLatency } from "../../src/money/latency.ts";
import { createLedger } from "../../src/money/ledger.ts";
import { memoryFiles } from "../../src/money/ledger-files.ts";
import { costOfLoads } from "../../src/money/load.ts";
import { amountsOf } from "../../src/money/report.ts";
import { percentile } from "../../src/money/statistics.ts";
import { outcome, paid, target } from "../support/outcomes.ts";

describe("the ledger", () => {
  it("adds up amounts by currency and names what it does not know", async () => {
    const ledger = createLedger();
    const usage = { inputTokens: 1, outputTokens: 1 };
    await ledger.record(outcome({ usage, cost: { amount: 0.1, currency: "USD", source: "computed" } }));
    await ledger.record(outcome({ usage, cost: { amount: 0.2, currency: "USD", source: "estimated" } }));
    await ledger.record(outcome({ usage, cost: { amount: 100, currency: "KRW", source: "computed" } }));
    await ledger.record(outcome({ usage }));
    await ledger.record(outcome({ kind: "failed" }));
    const { today } = ledger.spending();
    assert.deepEqual(
      [...today.amounts],
      [
        ["USD", 0.3],
        ["KRW", 100],
      ],
    );
    assert.equal(today.estimated, true);
    assert.equal(today.unknown, 1);
    assert.equal(today.turns, 5);
  });

  it("books an attempt that failed to whom it was made, and counts the turn once", async () => {
    const ledger = createLedger();
    const usage = { inputTokens: 5 };
    const cost = { amount: 0.5, currency: "USD", source: "estimated" as const };
    const other = { provider: "q", model: "n" };
    await ledger.record({ ...paid(1), attempts: [{ target: other, usage, cost }, { target: other }, { target }] });
    const { total, byTarget } = await ledger.report();
    assert.deepEqual(total.turns, { completed: 1, stopped: 0, incomplete: 0, failed: 0 });
    assert.deepEqual(amountsOf(byTarget.get("q/n")!), new Map([["USD", 0.5]]));
    assert.deepEqual(amountsOf(byTarget.get("p/m")!), new Map([["USD", 1]]));
    assert.equal(byTarget.get("q/n")?.inputTokens, 5);
  });

  it("knows hour, day and month of the person's clock, across the files of two months", async () => {
    let now = new Date(2026, 10, 1, 0, 30).getTime();
    const files = memoryFiles();
    const ledger = createLedger({ files, now: () => now });
    const spend = (amount: number, time: number) => ledger.record({ ...paid(amount), startedAt: time });
    const hour = 3_600_000;
    await spend(1, now - hour);
    await spend(2, now - 20 * 60_000);
    await spend(4, now);
    const sums = () => {
      const { hour, today, month } = ledger.spending();
      return [hour, today.amounts, month.amounts].map((amounts) => amounts.get("USD") ?? 0);
    };
    assert.deepEqual(sums(), [6, 6, 6]);
    now += 2 * hour;
    assert.deepEqual(sums(), [0, 6, 6]);
    now += 48 * hour;
    assert.deepEqual(sums(), [0, 0, 6]);
    now = new Date(2026, 11, 1).getTime();
    assert.deepEqual(sums(), [0, 0, 0]);
    const { byDay } = await ledger.report({ from: "2026-11-01", to: "2026-11-01" });
    assert.deepEqual([...byDay.keys()], ["2026-11-01"]);
    assert.deepEqual([...(await ledger.report()).byDay.keys()], ["2026-10-31", "2026-11-01"]);
  });

  it("keeps what it could not write, says so, and writes it later once", async () => {
    const memory = memoryFiles();
    let isFull = true;
    const errors: string[] = [];
    const ledger = createLedger({
      files: {
        ...memory,
        append: async (month, text) => {
          if (isFull) throw new Error("no space left on device");
          await memory.append(month, text);
        },
      },
      logger: { trace() {}, debug() {}, info() {}, warn() {}, error: (text) => errors.push(text) },
    });
    await ledger.record(paid(1));
    await ledger.record(paid(2));
    assert.equal(ledger.trouble, "no space left on device");
    assert.equal(errors.length, 1);
    assert.equal(ledger.spending().today.amounts.get("USD"), 3);
    assert.equal(amountsOf((await ledger.report()).total).get("USD"), 3);
    isFull = false;
    await ledger.record(paid(4));
    assert.equal(ledger.trouble, undefined);
    assert.equal(ledger.spending().today.amounts.get("USD"), 7);
    const other = createLedger({ files: memory });
    await other.refresh();
    assert.equal(other.spending().today.amounts.get("USD"), 7);
  });

  it("tries once more to write what it holds when the window is closed", async () => {
    const memory = memoryFiles();
    let isFull = true;
    const append = async (month: string, text: string) => {
      if (isFull) throw new Error("no space left on device");
      await memory.append(month, text);
    };
    const ledger = createLedger({ files: { ...memory, append } });
    await ledger.record(paid(1));
    isFull = false;
    await ledger.flush();
    assert.equal(ledger.trouble, undefined);
    assert.equal(amountsOf((await createLedger({ files: memory }).report()).total).get("USD"), 1);
  });

  it("tells what the same tokens would have cost elsewhere", async () => {
    const ledger = createLedger();
    await ledger.record({ ...paid(1), usage: { inputTokens: 1_000_000, outputTokens: 500_000 } });
    const { loads } = await ledger.report();
    const price = { input: 2, output: 8, currency: "USD" };
    const cost = costOfLoads(loads, () => ({ price, origin: "vendor" }));
    assert.deepEqual([cost?.amount, cost?.source], [6, "estimated"]);
  });

  it("does not book what never left", async () => {
    const ledger = createLedger();
    const nobody: TurnOutcome = { ...outcome({ kind: "failed" }), target: { provider: "", model: "" } };
    await ledger.record(nobody);
    assert.equal(ledger.spending().today.turns, 0);
  });

  it("takes in only entries whose every field makes sense", async () => {
    const whole = {
      ...{ v: 1, id: "a", time: Date.now(), ...target, purpose: "chat", outcome: "completed" },
      ...{ answeredBy: "m-2", ttft: 5, total: 9, tokensPerSecond: 40 },
      usage: { inputTokens: 1, outputTokens: 2, estimated: true },
      cost: { amount: 1, currency: "USD", source: "computed" },
    };
    const broken = [
      { time: Date.UTC(10_000, 0) },
      { time: -1 },
      { attempt: "yes" },
      { answeredBy: 5 },
      { total: null },
      { tokensPerSecond: "fast" },
      { usage: { inputTokens: true } },
      { usage: { estimated: 1 } },
      { cost: { ...whole.cost, source: 5 } },
      { cost: { ...whole.cost, amount: "1" } },
    ].map((change, index) => ({ ...whole, id: `broken-${index}`, ...change }));
    const ledger = createLedger();
    const result = await ledger.import(JSON.stringify([whole, ...broken]));
    assert.deepEqual(result, { added: 1, known: 0, unreadable: broken.length });
    assert.equal((await ledger.report()).total.turns.completed, 1);
    const last = { ...whole, id: "b", time: Date.UTC(10_000, 0) - 1 };
    assert.equal((await ledger.import(JSON.stringify([last]))).added, 1);
    assert.equal((await ledger.report()).total.turns.completed, 2);
  });

  it("summarises the newest 50 latencies of a model", async () => {
    const ledger = createLedger();
    for (let ttft = 1; ttft <= 60; ttft++) {
      await ledger.record(outcome({ timings: { total: 100, ttft }, tokensPerSecond: ttft * 2 }));
    }
    await ledger.record(
      outcome({ target: { provider: "p", model: "other" }, timings: { total: 1, ttft: 9999 }, attempts: [] }),
    );
    await ledger.record(outcome({ kind: "failed" }));
    const { trend, ...summary } = ledger.latency(target);
    assert.deepEqual(summary, { count: 50, p50: 35, p95: 58, rate: { p50: 70, slow: 26 } });
    assert.equal(trend, "slower");
    assert.deepEqual(ledger.latency({ provider: "p", model: "never" }), { count: 0 });
  });
});

describe("the trend of a model's latency", () => {
  const trend = (...times: number[]) => summarizeLatency([times.map((ttft, time) => [time, ttft])]).trend;
  const usual = [300, 320, 310, 330, 305, 315, 325, 335, 312, 318];

  it("is told when the newest turns leave the usual range, not for one slow turn, nor from too little", () => {
    assert.equal(trend(...usual, 310, 320, 315), undefined);
    assert.equal(trend(...usual, 310, 2000, 315), undefined);
    assert.equal(trend(...usual, 900, 2000, 315), "slower");
    assert.equal(trend(...usual, 100, 110, 315), "faster");
    assert.equal(trend(...usual, 340, 341, 342), undefined, "outside, but hardly");
    assert.equal(trend(300, 900, 900, 900), undefined);
  });
});

describe("a percentile", () => {
  it("is a value that was measured, by nearest rank", () => {
    assert.equal(percentile([], 0.5), undefined);
    assert.equal(percentile([7], 0.95), 7);
    assert.equal(percentile([3, 1, 2], 0.5), 2);
    assert.equal(percentile([4, 1, 3, 2], 0.5), 2);
    assert.equal(percentile([1, 2, 3, 4], 1), 4);
    assert.equal(percentile([1, 2, 3, 4], 0), 1);
  });
});

describe("an estimate of tokens", () => {
  it("counts Hangul, kana and Han by the character and Latin text by four", () => {
    assert.equal(estimateTokens(""), 0);
    assert.equal(estimateTokens("abcdefgh"), 2);
    assert.equal(estimateTokens("안녕하세요안녕하세요"), 7);
    assert.ok(estimateTokens("长期主义的重要性") >= 5);
    assert.ok(estimateTokens("ありがとう") >= 3);
  });
});
