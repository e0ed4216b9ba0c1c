/** A request in Gemini's words. */
import assert from "node:assert/strict";
import type { ChatMessage, ChatRequest } from "../../../src/core/message.ts";
import { encodeRequest } from "../../../src/providers/gemini/encode.ts";
import type { Repair } from "../../../src/providers/gemini/repairs.ts";
import { configure } from "../../support/run.ts";

const config = configure({ preset: "gemini", protocol: "gemini" });
const user = (text: string): ChatMessage => ({ role: "user", parts: [{ type: "text", text }] });

function encode(request: Partial<ChatRequest>, ...repairs: Repair[]) {
  return JSON.parse(
    encodeRequest({ model: "gemini-1.5-pro", messages: [user("Hi")], ...request }, config, new Set(repairs)),
  );
}

const tools = [
  {
    name: "f",
    description: "does f",
    parameters: {
      type: "object",
      properties: { a: { type: ["string", "null"], default: 1 } },
      additionalProperties: false,
    },
  },
];

const called: ChatMessage[] = [
  user("Do"),
  {
    role: "assistant",
    parts: [
      { type: "thinking", text: "Hm", signature: "gemini:dGV4dA==" },
      { type: "text", text: "Well" },
      { type: "tool-call", id: "srv-1", name: "f", arguments: '{"a":1}', complete: true, signature: "c2ln" },
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
  user("Go on"),
];

describe("a request to Gemini", () => {
  it("has contents, system, limit and temperature in their places", () => {
    assert.deepEqual(encode({ system: "Be brief", maxOutputTokens: 9, temperature: 0.2 }), {
      contents: [{ role: "user", parts: [{ text: "Hi" }] }],
      systemInstruction: { parts: [{ text: "Be brief" }] },
      generationConfig: { maxOutputTokens: 9, temperature: 0.2 },
    });
  });

  it("asks thinking models for their thoughts", () => {
    for (const model of ["gemini-2.5-flash", "gemini-3-pro-preview", "google/gemini-2.5-pro"]) {
      assert.deepEqual(encode({ model }).generationConfig, { thinkingConfig: { includeThoughts: true } });
    }
    assert.equal(encode({ model: "gemini-2.5-flash" }, "thinkingConfig").generationConfig, undefined);
    assert.equal(encode({ model: "gemma-3" }).generationConfig, undefined);
  });

  it("sends calls and results back with signatures, and with ids that a server gave", () => {
    assert.deepEqual(encode({ messages: called }).contents.slice(1), [
      {
        role: "model",
        parts: [
          { text: "Well", thoughtSignature: "dGV4dA==" },
          { functionCall: { id: "srv-1", name: "f", args: { a: 1 } }, thoughtSignature: "c2ln" },
          { functionCall: { name: "g", args: {} } },
        ],
      },
      {
        role: "user",
        parts: [
          { functionResponse: { id: "srv-1", name: "f", response: { output: "one" } } },
          { functionResponse: { name: "g", response: { error: "bad" } } },
          { text: "Go on" },
        ],
      },
    ]);
  });

  it("never sends another provider's signature", () => {
    const foreign = (signature: string): ChatMessage[] => [
      user("a"),
      {
        role: "assistant",
        parts: [
          { type: "thinking", text: "x", signature },
          { type: "text", text: "b" },
        ],
      },
      user("c"),
    ];
    for (const signature of ["anthropic:[]", "reasoning_details:[]", "raw"]) {
      assert.deepEqual(encode({ messages: foreign(signature) }).contents[1], { role: "model", parts: [{ text: "b" }] });
    }
  });

  it("joins turns of one side, skips empty ones, and begins with the person's", () => {
    const answer = (text: string): ChatMessage => ({ role: "assistant", parts: [{ type: "text", text }] });
    const messages = [
      answer("Hello"),
      user("a"),
      user(" "),
      user("b"),
      answer(""),
      user("c"),
      answer("d"),
      answer("e"),
    ];
    assert.deepEqual(encode({ messages }).contents, [
      { role: "user", parts: [{ text: "…" }] },
      { role: "model", parts: [{ text: "Hello" }] },
      { role: "user", parts: [{ text: "a" }, { text: "b" }, { text: "c" }] },
      { role: "model", parts: [{ text: "d" }, { text: "e" }] },
    ]);
  });

  it("declares tools with JSON Schema, or repaired in Gemini's own dialect", () => {
    const { name, description, parameters } = tools[0]!;
    assert.deepEqual(encode({ tools }).tools, [
      { functionDeclarations: [{ name, description, parametersJsonSchema: parameters }] },
    ]);
    assert.deepEqual(encode({ tools }, "parameters").tools, [
      {
        functionDeclarations: [
          { name, description, parameters: { type: "object", properties: { a: { type: "string", nullable: true } } } },
        ],
      },
    ]);
  });

  it("is repaired in what was refused", () => {
    const unsigned = called.map((message) => ({
      ...message,
      parts: message.parts.map((part) => {
        if (part.type !== "tool-call") return part;
        const { signature: _signature, ...rest } = part;
        return rest;
      }),
    }));
    const { contents } = encode({ messages: unsigned }, "placeholder_signature");
    assert.deepEqual(
      contents[1].parts.slice(1).map((part: Record<string, unknown>) => part.thoughtSignature),
      ["skip_thought_signature_validator", undefined],
    );
    const gemma = encode({ system: "s", temperature: 1 }, "systemInstruction", "temperature");
    assert.equal(gemma.systemInstruction, undefined);
    assert.deepEqual(gemma.contents[0], { role: "user", parts: [{ text: "s" }, { text: "Hi" }] });
    assert.equal(gemma.generationConfig, undefined);
  });

  it("holds no half characters", () => {
    assert.equal(encode({ messages: [user("a\ud83d")] }).contents[0].parts[0].text, "a\ufffd");
  });
});
