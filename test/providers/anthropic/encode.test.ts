/** A request in the words of the Messages protocol. */
import assert from "node:assert/strict";
import type { ChatMessage, ChatRequest } from "../../../src/core/message.ts";
import { encodeRequest } from "../../../src/providers/anthropic/encode.ts";
import type { Repair } from "../../../src/providers/anthropic/repairs.ts";
import { signatureOf } from "../../../src/providers/anthropic/signature.ts";
import { configure } from "../../support/run.ts";

const config = configure({
  preset: "anthropic",
  protocol: "anthropic",
  models: [{ id: "known", maxOutputTokens: 77 }],
});
const user = (text: string): ChatMessage => ({ role: "user", parts: [{ type: "text", text }] });

function encode(request: Partial<ChatRequest>, ...repairs: Repair[]) {
  return JSON.parse(
    encodeRequest({ model: "claude-3-haiku", messages: [user("Hi")], ...request }, config, new Set(repairs)),
  );
}

const call = { type: "tool-call", id: "functions.f:0", name: "f", arguments: '{"a":1}', complete: true } as const;
const result: ChatMessage = {
  role: "tool",
  parts: [{ type: "tool-result", id: call.id, name: "f", text: "one", failed: true }],
};

describe("a Messages request", () => {
  it("has messages, system, limit and temperature in their places", () => {
    assert.deepEqual(encode({ system: "Be brief", maxOutputTokens: 9, temperature: 0.2 }), {
      model: "claude-3-haiku",
      max_tokens: 9,
      messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
      stream: true,
      system: "Be brief",
      temperature: 0.2,
    });
  });

  it("always has a limit: the person's, the model's, or one that fits its generation", () => {
    const limit = (request: Partial<ChatRequest>, ...repairs: Repair[]) => encode(request, ...repairs).max_tokens;
    assert.equal(limit({ model: "known", maxOutputTokens: 5 }), 5);
    assert.equal(limit({ model: "known" }), 77);
    assert.equal(limit({ model: "claude-sonnet-4-5-20250929" }), 32_000);
    assert.equal(limit({ model: "anthropic/claude-opus-4.8" }), 32_000);
    assert.equal(limit({ model: "claude-3-5-sonnet-20241022" }), 8192);
    assert.equal(limit({ model: "glm-4.6" }), 8192);
    assert.equal(limit({ model: "glm-4.6" }, "max_tokens=4096"), 4096);
  });

  it("leaves the temperature out for models that refuse it, and keeps it within bounds", () => {
    for (const model of ["claude-opus-4-7", "claude-sonnet-5", "anthropic/claude-opus-5", "claude-fable-5-20260801"]) {
      assert.equal(encode({ model, temperature: 1 }).temperature, undefined, model);
    }
    for (const model of ["claude-sonnet-4-20250514", "claude-opus-4-6", "claude-3-7-sonnet-20250219", "other"]) {
      assert.equal(encode({ model, temperature: 1.7 }).temperature, 1, model);
    }
    assert.equal(encode({ temperature: 1 }, "temperature").temperature, undefined);
  });

  it("joins turns of one side, puts results first, and begins with the person's", () => {
    const messages: ChatMessage[] = [
      { role: "assistant", parts: [{ type: "text", text: "Hello" }] },
      user("a"),
      user("  "),
      user("b"),
      { role: "assistant", parts: [{ type: "text", text: "Well" }, call] },
      user("c"),
      result,
      { role: "assistant", parts: [{ type: "text", text: "so far \n" }] },
    ];
    assert.deepEqual(encode({ messages }).messages, [
      { role: "user", content: [{ type: "text", text: "…" }] },
      { role: "assistant", content: [{ type: "text", text: "Hello" }] },
      {
        role: "user",
        content: [
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ],
      },
      {
        role: "assistant",
        content: [
          { type: "text", text: "Well" },
          { type: "tool_use", id: "functions_f_0", name: "f", input: { a: 1 } },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "functions_f_0", content: "one", is_error: true },
          { type: "text", text: "c" },
        ],
      },
      { role: "assistant", content: [{ type: "text", text: "so far" }] },
    ]);
  });

  it("leaves out calls without a result and results without a call", () => {
    const messages: ChatMessage[] = [user("a"), { role: "assistant", parts: [call] }, user("b")];
    assert.deepEqual(encode({ messages }).messages, [
      {
        role: "user",
        content: [
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ],
      },
    ]);
    assert.equal(encode({ messages: [user("a"), result] }).messages.length, 1);
  });

  it("declares its tools, or those of the history as not to be called", () => {
    const tools = [{ name: "f", description: "d", parameters: { properties: {} } }];
    assert.deepEqual(encode({ tools }).tools, [
      { name: "f", description: "d", input_schema: { type: "object", properties: {} } },
    ]);
    const messages = [user("a"), { role: "assistant" as const, parts: [call] }, result];
    const history = encode({ messages });
    assert.deepEqual(history.tools, [{ name: "f", input_schema: { type: "object" } }]);
    assert.deepEqual(history.tool_choice, { type: "none" });
    assert.equal(encode({ messages }, "no_tool_choice").tool_choice, undefined);
  });

  it("sends signed thinking back in its place, unless the message is another now", () => {
    const signature = signatureOf([
      { type: "thinking", length: 2, signature: "s1" },
      { type: "unsigned", length: 1 },
      { type: "redacted", data: "r" },
      { type: "text", length: 4 },
      { type: "thinking", length: 1, signature: "s2" },
      { type: "call", id: call.id },
    ]);
    const asked = (text: string, repairs: Repair[] = []) =>
      encode(
        {
          messages: [
            user("a"),
            {
              role: "assistant",
              parts: [{ type: "thinking", text: "abxc", signature: signature! }, { type: "text", text }, call],
            },
            result,
          ],
        },
        ...repairs,
      ).messages[1].content;
    const use = { type: "tool_use", id: "functions_f_0", name: "f", input: { a: 1 } };
    assert.deepEqual(asked("Well"), [
      { type: "thinking", thinking: "ab", signature: "s1" },
      { type: "redacted_thinking", data: "r" },
      { type: "text", text: "Well" },
      { type: "thinking", thinking: "c", signature: "s2" },
      use,
    ]);
    assert.deepEqual(asked("Changed"), [{ type: "text", text: "Changed" }, use]);
    assert.deepEqual(asked("Well", ["no_thinking"]), [{ type: "text", text: "Well" }, use]);
  });

  it("never sends another provider's signature", () => {
    for (const signature of ["gemini:x", "reasoning_details:[]", "raw", "anthropic:{", 'anthropic:[{"type":"call"}]']) {
      const parts = [
        { type: "thinking" as const, text: "x", signature },
        { type: "text" as const, text: "b" },
      ];
      assert.deepEqual(encode({ messages: [user("a"), { role: "assistant", parts }] }).messages[1].content, [
        { type: "text", text: "b" },
      ]);
    }
  });

  it("holds no half characters", () => {
    assert.equal(encode({ messages: [user("a\ud83d")] }).messages[0].content[0].text, "a\ufffd");
  });
});
