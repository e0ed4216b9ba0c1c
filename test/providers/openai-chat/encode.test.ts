/** What is sent to each kind of chat-completions server. */
import assert from "node:assert/strict";
import { type ChatMessage, type ChatRequest, type MessagePart, userMessage } from "../../../src/core/message.ts";
import { encodeRequest } from "../../../src/providers/openai-chat/encode.ts";
import type { Repair } from "../../../src/providers/openai-chat/repairs.ts";
import { configure } from "../../support/run.ts";

type Wire = Record<string, unknown> & { messages: Record<string, unknown>[] };

const openai = { preset: "openai" };
const relay = { baseUrl: "https://relay.example/v1" };

function encode(request: Partial<ChatRequest>, entry: Record<string, unknown> = relay, repairs: Repair[] = []): Wire {
  const whole = { model: "gpt-4.1", messages: [userMessage("Hi")], ...request };
  return JSON.parse(encodeRequest(whole, configure(entry), new Set(repairs)));
}

const assistant = (...parts: MessagePart[]): ChatMessage => ({ role: "assistant", parts });
const call = (id: string, more: object = {}): MessagePart => ({
  type: "tool-call",
  id,
  name: "f",
  arguments: '{"x":1}',
  complete: true,
  ...more,
});
const result = (id: string, text = "ok", failed = false): ChatMessage => ({
  role: "tool",
  parts: [{ type: "tool-result", id, name: "f", text, failed }],
});

