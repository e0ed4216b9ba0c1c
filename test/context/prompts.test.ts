import assert from "node:assert/strict";
import { trimMessages } from "../../src/context/context.ts";
import { questionText, systemPrompt, toChatMessages } from "../../src/context/prompts.ts";
import { userMessage } from "../../src/core/message.ts";

const attachment = { label: "a.ts:1-2", path: "src/a.ts", language: "typescript", startLine: 1, endLine: 2, text: "x" };

describe("what is sent to a model", () => {
  it("puts attached code into a fence that the code cannot close", () => {
    const text = questionText({ text: "Why?", attachments: [{ ...attachment, text: "````\ncode\n````" }] });
    assert.match(text, /^Why\?\n\n`src\/a\.ts`, lines 1 to 2:\n\n`````typescript\n````\ncode\n````\n`````$/);
  });

  it("names the user's language and adds their own instructions", () => {
    const text = systemPrompt({ systemPrompt: " Use tabs. ", locale: "ko" });
    assert.match(text, /Korean/);
    assert.ok(text.endsWith("Use tabs."));
  });

  it("leaves failed answers out and keeps their questions", () => {
    const told = toChatMessages([
      { id: "1", role: "user", text: "one", state: "complete" },
      { id: "2", role: "assistant", text: "", state: "failed" },
      { id: "3", role: "user", text: "two", state: "complete" },
      { id: "4", role: "assistant", text: "half", state: "incomplete" },
    ]);
    assert.deepEqual(
      told.map(({ role }) => role),
      ["user", "user", "assistant"],
    );
  });

  it("leaves the oldest messages out when the context window is small, and always keeps the question", () => {
    const messages = [
      userMessage("a".repeat(4000)),
      { ...userMessage("b".repeat(4000)), role: "assistant" as const },
      userMessage("c".repeat(400)),
    ];
    const all = trimMessages(messages, { contextWindow: 100_000, reserve: 4096, systemTokens: 10 });
    assert.equal(all.left, 0);
    const some = trimMessages(messages, { contextWindow: 1000, reserve: 100, systemTokens: 10 });
    assert.equal(some.left, 2);
    assert.equal(some.messages[0], messages[2]);
    const tiny = trimMessages(messages, { contextWindow: 10, reserve: 100, systemTokens: 10 });
    assert.equal(tiny.messages.length, 1);
    assert.equal(trimMessages(messages, { reserve: 1, systemTokens: 1 }).left, 0);
  });
});
