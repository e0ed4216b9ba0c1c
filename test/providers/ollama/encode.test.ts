/** A request in Ollama's words. */
import assert from "node:assert/strict";
import { type ChatMessage, type ChatRequest, userMessage } from "../../../src/core/message.ts";
import { encodeRequest } from "../../../src/providers/ollama/encode.ts";
import { parseOllamaModels } from "../../../src/providers/ollama/models.ts";
import type { Repair } from "../../../src/providers/ollama/repairs.ts";
import { configure } from "../../support/run.ts";

const entry = { preset: "ollama", protocol: "ollama" };

function encode(request: Partial<ChatRequest>, models: unknown[] = [], ...repairs: Repair[]) {
  const config = configure({ ...entry, models });
  return JSON.parse(
    encodeRequest({ model: "qwen3:8b", messages: [userMessage("Hi")], ...request }, config, new Set(repairs)),
  );
}

describe("a request to Ollama", () => {
  it("has messages, system, limit and temperature in their places", () => {
    assert.deepEqual(encode({ system: "Be brief", maxOutputTokens: 9, temperature: 0.2 }), {
      model: "qwen3:8b",
      messages: [
        { role: "system", content: "Be brief" },
        { role: "user", content: "Hi" },
      ],
      stream: true,
      options: { num_predict: 9, temperature: 0.2 },
    });
  });

  it("says nothing of what nobody chose", () => {
    assert.deepEqual(Object.keys(encode({})), ["model", "messages", "stream"]);
  });

  it("asks for the context window that the person gave to this model, and for no other", () => {
    const models = [{ id: "qwen3:8b", contextWindow: 32768 }, { id: "gemma3" }];
    assert.deepEqual(encode({}, models).options, { num_ctx: 32768 });
    assert.equal(encode({ model: "gemma3" }, models).options, undefined);
    assert.equal(encode({ model: "other" }, models).options, undefined);
  });

  const called: ChatMessage[] = [
    userMessage("Do"),
    {
      role: "assistant",
      parts: [
        { type: "thinking", text: "Hm", signature: "gemini:dGV4dA==" },
        { type: "text", text: "Well" },
        { type: "tool-call", id: "srv-1", name: "f", arguments: '{"a":1}', complete: true },
        { type: "tool-call", id: "call_made_1", name: "g", arguments: "", complete: true },
        { type: "tool-call", id: "unanswered", name: "h", arguments: "{}", complete: true },
      ],
    },
    {
      role: "tool",
      parts: [
        { type: "tool-result", id: "srv-1", name: "f", text: "one" },
        { type: "tool-result", id: "call_made_1", name: "g", text: "bad", failed: true },
      ],
    },
    userMessage("Go on"),
  ];

  it("sends calls with objects, results by the tool's name, and ids that a server gave", () => {
    assert.deepEqual(encode({ messages: called }).messages, [
      { role: "user", content: "Do" },
      {
        role: "assistant",
        content: "Well",
        thinking: "Hm",
        tool_calls: [
          { id: "srv-1", function: { name: "f", arguments: { a: 1 } } },
          { function: { name: "g", arguments: {} } },
        ],
      },
      { role: "tool", content: "one", tool_name: "f", tool_call_id: "srv-1" },
      { role: "tool", content: "Error: bad", tool_name: "g" },
      { role: "user", content: "Go on" },
    ]);
  });

  it("leaves out thinking that led to no call, and answers that say nothing", () => {
    const thought: ChatMessage = { role: "assistant", parts: [{ type: "thinking", text: "Hm" }] };
    const spoken: ChatMessage = { role: "assistant", parts: [...thought.parts, { type: "text", text: "A" }] };
    assert.deepEqual(encode({ messages: [userMessage("a"), thought, spoken] }).messages, [
      { role: "user", content: "a" },
      { role: "assistant", content: "A" },
    ]);
  });

  it("declares tools, unless the model was found to have none", () => {
    const tools = [{ name: "f", description: "does f", parameters: { type: "object", properties: {} } }];
    assert.deepEqual(encode({ tools }).tools, [
      {
        type: "function",
        function: { name: "f", description: "does f", parameters: { type: "object", properties: {} } },
      },
    ]);
    assert.equal(encode({ tools }, [], "tools").tools, undefined);
  });

  it("asks for the rest of an answer that broke off", () => {
    assert.deepEqual(encode({ continues: { text: "Half an", instruction: "Go on." } }).messages, [
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Half an" },
      { role: "user", content: "Go on." },
    ]);
    assert.equal(encode({ continues: { text: "", instruction: "Go on." } }).messages.length, 1);
  });

  it("sends no half characters", () => {
    assert.equal(encode({ messages: [userMessage("a\ud83d")] }).messages[0].content, "a\ufffd");
  });
});

describe("Ollama's list of models", () => {
  it("has those that can chat, with their sizes", () => {
    const details = { family: "qwen3", parameter_size: "8.2B", quantization_level: "Q4_K_M" };
    const body = {
      models: [
        { name: "qwen3:8b", model: "qwen3:8b", size: 5225388164, details },
        {
          name: "nomic-embed-text:latest",
          model: "nomic-embed-text:latest",
          size: 1,
          details: { family: "nomic-bert" },
        },
        { name: "qwen3-embedding", size: 1, details, capabilities: ["embedding"] },
        { name: "gemma3", size: 3e9, capabilities: ["completion", "vision"] },
        { name: "cloud-model", size: 0 },
        null,
      ],
    };
    assert.deepEqual(parseOllamaModels(body), [
      { id: "qwen3:8b", size: 5225388164 },
      { id: "gemma3", size: 3e9 },
      { id: "cloud-model" },
    ]);
    assert.deepEqual(parseOllamaModels({ models: null }), []);
  });
});