describe("the request body", () => {
  it("is small when little is asked", () => {
    assert.deepEqual(encode({}), {
      model: "gpt-4.1",
      messages: [{ role: "user", content: "Hi" }],
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it("has the system prompt first, and none when it is empty", () => {
    assert.deepEqual(encode({ system: "Be brief" }).messages[0], { role: "system", content: "Be brief" });
    assert.equal(encode({ system: "" }).messages.length, 1);
  });

  it("names tools as functions", () => {
    const parameters = { type: "object", properties: {} };
    const body = encode({
      tools: [
        { name: "f", description: "does f", parameters },
        { name: "g", parameters },
      ],
    });
    assert.deepEqual(body.tools, [
      { type: "function", function: { name: "f", description: "does f", parameters } },
      { type: "function", function: { name: "g", parameters } },
    ]);
    assert.equal("tools" in encode({ tools: [] }), false);
  });

  it("asks OpenAI to leave out its padding, and nobody else", () => {
    assert.deepEqual(encode({}, openai).stream_options, { include_usage: true, include_obfuscation: false });
    assert.deepEqual(encode({}, { preset: "deepseek" }).stream_options, { include_usage: true });
  });

  it("sends half characters as missing ones", () => {
    assert.equal(encode({ messages: [userMessage("a\ud83d b\udc4b 👋")] }).messages[0]?.content, "a\ufffd b\ufffd 👋");
  });

  describe("limits output", () => {
    const limitOf = (model: string, entry: Record<string, unknown>, repairs: Repair[] = []) => {
      const { max_tokens, max_completion_tokens } = encode({ model, maxOutputTokens: 9 }, entry, repairs);
      return { max_tokens, max_completion_tokens };
    };
    const old = { max_tokens: 9, max_completion_tokens: undefined };
    const modern = { max_tokens: undefined, max_completion_tokens: 9 };

    it("by max_completion_tokens for OpenAI's reasoning models", () => {
      for (const model of ["o1", "o3-mini", "o4-mini", "gpt-5", "gpt-5-mini", "gpt-5.1", "gpt-6"])
        assert.deepEqual(limitOf(model, openai), modern, model);
    });
    it("by max_tokens for all others and everywhere else", () => {
      for (const model of ["gpt-4.1", "gpt-4o", "gpt-5-chat-latest", "omni", "o"])
        assert.deepEqual(limitOf(model, openai), old, model);
      for (const model of ["o3-mini", "openai/gpt-5", "gpt-5"]) assert.deepEqual(limitOf(model, relay), old, model);
      assert.deepEqual(limitOf("qwen3", { preset: "ollama" }), old);
    });
    it("the other way round, or not at all, where the server was found to want that", () => {
      assert.deepEqual(limitOf("gpt-5", relay, ["max_tokens"]), modern);
      assert.deepEqual(limitOf("gpt-5", openai, ["max_tokens"]), old);
      assert.deepEqual(limitOf("gpt-4.1", relay, ["no_max_tokens"]), {
        max_tokens: undefined,
        max_completion_tokens: undefined,
      });
    });
  });

  it("sends the temperature except to OpenAI's reasoning models", () => {
    assert.equal(encode({ temperature: 0.2 }, openai).temperature, 0.2);
    assert.equal(encode({ temperature: 0 }).temperature, 0);
    assert.equal("temperature" in encode({ temperature: 0.2, model: "gpt-5" }, openai), false);
    assert.equal(encode({ temperature: 0.2, model: "openai/gpt-5" }).temperature, 0.2);
    assert.equal("temperature" in encode({ temperature: 0.2 }, relay, ["temperature"]), false);
  });

  it("calls the system a developer for OpenAI's reasoning models only", () => {
    const roleOf = (model: string, entry: Record<string, unknown>, repairs: Repair[] = []) =>
      encode({ model, system: "s" }, entry, repairs).messages[0]?.role;
    assert.equal(roleOf("o3", openai), "developer");
    assert.equal(roleOf("gpt-4.1", openai), "system");
    assert.equal(roleOf("o3", relay), "system");
    assert.equal(roleOf("o3", openai, ["developer"]), "system");
  });

  it("leaves out stream options where they are refused", () => {
    assert.equal("stream_options" in encode({}, relay, ["stream_options"]), false);
  });

  describe("with tools used before", () => {
    it("gives calls and results back in their places", () => {
      const messages = [
        userMessage("Hi"),
        assistant({ type: "text", text: "Let me see" }, call("a"), call("b", { arguments: "" })),
        result("a"),
        result("b", "no such file", true),
      ];
      assert.deepEqual(encode({ messages }).messages.slice(1), [
        {
          role: "assistant",
          content: "Let me see",
          tool_calls: [
            { id: "a", type: "function", function: { name: "f", arguments: '{"x":1}' } },
            { id: "b", type: "function", function: { name: "f", arguments: "{}" } },
          ],
        },
        { role: "tool", tool_call_id: "a", content: "ok" },
        { role: "tool", tool_call_id: "b", content: "Error: no such file" },
      ]);
    });

    it("gives several results of one message as one message each", () => {
      const results: ChatMessage = { role: "tool", parts: [...result("a").parts, ...result("b").parts] };
      const { messages } = encode({ messages: [userMessage("Hi"), assistant(call("a"), call("b")), results] });
      assert.deepEqual(
        messages.map(({ role }) => role),
        ["user", "assistant", "tool", "tool"],
      );
      assert.equal(messages[1]?.content, null);
    });

    it("leaves out calls without a result, results without a call, and calls cut off", () => {
      const messages = [
        userMessage("Hi"),
        assistant(call("a"), call("cut", { complete: false, arguments: '{"x' })),
        result("cut"),
        result("stray"),
        userMessage("Go on"),
      ];
      assert.deepEqual(encode({ messages }).messages, [{ role: "user", content: "Hi\n\nGo on" }]);
    });

    it("leaves out an assistant who said nothing", () => {
      const messages = [userMessage("Hi"), assistant({ type: "thinking", text: "Hm" }), userMessage("?")];
      assert.deepEqual(encode({ messages }).messages, [{ role: "user", content: "Hi\n\n?" }]);
    });

    it("names an empty list of tools for LiteLLM", () => {
      const messages = [userMessage("Hi"), assistant(call("a")), result("a")];
      assert.deepEqual(encode({ messages }, { preset: "litellm" }).tools, []);
      assert.equal("tools" in encode({ messages }), false);
      assert.equal("tools" in encode({}, { preset: "litellm" }), false);
    });
  });

  describe("gives thinking back", () => {
    const details = [{ type: "reasoning.text", text: "Hm", signature: "SIGN" }];
    const signature = `reasoning_details:${JSON.stringify(details)}`;
    const messages = [
      userMessage("Hi"),
      assistant({ type: "thinking", text: "Hm", signature }, call("a", { signature: "GOOGLE" })),
      result("a"),
    ];
    const assistantOf = (model: string, entry: Record<string, unknown>, repairs: Repair[] = []) =>
      encode({ model, messages }, entry, repairs).messages[1]!;

    it("to DeepSeek and its like as text, when tools were called", () => {
      assert.equal(assistantOf("deepseek-chat", { preset: "deepseek" }).reasoning_content, "Hm");
      assert.equal(assistantOf("deepseek/deepseek-v4", relay).reasoning_content, "Hm");
      const plain = [
        userMessage("Hi"),
        assistant({ type: "thinking", text: "Hm" }, { type: "text", text: "Yo" }),
        userMessage("?"),
      ];
      assert.equal(
        "reasoning_content" in encode({ model: "deepseek-chat", messages: plain }, { preset: "deepseek" }).messages[1]!,
        false,
      );
    });
    it("to OpenRouter as the details it sent", () => {
      assert.deepEqual(assistantOf("anthropic/claude", { preset: "openrouter" }).reasoning_details, details);
    });
    it("to Gemini as the signature of its call", () => {
      const [sent] = assistantOf("gemini-3-pro", relay).tool_calls as Record<string, unknown>[];
      assert.deepEqual(sent?.extra_content, { google: { thought_signature: "GOOGLE" } });
    });
    it("to nobody else", () => {
      const sent = assistantOf("gpt-4.1", openai);
      assert.deepEqual(Object.keys(sent), ["role", "content", "tool_calls"]);
      assert.deepEqual(Object.keys((sent.tool_calls as object[])[0]!), ["id", "type", "function"]);
    });
    it("wherever it was demanded, and no more where it was refused", () => {
      assert.equal(assistantOf("gpt-4.1", relay, ["reasoning_content"]).reasoning_content, "Hm");
      assert.equal(
        "reasoning_content" in assistantOf("deepseek-chat", { preset: "deepseek" }, ["no_reasoning_content"]),
        false,
      );
    });
  });
});
