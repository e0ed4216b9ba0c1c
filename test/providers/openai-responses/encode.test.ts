/** A request in the words of the Responses protocol. */
import assert from "node:assert/strict";
import { type ChatMessage, type ChatRequest, userMessage } from "../../../src/core/message.ts";
import { encodeRequest } from "../../../src/providers/openai-responses/encode.ts";
import type { Repair } from "../../../src/providers/openai-responses/repairs.ts";
import { signatureOf } from "../../../src/providers/openai-responses/signature.ts";
import { configure } from "../../support/run.ts";

const protocol = "openai-responses";
const local = configure({ protocol, baseUrl: "http://localhost:1234/v1" });
const openai = configure({ preset: "openai-responses", protocol });

function encodeFor(config: typeof local, request: Partial<ChatRequest>, ...repairs: Repair[]) {
  return JSON.parse(
    encodeRequest({ model: "gpt-4.1", messages: [userMessage("Hi")], ...request }, config, new Set(repairs)),
  );
}
const encode = (request: Partial<ChatRequest>, ...repairs: Repair[]) => encodeFor(local, request, ...repairs);

const call = { type: "tool-call", id: "call_1", name: "f", arguments: '{"a":1}', complete: true } as const;
const encodedCall = { type: "function_call", call_id: "call_1", name: "f", arguments: '{"a":1}' };
const result: ChatMessage = {
  role: "tool",
  parts: [{ type: "tool-result", id: "call_1", name: "f", text: "one", failed: true }],
};

describe("a Responses request", () => {
  it("has input, instructions, limit and temperature in their places, and leaves nothing at the server", () => {
    assert.deepEqual(encode({ system: "Be brief", maxOutputTokens: 99, temperature: 0.2 }), {
      model: "gpt-4.1",
      input: [{ role: "user", content: "Hi" }],
      stream: true,
      store: false,
      instructions: "Be brief",
      max_output_tokens: 99,
      temperature: 0.2,
    });
  });

  it("asks models that reason for their reasoning, and for no temperature", () => {
    for (const model of ["gpt-5", "o4-mini", "openai/gpt-5.2-codex"]) {
      const body = encode({ model, temperature: 0.2 });
      assert.deepEqual(body.include, ["reasoning.encrypted_content"]);
      assert.deepEqual(body.reasoning, { summary: "auto" });
      assert.equal(body.temperature, undefined);
      assert.equal(body.store, false);
    }
    for (const model of ["gpt-5-chat-latest", "gpt-4o", "glm-4.7"]) {
      const body = encode({ model, temperature: 0.2 });
      assert.equal(body.include, undefined);
      assert.equal(body.reasoning, undefined);
      assert.equal(body.temperature, 0.2);
    }
  });

  it("asks OpenAI, and only OpenAI, for no padding, and for no less than it allows", () => {
    assert.deepEqual(encodeFor(openai, {}).stream_options, { include_obfuscation: false });
    assert.equal(encode({}).stream_options, undefined);
    assert.equal(encode({ maxOutputTokens: 1 }).max_output_tokens, 16);
  });

  it("is kept at the server when the answer is made in the background", () => {
    const config = configure({ preset: "openai-responses", protocol, background: true });
    const body = encodeFor(config, { model: "gpt-5" });
    assert.equal(body.background, true);
    assert.equal(body.store, true);
    const refused = encodeFor(config, { model: "gpt-5" }, "background");
    assert.equal(refused.background, undefined);
    assert.equal(refused.store, false);
  });

  it("has calls and results as items of their own, those that belong together only", () => {
    const messages: ChatMessage[] = [
      userMessage("a"),
      { role: "assistant", parts: [{ type: "text", text: "Well" }, call, { ...call, id: "call_2" }] },
      result,
      { role: "tool", parts: [{ type: "tool-result", id: "call_3", name: "f", text: "stray" }] },
      userMessage("  "),
    ];
    assert.deepEqual(encode({ messages }).input, [
      { role: "user", content: "a" },
      { role: "assistant", content: "Well" },
      encodedCall,
      { type: "function_call_output", call_id: "call_1", output: "Error: one" },
    ]);
  });

  it("declares its tools flat, and as they are", () => {
    const parameters = { type: "object", properties: {} };
    const tools = [{ name: "f", description: "d", parameters }];
    assert.deepEqual(encode({ tools }).tools, [
      { type: "function", name: "f", description: "d", parameters, strict: false },
    ]);
    assert.equal(encode({ tools: [] }).tools, undefined);
  });

  it("goes on with an answer that cannot be read on by asking for its rest", () => {
    const continues = { text: "Once upon", instruction: "Go on." };
    assert.deepEqual(encode({ continues }).input, [
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Once upon" },
      { role: "user", content: "Go on." },
    ]);
  });

  it("sends reasoning back in its place, unless the message is another now", () => {
    const signature = signatureOf([
      { type: "reasoning", id: "rs_1", encrypted: "e1" },
      { type: "text", length: 4 },
      { type: "reasoning", id: "", encrypted: "e2" },
      { type: "call", id: "call_1" },
    ]);
    const asked = (text: string, ...repairs: Repair[]) => {
      const thinking = { type: "thinking" as const, text: "Hm", signature: signature! };
      const messages = [
        userMessage("a"),
        { role: "assistant" as const, parts: [thinking, { type: "text" as const, text }, call] },
        result,
      ];
      return encode({ messages }, ...repairs).input.slice(1, -1);
    };
    assert.deepEqual(asked("Well"), [
      { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "e1" },
      { role: "assistant", content: "Well" },
      { type: "reasoning", summary: [], encrypted_content: "e2" },
      encodedCall,
    ]);
    assert.deepEqual(asked("Changed"), [{ role: "assistant", content: "Changed" }, encodedCall]);
    assert.deepEqual(asked("Well", "encrypted_reasoning"), [{ role: "assistant", content: "Well" }, encodedCall]);
  });

  it("sends no reasoning whose call is left out", () => {
    const signature = signatureOf([
      { type: "reasoning", id: "rs_1", encrypted: "e1" },
      { type: "call", id: "call_1" },
    ]);
    const parts = [
      { type: "thinking" as const, text: "", signature: signature! },
      { type: "text" as const, text: "" },
      call,
    ];
    assert.equal(encode({ messages: [userMessage("a"), { role: "assistant", parts }] }).input.length, 1);
  });

  it("never sends another provider's signature", () => {
    for (const signature of [
      'anthropic:[{"type":"thinking","length":1,"signature":"s"},{"type":"text","length":1}]',
      "gemini:x",
      "reasoning_details:[]",
      "raw",
      "openai-responses:{",
      'openai-responses:[{"type":"reasoning"},{"type":"text","length":1}]',
    ]) {
      const parts = [
        { type: "thinking" as const, text: "x", signature },
        { type: "text" as const, text: "b" },
      ];
      assert.deepEqual(encode({ messages: [userMessage("a"), { role: "assistant", parts }] }).input, [
        { role: "user", content: "a" },
        { role: "assistant", content: "b" },
      ]);
    }
  });

  it("holds no half characters", () => {
    assert.equal(encode({ messages: [userMessage("a\ud83d")] }).input[0].content, "a\ufffd");
  });
});
