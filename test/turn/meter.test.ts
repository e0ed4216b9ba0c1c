import assert from "node:assert/strict";
import { estimateTokens } from "../../src/money/estimate.ts";
import { addMeasures } from "../../src/turn/measures.ts";
import { liveRate, type MeterState, meterEvent, silentFor, startMeter } from "../../src/turn/meter.ts";

describe("the live meter", () => {
  const feed = (pieces: string[], gap: number): { state: MeterState; at: number } => {
    let state = startMeter(0);
    let at = 100;
    for (const text of pieces) {
      state = meterEvent(state, { type: "text-delta", text }, at);
      at += gap;
    }
    return { state, at: at - gap };
  };

  it("counts the same tokens however small the pieces are", () => {
    const text = "const greeting = 'hello'; ".repeat(20);
    const { state } = feed([...text], 1);
    assert.ok(state.phase === "streaming");
    assert.equal(Math.ceil(state.tokens), estimateTokens(text));
  });

  it("shows no rate of the past once nothing comes any more", () => {
    const { state, at } = feed(Array(20).fill("some text "), 50);
    assert.ok(liveRate(state, at) !== undefined);
    assert.equal(liveRate(state, at + 3000), undefined);
    assert.equal(silentFor(state, at + 1000), undefined);
    assert.equal(silentFor(state, at + 3000), 3);
  });

  it("knows how long a pause lasts, and that it is over when the request is on its way", () => {
    let state = meterEvent(startMeter(0), { type: "notice", code: "retrying", seconds: 2, count: 1 }, 500);
    assert.deepEqual(state, { phase: "waiting", startedAt: 2500, until: 2500 });
    state = meterEvent(state, { type: "notice", code: "asking" }, 2510);
    assert.deepEqual(state, { phase: "waiting", startedAt: 2510 });
    // A slot may become free before.
    state = meterEvent(state, { type: "notice", code: "waiting-for-slot", seconds: 30 }, 3000);
    assert.deepEqual(state, { phase: "waiting", startedAt: 3000, until: 33_000 });
  });

  it("measures the first token from the request that is asked again", () => {
    let state = meterEvent(startMeter(0), { type: "notice", code: "retrying", seconds: 2, count: 1 }, 500);
    state = meterEvent(state, { type: "text-delta", text: "a" }, 2800);
    assert.ok(state.phase === "streaming");
    assert.equal(state.ttft, 300);
  });
});

describe("the measures of a continued answer", () => {
  const target = { provider: "p", model: "m" };
  const first = {
    target,
    usage: { inputTokens: 10, outputTokens: 5 },
    cost: { amount: 1, currency: "USD", source: "reported" as const },
    timings: { ttft: 100, total: 1000 },
  };

  it("are the sum of both halves", () => {
    const second = { ...first, timings: { ttft: 50, total: 500 } };
    const sum = addMeasures(first, second);
    assert.equal(sum.cost?.amount, 2);
    assert.equal(sum.usage?.outputTokens, 10);
    assert.deepEqual(sum.timings, { ttft: 100, total: 1500 });
  });

  it("keep what is known when the continuation never began", () => {
    assert.deepEqual(addMeasures(first, { target, timings: { total: 3 } }), first);
  });

  it("are what the server reports of the whole, when it gave the rest of the same answer", () => {
    const second = { ...first, usage: { inputTokens: 10, outputTokens: 9 }, timings: { ttft: 50, total: 500 } };
    const whole = addMeasures(first, { ...second, usage: { inputTokens: 0, outputTokens: 4 } }, second);
    assert.deepEqual(whole.usage, { inputTokens: 10, outputTokens: 9 });
    assert.equal(whole.cost?.amount, 1);
    assert.deepEqual(whole.timings, { ttft: 100, total: 1500 });
  });

  it("are unknown where nothing is known of the first half", () => {
    const sum = addMeasures(undefined, first);
    assert.equal(sum.usage, undefined);
    assert.equal(sum.cost, undefined);
    assert.deepEqual(sum.target, target);
  });

  it("are unknown where one half's price is", () => {
    const { cost: _, ...unpriced } = first;
    assert.equal(addMeasures(first, unpriced).cost, undefined);
  });
});
