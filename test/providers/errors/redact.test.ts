/** Keys are cut out of foreign texts, and nothing else is. */
import assert from "node:assert/strict";
import { createRedactor } from "../../../src/core/redactor.ts";
import { redact } from "../../../src/providers/errors/redact.ts";

describe("redact", () => {
  const cut: [text: string, left: string, key?: string][] = [
    ["Incorrect API key provided: sk-proj-abcdefgh12345678.", "Incorrect API key provided: [key]"],
    ["key sk-or-v1-0123456789abcdef is bad", "key [key] is bad"],
    ["key AIzaSyA-1234567890abcdef", "key [key]"],
    ["Authorization: Bearer abc.def-ghi", "Authorization: Bearer [key]"],
    ["GET /v1?key=abcdef123456&x=1", "GET /v1?key=[key]&x=1"],
    ['{"api_key": "abcdef123456"}', '{"api_key": "[key]"}'],
    ["Incorrect API key provided: abcd****wxyz.", "Incorrect API key provided: [key]."],
    ["your key hunter2hunter2 failed", "your key [key] failed", "hunter2hunter2"],
  ];
  for (const [text, left, key] of cut)
    it(`cuts ${JSON.stringify(text)}`, () => assert.equal(redact(text, createRedactor([key])), left));

  for (const text of [
    "The model `gpt-4.1` does not exist.",
    "maximum context length is 128000 tokens",
    "Rate limit reached for task-force in organization org-x",
    "모델을 찾을 수 없습니다",
  ]) {
    it(`leaves ${JSON.stringify(text)}`, () => assert.equal(redact(text, createRedactor(["sk-1234567890"])), text));
  }
});
