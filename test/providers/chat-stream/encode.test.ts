/** A request in the words of a backend that takes one message. */
import assert from "node:assert/strict";
import { type ChatMessage, type ChatRequest, userMessage } from "../../../src/core/message.ts";
import { encodeRequest } from "../../../src/providers/chat-stream/encode.ts";

const encode = (request: Partial<ChatRequest> = {}) =>
  JSON.parse(encodeRequest({ model: "default", messages: [userMessage("Hi")], ...request }));
const assistant = (text: string): ChatMessage => ({ role: "assistant", parts: [{ type: "text", text }] });

describe("a request to a backend", () => {
  it("has exactly the fields that are agreed upon", () => {
    assert.deepEqual(encode({ system: "Be brief", temperature: 0, maxOutputTokens: 9, model: "deepseek-chat" }), {
      message: "Hi",
      system_prompt: "Be brief",
      temperature: 0,
      max_tokens: 9,
      model: "deepseek-chat",
    });
  });

  it("leaves the backend's defaults alone where nothing was chosen, but always names a model", () => {
    assert.deepEqual(encode({ system: " " }), { message: "Hi", model: "default" });
    assert.equal(encode({ model: "" }).model, "default");
  });

  it("tells earlier turns in the one message", () => {
    const messages = [userMessage("What is 1+1?"), assistant("2"), userMessage("And\n\n1+2?")];
    assert.equal(encode({ messages }).message, "User: What is 1+1?\n\nAssistant: 2\n\nUser: And\n\n1+2?");
  });

  it("leaves out thinking, calls and turns that say nothing, and keeps what tools said", () => {
    const messages: ChatMessage[] = [
      userMessage("Weather?"),
      {
        role: "assistant",
        parts: [
          { type: "thinking", text: "Hm" },
          { type: "tool-call", id: "a", name: "weather", arguments: "{}", complete: true },
        ],
      },
      { role: "tool", parts: [{ type: "tool-result", id: "a", name: "weather", text: "Sunny" }] },
      userMessage("So?"),
    ];
    assert.equal(encode({ messages }).message, "User: Weather?\n\nTool: Sunny\n\nUser: So?");
    assert.equal(encode({ messages: [assistant(" "), userMessage("Hi")] }).message, "Hi");
  });

  it("asks for the rest of an answer that broke off", () => {
    const { message } = encode({ continues: { text: "Half an", instruction: "Go on." } });
    assert.equal(message, "User: Hi\n\nAssistant: Half an\n\nUser: Go on.");
  });

  it("sends no half characters", () => {
    assert.equal(encode({ messages: [userMessage("a\ud83d")], system: "b\ude00" }).message, "a\ufffd");
  });
});
