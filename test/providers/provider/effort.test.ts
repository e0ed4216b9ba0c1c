/** How much a model is to think, as each protocol and server says it. */

import assert from "node:assert/strict";
import { defined } from "../../../src/core/defined.ts";
import { type ChatRequest, type Effort, efforts, userMessage } from "../../../src/core/message.ts";
import { sentEffort as sentToAnthropic } from "../../../src/providers/anthropic/effort.ts";
import { encodeRequest as encodeAnthropic } from "../../../src/providers/anthropic/encode.ts";
import { sentEffort as sentToGemini } from "../../../src/providers/gemini/effort.ts";
import { encodeRequest as encodeGemini } from "../../../src/providers/gemini/encode.ts";
import { encodeRequest as encodeOllama } from "../../../src/providers/ollama/encode.ts";
import { encodeRequest as encodeChat } from "../../../src/providers/openai-chat/encode.ts";
import { encodeRequest as encodeResponses } from "../../../src/providers/openai-responses/encode.ts";
import { configure } from "../../support/run.ts";

type Encode = (request: ChatRequest, config: ReturnType<typeof configure>, repairs: ReadonlySet<never>) => string;
const encoders: Record<string, Encode> = {
  "openai-chat": encodeChat,
  "openai-responses": encodeResponses,
  anthropic: encodeAnthropic,
  gemini: encodeGemini,
  ollama: encodeOllama,
};

const base = { baseUrl: "https://relay.example/v1" };
function body(protocol: string, effort: Effort | undefined, model: string, entry: object = base, more: object = {}) {
  const request = { model, messages: [userMessage("Hi")], ...defined({ effort }), ...more };
  return JSON.parse(encoders[protocol]!(request, configure({ protocol, ...entry }), new Set()));
}

/** The fields that a level adds or changes, beside those of a request without one. */
function added(protocol: string, effort: Effort, model: string, entry: object = base) {
  const without = body(protocol, undefined, model, entry);
  const fields = Object.entries(body(protocol, effort, model, entry)) as [string, unknown][];
  return Object.fromEntries(fields.filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(without[name])));
}

const dashscope = { baseUrl: "https://dashscope.aliyuncs.com/compatible-mode/v1" };
const budget = (tokens: number) => ({ thinking: { type: "enabled", budget_tokens: tokens } });

describe("a level of thinking", () => {
  const table: [protocol: string, effort: Effort, model: string, expected: object, entry?: object][] = [
    ["openai-chat", "high", "gpt-5", { reasoning_effort: "high" }, { preset: "openai" }],
    ["openai-chat", "off", "gpt-5", { reasoning_effort: "none" }, { preset: "openai" }],
    ["openai-chat", "lowest", "grok-4.3", { reasoning_effort: "none" }],
    ["openai-chat", "max", "deepseek-v4-pro", { reasoning_effort: "max" }],
    ["openai-chat", "off", "deepseek-v4-pro", { thinking: { type: "disabled" } }],
    ["openai-chat", "off", "kimi-k2.6", { thinking: { type: "disabled" } }],
    ["openai-chat", "off", "glm-5.2", { thinking: { type: "disabled" } }],
    ["openai-chat", "off", "qwen3.8-max", { enable_thinking: false }, dashscope],
    ["openai-chat", "low", "qwen3.8-max", { reasoning_effort: "low" }, dashscope],
    ["openai-chat", "off", "qwen3", { chat_template_kwargs: { enable_thinking: false } }, { preset: "vllm" }],
    ["openai-chat", "medium", "x/y", { reasoning: { effort: "medium" } }, { preset: "openrouter" }],
    ["openai-chat", "off", "x/y", { reasoning: { effort: "none" } }, { preset: "openrouter" }],
    ["openai-responses", "xhigh", "gpt-6-sol", { reasoning: { effort: "xhigh", summary: "auto" } }],
    ["openai-responses", "off", "grok-4.3", { reasoning: { effort: "none" } }],
    ["anthropic", "low", "claude-opus-4-6", { thinking: { type: "adaptive" }, output_config: { effort: "low" } }],
    [
      "anthropic",
      "minimal",
      "claude-sonnet-5-5",
      { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: "low" } },
    ],
    ["anthropic", "off", "claude-opus-5", { thinking: { type: "disabled" } }],
    ["anthropic", "off", "claude-sonnet-4-5", {}],
    ["anthropic", "medium", "claude-sonnet-4-5", budget(8192)],
    ["anthropic", "max", "claude-3-7-sonnet-20250219", budget(8191)],
    ["anthropic", "high", "deepseek-v4-pro", { output_config: { effort: "high" } }],
    ["anthropic", "off", "deepseek-v4-pro", { thinking: { type: "disabled" } }],
    [
      "gemini",
      "off",
      "gemini-2.5-flash",
      { generationConfig: { thinkingConfig: { includeThoughts: true, thinkingBudget: 0 } } },
    ],
    [
      "gemini",
      "off",
      "gemini-2.5-pro",
      { generationConfig: { thinkingConfig: { includeThoughts: true, thinkingBudget: 128 } } },
    ],
    [
      "gemini",
      "low",
      "gemini-3.8-flash",
      { generationConfig: { thinkingConfig: { includeThoughts: true, thinkingLevel: "LOW" } } },
    ],
    [
      "gemini",
      "max",
      "gemini-3.8-flash",
      { generationConfig: { thinkingConfig: { includeThoughts: true, thinkingLevel: "HIGH" } } },
    ],
    [
      "gemini",
      "max",
      "gemini-4-neon",
      { generationConfig: { thinkingConfig: { includeThoughts: true, thinkingLevel: "XHIGH" } } },
    ],
    ["ollama", "off", "qwen3", { think: false }],
    ["ollama", "lowest", "gpt-oss:20b", { think: "low" }],
    ["ollama", "max", "gpt-oss:20b", { think: "high" }],
  ];
  for (const [protocol, effort, model, expected, entry] of table) {
    it(`${effort} of ${model} over ${protocol} is ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(added(protocol, effort, model, entry), expected);
    });
  }

  it("changes the request in every protocol, but for models that think only when told to", () => {
    for (const protocol of Object.keys(encoders)) {
      for (const effort of efforts)
        assert.notDeepEqual(added(protocol, effort, "some-model"), {}, `${protocol} ${effort}`);
    }
  });

  it("leaves no temperature where Claude thinks, and room for an answer beside a budget", () => {
    const model = "claude-sonnet-4-5";
    assert.equal("temperature" in body("anthropic", "high", model, base, { temperature: 0.2 }), false);
    assert.equal(body("anthropic", "off", model, base, { temperature: 0.2 }).temperature, 0.2);
    assert.deepEqual(body("anthropic", "high", model, base, { maxOutputTokens: 4000 }).thinking.budget_tokens, 3999);
    assert.equal("thinking" in body("anthropic", "high", model, base, { maxOutputTokens: 500 }), false);
  });
});

describe("the level that was sent", () => {
  it("is read from a budget of tokens", () => {
    for (const effort of ["off", "minimal", "low", "medium", "high"] as const) {
      const sent = JSON.stringify(body("gemini", effort, "gemini-2.5-flash"));
      assert.equal(sentToGemini(sent), effort);
    }
    for (const effort of ["minimal", "low", "medium", "high"] as const) {
      const sent = JSON.stringify(body("anthropic", effort, "claude-sonnet-4-5", base, { maxOutputTokens: 64_000 }));
      assert.equal(sentToAnthropic(sent), effort);
    }
  });
});
