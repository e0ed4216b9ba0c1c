/** The presets: that each is usable as it stands, and what is known to be wrong with a key. */
import assert from "node:assert/strict";
import { hostScope } from "../../src/core/host-scope.ts";
import { findPreset, keyProblem, listPresets } from "../../src/models/catalog.ts";
import { supportedProtocols } from "../../src/providers/create.ts";
import { normalizeBaseUrl } from "../../src/providers/provider/base-url.ts";

describe("the catalog", () => {
  it("has the presets that people's settings name", () => {
    const ids = listPresets().map(({ id }) => id);
    const promised =
      "holysheep deepseek openai openai-responses ofox openrouter litellm ollama lmstudio llamacpp vllm chat-stream groq mistral xai demo";
    for (const id of promised.split(" ")) assert.ok(ids.includes(id), id);
    assert.equal(new Set(ids).size, ids.length);
  });

  for (const preset of listPresets()) {
    it(`has a sound preset ${preset.id}`, () => {
      assert.equal(findPreset(preset.id), preset);
      assert.ok(supportedProtocols().includes(preset.protocol));
      assert.deepEqual(normalizeBaseUrl(preset.baseUrl), { ok: true, baseUrl: preset.baseUrl });
      const scope = hostScope(new URL(preset.baseUrl).hostname);
      assert.equal(preset.needsKey, scope === "public");
      assert.equal(preset.keyUrl !== undefined, preset.needsKey);
      if (preset.keyUrl) assert.equal(new URL(preset.keyUrl).protocol, "https:");
      if (preset.needsKey) assert.ok(preset.models.length > 0);
      assert.equal(new Set(preset.models.map(({ id }) => id)).size, preset.models.length);
      for (const { contextWindow, maxOutputTokens } of preset.models) {
        assert.ok((contextWindow ?? 1) > (maxOutputTokens ?? 0));
      }
    });
  }

  it("knows HolySheep's addresses and models", () => {
    const preset = findPreset("holysheep");
    assert.equal(preset?.baseUrl, "https://api.holysheep.ai/v1");
    for (const id of ["deepseek/deepseek-chat-v3-0324", "deepseek-chat", "gpt-4.1", "claude-sonnet-4-20250514"]) {
      assert.ok(
        preset?.models.some((model) => model.id === id),
        id,
      );
    }
  });
});

describe("a key", () => {
  const table: [preset: string, key: string, problem: RegExp | undefined][] = [
    ["holysheep", "a".repeat(19), /"least":20/],
    ["holysheep", "a".repeat(20), undefined],
    ["holysheep", `  ${"a".repeat(20)}\n`, undefined],
    ["deepseek", "abc-1234567890", /prefix":"sk-"/],
    ["deepseek", "sk-1234567890", undefined],
    ["openrouter", "sk-1234567890", /sk-or-/],
    ["groq", "gsk_1234567890", undefined],
    ["ofox", "anything-goes", undefined],
    ["ollama", "", /empty/],
    ["openai-responses", "abc-1234567890", /prefix":"sk-"/],
    ["openai", "ｓｋ-1234567890", /characters/],
    ["openai", "sk-123 456", /characters/],
    ["openai", "sk-123\u200b456", /characters/],
  ];
  for (const [preset, key, problem] of table) {
    it(`${JSON.stringify(key)} of ${preset} ${problem ? "is found wrong" : "may be right"}`, () => {
      const found = keyProblem(findPreset(preset), key);
      if (problem) assert.match(JSON.stringify(found), problem);
      else assert.equal(found, undefined);
    });
  }
});
