/** What servers report of tokens and cost, wherever they put it and however they count. */
import assert from "node:assert/strict";
import type { TokenUsage } from "../../../src/core/usage.ts";
import { reportsDollars } from "../../../src/providers/openai-chat/usage.ts";
import { chunk, done, event } from "../../support/chat.ts";
import { decodeBody, decodePieces } from "../../support/decode.ts";

type Raw = Record<string, unknown>;

const last = (extra: Raw) => chunk({}, { finish_reason: "stop", ...extra });
const alone = (usage: unknown) => event({ choices: [], usage });
const answerOf = (...pieces: string[]) => decodeBody([chunk({ content: "Hi" }), ...pieces, done].join(""));
const usageOf = (usage: unknown) => answerOf(last({}), alone(usage)).usage;

const plain = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
const wanted: TokenUsage = { inputTokens: 10, outputTokens: 5 };

describe("usage is read", () => {
  it("from a chunk of its own", () => assert.deepEqual(answerOf(last({ usage: null }), alone(plain)).usage, wanted));
  it("from the chunk with the finish reason", () => assert.deepEqual(answerOf(last({ usage: plain })).usage, wanted));
  it("from inside the choice, as Kimi once sent it", () => {
    const choice = event({ choices: [{ index: 0, delta: {}, finish_reason: "stop", usage: plain }] });
    assert.deepEqual(answerOf(choice).usage, wanted);
  });
  it("from x_groq, and not three times", () => {
    const answer = answerOf(last({ usage: plain, x_groq: { id: "1", usage: plain } }), alone(plain));
    assert.deepEqual(answer.usage, wanted);
    assert.equal(answer.events.filter((each) => each.type === "usage").length, 1);
    assert.deepEqual(answerOf(last({ x_groq: { usage: plain } })).usage, wanted);
  });
  it("from every chunk, where it grows, as Perplexity's", () => {
    const answer = answerOf(
      chunk({ content: "a" }, { usage: { prompt_tokens: 10, completion_tokens: 1 } }),
      chunk({ content: "b" }, { usage: { prompt_tokens: 10, completion_tokens: 3 } }),
      last({ usage: plain }),
    );
    assert.deepEqual(answer.usage, wanted);
  });
  it("before the finish reason and after it", () => {
    assert.deepEqual(answerOf(alone(plain), last({})).usage, wanted);
    assert.deepEqual(
      answerOf(last({}), event({ choices: [] }), alone(plain), event({ choices: [], moderation: {} })).usage,
      wanted,
    );
  });
  it("field by field, the last known value each", () => {
    const answer = answerOf(
      alone({ prompt_tokens: 10, completion_tokens: 1 }),
      last({}),
      alone({ prompt_tokens: null, completion_tokens: 5 }),
    );
    assert.deepEqual(answer.usage, wanted);
  });
  it("from llama.cpp's timings when there is nothing else", () => {
    const answer = answerOf(last({ timings: { cache_n: 4, prompt_n: 6, predicted_n: 5 } }));
    assert.deepEqual(answer.usage, { inputTokens: 10, outputTokens: 5, cacheReadTokens: 4 });
  });
  it("in the words of the Responses protocol, which some relays use", () => {
    assert.deepEqual(usageOf({ input_tokens: 10, output_tokens: 5 }), wanted);
  });
});

describe("usage is unknown, never zero", () => {
  it("when the server reports none", () => assert.equal(answerOf(last({})).usage, undefined));
  for (const broken of [
    null,
    1,
    "x",
    [],
    {},
    { prompt_tokens: null },
    { prompt_tokens: -1, completion_tokens: "x" },
    { total_tokens: 9 },
    { prompt_tokens: 1e300 },
  ]) {
    it(`when it reports ${JSON.stringify(broken)}`, () => assert.equal(usageOf(broken), undefined));
  }
  it("for a field that is broken beside one that is not", () => {
    assert.deepEqual(usageOf({ prompt_tokens: "10", completion_tokens: -5 }), { inputTokens: 10 });
  });
  it("but zero where the server says zero", () => {
    assert.deepEqual(usageOf({ prompt_tokens: 0, completion_tokens: 0 }), { inputTokens: 0, outputTokens: 0 });
  });
});

