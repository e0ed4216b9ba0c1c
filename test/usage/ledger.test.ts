import assert from "node:assert/strict";
import type { TurnOutcome } from "../../src/core/outcome.ts";
import { estimateTokens } from "../../src/usage/estimate.ts";
import { createLedger } from "../../src/usage/ledger.ts";
import { percentile } from "../../src/usage/statistics.ts";

const target = { provider: "p", model: "m" };
const outcome = (change: Partial<TurnOutcome>): TurnOutcome => ({
  kind: "completed",
  purpose: "chat",
  message: { role: "assistant", parts: [] },
  target,
  timings: { total: 10 },
  attempts: [],
  startedAt: 0,
  ...change,
});

describe("the ledger", () => {
  it("adds up amounts by currency and names what it does not know", () => {
    const ledger = createLedger();
    const usage = { inputTokens: 1, outputTokens: 1 };
    ledger.record(outcome({ usage, cost: { amount: 0.5, currency: "USD", source: "computed" } }));
    ledger.record(outcome({ usage, cost: { amount: 0.25, currency: "USD", source: "estimated" } }));
    ledger.record(outcome({ usage, cost: { amount: 100, currency: "KRW", source: "computed" } }));
    ledger.record(outcome({ usage }));
    ledger.record(outcome({ kind: "failed" }));
    const totals = ledger.totals();
    assert.deepEqual(
      [...totals.amounts],
      [
        ["USD", 0.75],
        ["KRW", 100],
      ],
    );
    assert.equal(totals.estimated, true);
    assert.equal(totals.unknown, 1);
    assert.equal(totals.turns, 5);
  });

  it("summarises the newest 50 latencies of a model", () => {
    const ledger = createLedger();
    for (let ttft = 1; ttft <= 60; ttft++) ledger.record(outcome({ timings: { total: 100, ttft } }));
    ledger.record(outcome({ target: { provider: "p", model: "other" }, timings: { total: 1, ttft: 9999 } }));
    ledger.record(outcome({ kind: "failed" }));
    assert.deepEqual(ledger.latency(target), { count: 50, p50: 35, p95: 58 });
    assert.deepEqual(ledger.latency({ provider: "p", model: "never" }), { count: 0 });
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
