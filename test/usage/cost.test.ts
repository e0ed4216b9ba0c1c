import assert from "node:assert/strict";
import { costOf } from "../../src/usage/cost.ts";
import { findPrice } from "../../src/usage/prices.ts";

describe("the price of a model", () => {
  const own = { input: 1, output: 2, currency: "KRW" };
  const endpoint = { input: 3, output: 4, currency: "USD" };

  it("is the person's own before the endpoint's before the table's", () => {
    assert.deepEqual(findPrice({ preset: "openai", model: "gpt-4.1", own, endpoint }), { price: own, origin: "own" });
    assert.deepEqual(findPrice({ preset: "openai", model: "gpt-4.1", endpoint }), {
      price: endpoint,
      origin: "endpoint",
    });
    assert.equal(findPrice({ preset: "openai", model: "gpt-4.1" })?.price.output, 8);
  });

  it("holds for dated names of the same model, not for other models with the same beginning", () => {
    assert.equal(findPrice({ preset: "openai", model: "gpt-4o-2024-08-06" })?.price.input, 2.5);
    assert.equal(
      findPrice({ preset: "anthropic", model: "claude-sonnet-4-20250514", inputTokens: 10 })?.price.output,
      15,
    );
    assert.equal(findPrice({ preset: "openai", model: "gpt-4o-audio-preview" }), undefined);
    assert.equal(findPrice({ preset: "openai", model: "gpt-4.1-mini" })?.price.input, 0.4);
  });

  it("through a gateway is the maker's list price and says so", () => {
    assert.equal(findPrice({ preset: "holysheep", model: "gpt-4.1" })?.origin, "list");
    assert.equal(findPrice({ preset: "ofox", model: "openai/gpt-4o" })?.origin, "list");
    assert.equal(findPrice({ model: "gpt-4.1" })?.origin, "list");
  });

  it("is unknown for models nobody listed, on the person's own machine, and above the size a row holds for", () => {
    assert.equal(findPrice({ preset: "deepseek", model: "deepseek-chat" }), undefined);
    assert.equal(findPrice({ preset: "ollama", model: "gpt-4.1" }), undefined);
    assert.equal(findPrice({ preset: "openai", model: "gpt-5.5", inputTokens: 300_000 }), undefined);
    assert.equal(findPrice({ preset: "openai", model: "gpt-5.5" }), undefined);
    assert.equal(findPrice({ preset: "openai", model: "gpt-5.5", inputTokens: 300 })?.price.input, 5);
  });
});

describe("the cost of a turn", () => {
  const known = { price: { input: 2, output: 8, cacheRead: 0.5, currency: "USD" }, origin: "vendor" as const };

  it("is the server's own figure where it gives one, also zero", () => {
    const usage = { inputTokens: 1, outputTokens: 1 };
    assert.deepEqual(costOf({ usage, known, reported: { amount: 0.25, currency: "USD" } }), {
      amount: 0.25,
      currency: "USD",
      source: "reported",
    });
    assert.equal(costOf({ usage, known, reported: { amount: 0, currency: "USD" } })?.amount, 0);
    assert.equal(costOf({ usage, known, reported: { amount: Number.NaN, currency: "USD" } })?.source, "computed");
  });

  it("prices cached input apart and counts reasoning once, as part of the output", () => {
    const usage = { inputTokens: 1_000_000, cacheReadTokens: 400_000, outputTokens: 100_000, reasoningTokens: 90_000 };
    const cost = costOf({ usage, known });
    assert.equal(cost?.amount, 0.6 * 2 + 0.4 * 0.5 + 0.1 * 8);
    assert.equal(cost?.source, "computed");
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
