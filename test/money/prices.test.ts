import assert from "node:assert/strict";
import { calcPrice, findProvider } from "@pydantic/genai-prices";
import fc from "fast-check";
import { parseProviderConfig } from "../../src/models/config.ts";
import { costOf } from "../../src/money/cost.ts";
import type { PriceTable } from "../../src/money/price-types.ts";
import { contextWindowOf, findPrice, loadPrices, type PriceQuestion } from "../../src/money/prices.ts";

const own = { input: 1, output: 2, currency: "KRW" };
const endpoint = { input: 3, output: 4, currency: "USD" };
const openai = { baseUrl: "https://api.openai.com/v1" };
const deepseek = { baseUrl: "https://api.deepseek.com" };

describe("the price of a model", () => {
  let table: PriceTable;
  const at = Date.parse("2026-11-20T12:00:00Z");
  const find = (question: Omit<PriceQuestion, "at"> & { at?: number }) => findPrice({ at, ...question }, table);

  before(async () => {
    table = await loadPrices();
  });

  it("is the person's own before the endpoint's before the table's", () => {
    assert.deepEqual(find({ ...openai, model: "gpt-4.1", own, endpoint }), { price: own, origin: "own" });
    assert.deepEqual(find({ ...openai, model: "gpt-4.1", endpoint }), { price: endpoint, origin: "endpoint" });
    assert.deepEqual(find({ ...openai, model: "gpt-4.1" }), {
      price: { input: 2, output: 8, cacheRead: 0.5, currency: "USD" },
      origin: "vendor",
      date: table.generatedAt,
    });
  });

  it("holds for dated names of the same model, not for other models with the same beginning", () => {
    assert.equal(find({ ...openai, model: "gpt-4o-2024-08-06" })?.price.input, 2.5);
    assert.equal(find({ ...openai, model: "GPT-4o" })?.price.input, 2.5);
    assert.equal(find({ model: "claude-sonnet-4-20250514" })?.price.output, 15);
    assert.equal(find({ ...openai, model: "gpt-4.1-mini" })?.price.input, 0.4);
  });

  it("is the seller's where the address is the seller's, whatever the entry is called", () => {
    assert.equal(find({ ...deepseek, model: "deepseek-v4-pro" })?.origin, "vendor");
    assert.equal(find({ baseUrl: "https://api.groq.com/openai/v1", model: "openai/gpt-oss-120b" })?.origin, "vendor");
    assert.equal(find({ baseUrl: "https://api.openai.com.example/v1", model: "gpt-4.1" })?.origin, "list");
    assert.equal(find({ baseUrl: "https://relay.example/https://api.openai.com", model: "gpt-4.1" })?.origin, "list");
  });

  it("through a gateway is the maker's list price and says so", () => {
    assert.equal(find({ baseUrl: "https://api.holysheep.ai/v1", model: "gpt-4.1" })?.origin, "list");
    assert.equal(find({ preset: "ofox", model: "openai/gpt-4o" })?.origin, "list");
    assert.equal(find({ model: "gpt-4.1" })?.origin, "list");
  });

  it("is nothing on the person's own machine, but unknown where a program there only passes on", () => {
    const nothing = { price: { input: 0, output: 0, currency: "USD" }, origin: "local" };
    assert.deepEqual(find({ preset: "ollama", model: "gpt-4.1" }), nothing);
    assert.deepEqual(find({ protocol: "ollama", baseUrl: "http://10.0.0.7:11434", model: "qwen3:8b" }), nothing);
    assert.equal(find({ preset: "lmstudio", model: "qwen3", own })?.origin, "own");
    assert.equal(find({ preset: "ollama", model: "gpt-oss:120b-cloud" }), undefined);
    assert.equal(find({ preset: "litellm", baseUrl: "http://localhost:4000/v1", model: "my-alias" }), undefined);
    const cost = costOf({
      usage: { inputTokens: 5, outputTokens: 1, estimated: true },
      known: find({ preset: "ollama", model: "m" }),
    });
    assert.deepEqual([cost?.amount, cost?.source, cost?.priceOrigin], [0, "computed", "local"]);
  });

  it("is unknown for models nobody listed and for disputed ones", () => {
    assert.equal(find({ ...openai, model: "no-such-model" }), undefined);
    assert.equal(find({ ...deepseek, model: "deepseek-chat" }), undefined);
  });

  it("is not that of the person's own machine where only the name of the preset says so", () => {
    const free = (preset: string, baseUrl: string) => find({ preset, baseUrl, model: "gpt-4.1" })?.origin === "local";
    assert.equal(free("vllm", "http://127.0.0.1:8000/v1"), true);
    assert.equal(free("ollama", "http://gpu.lan:11434"), true);
    assert.equal(free("vllm", "https://api.openai.com/v1"), false);
    assert.equal(free("ollama", "https://ollama.com"), false);
    assert.equal(free("chat-stream", "http://127.0.0.1:8000"), false);
    assert.equal(find({ preset: "vllm", ...openai, model: "gpt-4.1" })?.origin, "vendor");
  });

  it("of the whole request changes with its size", () => {
    const gemini = { baseUrl: "https://generativelanguage.googleapis.com/v1beta", model: "gemini-2.5-pro" };
    assert.equal(find({ ...gemini, inputTokens: 200_000 })?.price.output, 10);
    assert.deepEqual(find({ ...gemini, inputTokens: 200_001 })?.price, {
      input: 2.5,
      output: 15,
      cacheRead: 0.25,
      currency: "USD",
    });
    const usage = { inputTokens: 1_000_000, outputTokens: 0 };
    assert.equal(costOf({ usage, known: find({ ...gemini, inputTokens: 1_000_000 }) })?.amount, 2.5);
  });

  it("changes with the date, the hour and the weekend", () => {
    const input = (time: string) => find({ ...deepseek, model: "deepseek-v4-pro", at: Date.parse(time) })?.price.input;
    assert.equal(input("2026-08-12T02:00:00Z"), 0.435, "before the peak hours began");
    assert.equal(input("2026-08-16T23:59:59Z"), 0.435);
    assert.equal(input("2026-08-17T00:00:00Z"), 0.66);
    assert.equal(input("2026-08-18T00:59:59Z"), 0.66);
    assert.equal(input("2026-08-18T01:00:00Z"), 1.32);
    assert.equal(input("2026-08-18T03:59:59Z"), 1.32);
    assert.equal(input("2026-08-18T04:00:00Z"), 0.66);
    assert.equal(input("2026-08-18T09:59:59Z"), 1.32);
    assert.equal(input("2026-08-22T02:00:00Z"), 1.32, "a Saturday before weekends were quiet");
    assert.equal(input("2026-08-29T02:00:00Z"), 0.66, "a Saturday");
  });

  it("is what the package with the data computes, for every model and any usage", () => {
    const models = table.sellers.flatMap(({ id, url, models }) => models.map((model) => ({ id, url, model })));
    const tokens = fc.nat({ max: 1_500_000 });
    const time = fc.date({ min: new Date("2025-01-01"), max: new Date("2027-06-01"), noInvalidDate: true });
    fc.assert(
      fc.property(fc.constantFrom(...models), tokens, tokens, tokens, tokens, time, (one, a, b, c, out, date) => {
        // Its form has no day of the week and no date beside an hour.
        fc.pre(!one.model.prices.some(({ days, utc }) => days || utc));
        const name = one.model.match.find((rule) => typeof rule === "string" && !/[*/]/.test(rule)) as string;
        fc.pre(name !== undefined);
        const judge = calcPrice(
          { input_tokens: a + b + c, cache_read_tokens: b, cache_write_tokens: c, output_tokens: out },
          name,
          { providerId: one.id, timestamp: date },
        );
        const baseUrl = addressOf(one.id);
        const known = find({ baseUrl, model: name, at: date.getTime(), inputTokens: a + b + c });
        const usage = { inputTokens: a + b + c, cacheReadTokens: b, cacheWriteTokens: c, outputTokens: out };
        const ours = costOf({ usage, known })?.amount;
        // Some names it takes for another seller's.
        fc.pre(judge !== null);
        assert.ok(ours !== undefined, `${one.id} ${name}`);
        assert.equal(known?.origin, "vendor");
        assert.ok(Math.abs(ours - judge.total_price) <= 1e-9, `${one.id} ${name}: ${ours}, not ${judge.total_price}`);
      }),
      { numRuns: 3000 },
    );
  });

  it("is known of every seller by the address that its preset or its manual gives", () => {
    for (const { id, url } of table.sellers) assert.match(new URL(addressOf(id)).origin, new RegExp(`^${url}$`), id);
    for (const preset of ["openai", "openai-responses", "anthropic", "gemini", "deepseek", "xai", "mistral", "groq"]) {
      const parsed = parseProviderConfig({ preset });
      assert.ok(parsed.ok);
      assert.ok(
        table.sellers.some(({ url }) => new RegExp(`^${url}$`).test(new URL(parsed.config.baseUrl).origin)),
        preset,
      );
    }
  });

  it("comes with the size of the model, the date and the licence", () => {
    assert.equal(contextWindowOf({ ...deepseek, model: "deepseek-v4-pro" }, table), 1_000_000);
    assert.equal(contextWindowOf({ model: "no-such-model" }, table), undefined);
    const about = table as unknown as Record<string, string>;
    assert.match(about.generatedAt ?? "", /^\d{4}-\d\d-\d\d$/);
    assert.match(about.source ?? "", /genai-prices \d/);
    assert.match(about.license ?? "", /MIT License[\s\S]+WITHOUT WARRANTY/);
  });
});

const addresses: Record<string, string> = {
  google: "https://generativelanguage.googleapis.com/v1beta",
  "x-ai": "https://api.x.ai/v1",
  cohere: "https://api.cohere.com/v2",
  mistral: "https://api.mistral.ai/v1",
  moonshotai: "https://api.moonshot.ai/v1",
  zai: "https://api.z.ai/api/paas/v4",
  minimax: "https://api.minimax.io/v1",
  together: "https://api.together.xyz/v1",
};

function addressOf(seller: string): string {
  return addresses[seller] ?? `${findProvider({ providerId: seller })?.api_pattern.replace(/\\|\(.*/g, "")}`;
}
