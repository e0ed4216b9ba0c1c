/** What a turn costs by each provider's own way of counting, from what its server reports to the last digit. */

import assert from "node:assert/strict";
import { defined } from "../../src/core/defined.ts";
import type { Cost } from "../../src/core/usage.ts";
import { costOf } from "../../src/money/cost.ts";
import type { PriceTable } from "../../src/money/price-types.ts";
import { findPrice, loadPrices } from "../../src/money/prices.ts";
import { type DecodedProtocol, decodeBody } from "../support/decode.ts";

const at = Date.parse("2026-11-26T12:00:00Z");

interface Case {
  name: string;
  protocol: DecodedProtocol;
  baseUrl: string;
  model: string;
  body: string;
  /** Tokens times dollars per million, as a bill would list them. */
  amount: number;
  source?: Cost["source"];
}

const sse = (value: unknown, name?: string): string =>
  `${name === undefined ? "" : `event: ${name}\n`}data: ${JSON.stringify(value)}\n\n`;
const chat = (usage: unknown, more: object = {}): string =>
  `${sse({ choices: [{ index: 0, delta: { content: "ok" }, finish_reason: "stop" }] })}${sse({ choices: [], usage, ...more })}data: [DONE]\n\n`;
const messages = (begin: object, end: object): string =>
  [
    sse({ type: "message_start", message: { id: "m", role: "assistant", usage: begin } }, "message_start"),
    sse({ type: "message_delta", delta: { stop_reason: "end_turn" }, usage: end }, "message_delta"),
    sse({ type: "message_stop" }, "message_stop"),
  ].join("");

const million = 1_000_000;
const cases: Case[] = [
  {
    name: "OpenAI: cached input is part of the prompt, reasoning part of the completion",
    protocol: "openai-chat",
    baseUrl: "https://api.openai.com/v1",
    model: "gpt-5",
    body: chat({
      prompt_tokens: 2006,
      completion_tokens: 300,
      total_tokens: 2306,
      prompt_tokens_details: { cached_tokens: 1920 },
      completion_tokens_details: { reasoning_tokens: 256 },
    }),
    amount: (86 * 1.25 + 1920 * 0.125 + 300 * 10) / million,
  },
  {
    name: "OpenAI's responses: the same in other words",
    protocol: "openai-responses",
    baseUrl: "https://api.openai.com/v1",
    model: "gpt-5-mini",
    body: sse(
      {
        type: "response.completed",
        response: {
          status: "completed",
          output: [],
          usage: {
            input_tokens: 2095,
            input_tokens_details: { cached_tokens: 1024 },
            output_tokens: 1060,
            output_tokens_details: { reasoning_tokens: 960 },
            total_tokens: 3155,
          },
        },
      },
      "response.completed",
    ),
    amount: (1071 * 0.25 + 1024 * 0.025 + 1060 * 2) / million,
  },
  {
    name: "Anthropic: input leaves out what was cached; writing for minutes and for an hour cost differently",
    protocol: "anthropic",
    baseUrl: "https://api.anthropic.com",
    model: "claude-sonnet-4-6",
    body: messages(
      {
        input_tokens: 21,
        cache_creation_input_tokens: 3000,
        cache_read_input_tokens: 18_886,
        cache_creation: { ephemeral_5m_input_tokens: 1000, ephemeral_1h_input_tokens: 2000 },
        output_tokens: 1,
      },
      { output_tokens: 393 },
    ),
    amount: (21 * 3 + 1000 * 3.75 + 2000 * 6 + 18_886 * 0.3 + 393 * 15) / million,
  },
  {
    name: "Gemini: thoughts are paid for beside the candidates, and above 200,000 all costs more",
    protocol: "gemini",
    baseUrl: "https://generativelanguage.googleapis.com/v1beta",
    model: "gemini-2.5-pro",
    body: sse({
      candidates: [{ content: { role: "model", parts: [{ text: "ok" }] }, finishReason: "STOP", index: 0 }],
      usageMetadata: {
        promptTokenCount: 250_000,
        cachedContentTokenCount: 200_000,
        candidatesTokenCount: 200,
        thoughtsTokenCount: 800,
        totalTokenCount: 251_000,
      },
    }),
    amount: (50_000 * 2.5 + 200_000 * 0.25 + 1000 * 15) / million,
  },
  {
    name: "DeepSeek: hits of the cache are named apart; between the peaks",
    protocol: "openai-chat",
    baseUrl: "https://api.deepseek.com",
    model: "deepseek-v4-pro",
    body: chat({
      prompt_tokens: 1000,
      completion_tokens: 500,
      total_tokens: 1500,
      prompt_cache_hit_tokens: 896,
      prompt_cache_miss_tokens: 104,
    }),
    amount: (104 * 0.66 + 896 * 0.022 + 500 * 1.98) / million,
  },
  {
    name: "xAI: reasoning is not in the completion, as the total tells",
    protocol: "openai-chat",
    baseUrl: "https://api.x.ai/v1",
    model: "grok-4.3",
    body: chat({
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 450,
      completion_tokens_details: { reasoning_tokens: 300 },
    }),
    amount: (100 * 1.25 + 350 * 2.5) / million,
  },
  {
    name: "Groq: the usage lies in a place of its own",
    protocol: "openai-chat",
    baseUrl: "https://api.groq.com/openai/v1",
    model: "openai/gpt-oss-120b",
    body: `${sse({ choices: [{ index: 0, delta: { content: "ok" }, finish_reason: "stop" }], x_groq: { usage: { prompt_tokens: 80, completion_tokens: 20, total_tokens: 100 } } })}data: [DONE]\n\n`,
    amount: (80 * 0.15 + 20 * 0.6) / million,
  },
  {
    name: "OpenRouter: its own figure, whatever the tables say",
    protocol: "openai-chat",
    baseUrl: "https://openrouter.ai/api/v1",
    model: "openai/gpt-4.1",
    body: chat({ prompt_tokens: 1000, completion_tokens: 1000, total_tokens: 2000, cost: 0.004215 }),
    amount: 0.004215,
    source: "reported",
  },
  {
    name: "a relay: the maker's list price, so an estimate",
    protocol: "openai-chat",
    baseUrl: "https://relay.example/v1",
    model: "gpt-4.1",
    body: chat({ prompt_tokens: 1000, completion_tokens: 1000, total_tokens: 2000 }),
    amount: 0.01,
    source: "estimated",
  },
];

describe("the cost by each provider's way of counting", () => {
  let table: PriceTable;
  before(async () => {
    table = await loadPrices();
  });

  for (const { name, protocol, baseUrl, model, body, amount, source = "computed" } of cases) {
    it(name, () => {
      const { usage, cost: reported } = decodeBody(body, protocol);
      const known = findPrice({ baseUrl, model, at, inputTokens: usage?.inputTokens ?? 0 }, table);
      const cost = costOf({ usage, known, ...defined({ reported }) });
      assert.equal(cost?.amount, Number(amount.toFixed(12)));
      assert.equal(cost?.source, source);
    });
  }
});