describe("tokens are counted the same way", () => {
  const table: [who: string, raw: Raw, expected: TokenUsage][] = [
    [
      "OpenAI, with reasoning inside the output",
      {
        ...plain,
        prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 2 },
        completion_tokens_details: { reasoning_tokens: 3 },
      },
      { ...wanted, cacheReadTokens: 4, cacheWriteTokens: 2, reasoningTokens: 3 },
    ],
    [
      "xAI, with reasoning beside the output",
      {
        prompt_tokens: 12,
        completion_tokens: 1,
        total_tokens: 303,
        completion_tokens_details: { reasoning_tokens: 290 },
      },
      { inputTokens: 12, outputTokens: 291, reasoningTokens: 290 },
    ],
    [
      "DeepSeek, by cache hits",
      { ...plain, prompt_cache_hit_tokens: 8, prompt_cache_miss_tokens: 2 },
      { ...wanted, cacheReadTokens: 8 },
    ],
    ["Kimi, at the top", { ...plain, cached_tokens: 7 }, { ...wanted, cacheReadTokens: 7 }],
    [
      "OpenRouter, with more reasoning than output",
      { ...plain, completion_tokens_details: { reasoning_tokens: 11 } },
      { ...wanted, reasoningTokens: 5 },
    ],
    [
      "a server with more cached than prompt",
      { ...plain, prompt_tokens_details: { cached_tokens: 99 } },
      { ...wanted, cacheReadTokens: 10 },
    ],
  ];
  for (const [who, raw, expected] of table) it(`for ${who}`, () => assert.deepEqual(usageOf(raw), expected));
});

describe("cost is passed on", () => {
  const costOf = (usage: Raw) => answerOf(last({}), alone({ ...plain, ...usage })).cost;
  it("as OpenRouter and LiteLLM report it", () =>
    assert.deepEqual(costOf({ cost: 0.0012 }), { amount: 0.0012, currency: "USD" }));
  it("as zero where it is", () => assert.deepEqual(costOf({ cost: 0 }), { amount: 0, currency: "USD" }));
  it("with what the person's own upstream key pays", () => {
    const usage = { cost: 0.001, is_byok: true, cost_details: { upstream_inference_cost: 0.02 } };
    assert.equal(costOf(usage)?.amount, 0.021);
  });
  it("not where the upstream's part is unknown", () => {
    for (const cost_details of [undefined, {}, { upstream_inference_cost: null }])
      assert.equal(costOf({ cost: 0, is_byok: true, cost_details }), undefined);
  });
  it("not where nobody knows which currency it is", () => {
    const body = chunk({ content: "Hi" }) + last({}) + alone({ ...plain, cost: 0.5 }) + done;
    const costAt = (preset: string) => decodePieces([Buffer.from(body)], "openai-chat", {}, undefined, preset).cost;
    assert.equal(costAt("holysheep"), undefined);
    assert.deepEqual(costAt("litellm"), { amount: 0.5, currency: "USD" });
    assert.equal(reportsDollars({ host: "openrouter.ai" }), true);
    assert.equal(reportsDollars({ host: "relay.example" }), false);
  });
  it("as Perplexity nests it", () => assert.equal(costOf({ cost: { total_cost: 0.5 } })?.amount, 0.5));
  it("as xAI's ticks", () => assert.equal(costOf({ cost_in_usd_ticks: 1_330_500 })?.amount, 0.00013305));
  it("not when it is broken or absent", () => {
    for (const cost of [undefined, null, -1, "free", Number.NaN]) assert.equal(costOf({ cost }), undefined);
  });
});
