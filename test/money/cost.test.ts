import assert from "node:assert/strict";
import { costOf } from "../../src/money/cost.ts";

describe("the cost of a turn", () => {
  const known = { price: { input: 2, output: 8, cacheRead: 0.5, currency: "USD" }, origin: "vendor" as const };

  it("is the server's own figure where it gives one, also zero", () => {
    const usage = { inputTokens: 1, outputTokens: 1 };
    assert.deepEqual(costOf({ usage, known, reported: { amount: 0.25, currency: "USD" } }), {
      amount: 0.25,
      currency: "USD",
      source: "reported",
    });
    assert.equal(costOf({ usage, known, reported: { amount: 0.1 + 0.2, currency: "USD" } })?.amount, 0.3);
    assert.equal(costOf({ usage, known, reported: { amount: 0, currency: "USD" } })?.amount, 0);
    assert.equal(costOf({ usage, known, reported: { amount: Number.NaN, currency: "USD" } })?.source, "computed");
  });

  it("prices cached input apart and counts reasoning once, as part of the output", () => {
    const usage = { inputTokens: 1_000_000, cacheReadTokens: 400_000, outputTokens: 100_000, reasoningTokens: 90_000 };
    const cost = costOf({ usage, known });
    assert.equal(cost?.amount, 2.2);
    assert.equal(cost?.source, "computed");
  });

  it("prices writing to the cache by how long it is kept", () => {
    const usage = { inputTokens: 1000, cacheWriteTokens: 600, cacheWriteHourTokens: 200, outputTokens: 0 };
    const price = { input: 3, output: 15, cacheWrite: 3.75, cacheWriteHour: 6, currency: "USD" };
    assert.equal(costOf({ usage, known: { ...known, price } })?.amount, 0.0039);
    const { cacheWriteHour: _, ...without } = price;
    assert.equal(costOf({ usage, known: { ...known, price: without } })?.amount, 0.00345);
  });

  it("keeps the price that was applied and where it came from", () => {
    const usage = { inputTokens: 1, outputTokens: 1 };
    const cost = costOf({ usage, known: { ...known, date: "2026-11-20" } });
    assert.deepEqual(cost?.price, known.price);
    assert.equal(cost?.priceOrigin, "vendor 2026-11-20");
  });

  it("never counts more cached tokens than there was input", () => {
    assert.equal(
      costOf({ usage: { inputTokens: 10, cacheReadTokens: 50, outputTokens: 0 }, known })?.amount,
      (10 * 0.5) / 1e6,
    );
  });

  it("is an estimate when the tokens or the price are", () => {
    const usage = { inputTokens: 10, outputTokens: 10 };
    assert.equal(costOf({ usage: { ...usage, estimated: true }, known })?.source, "estimated");
    assert.equal(costOf({ usage, known: { ...known, origin: "list" } })?.source, "estimated");
  });

  it("is unknown without a price or without one of the counts, never zero", () => {
    assert.equal(costOf({ usage: { inputTokens: 10, outputTokens: 10 }, known: undefined }), undefined);
    assert.equal(costOf({ usage: { inputTokens: 10 }, known }), undefined);
    assert.equal(costOf({ usage: undefined, known }), undefined);
  });
});
