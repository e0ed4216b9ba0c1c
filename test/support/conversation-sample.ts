/** A conversation that uses every part of the format, as its log and as what it reads back as. */

import { type ConversationRecord, formatLine } from "../../src/chat/conversation-log.ts";
import type { ConversationMessage } from "../../src/core/conversation.ts";

const target = { provider: "local", model: "test-model" };
const attachment = {
  ...{ label: "cart.ts:1-2", path: "src/cart.ts", uri: "file:///project/src/cart.ts", language: "typescript" },
  ...{ startLine: 1, endLine: 2, text: "const a = 1;\nconst b = 2;" },
};
const measures = {
  ...{ target, answeredBy: "test-model-2", finishReason: "stop", tokensPerSecond: 42.5 },
  usage: { inputTokens: 12, outputTokens: 34, cacheReadTokens: 5, reasoningTokens: 2 },
  cost: {
    ...{ amount: 0.0012, currency: "USD", source: "computed", priceOrigin: "own" },
    price: { input: 1, output: 2, currency: "USD" },
  },
  timings: { ttft: 120.5, firstContent: 130, streaming: 900, total: 1200, waited: 3 },
} satisfies ConversationMessage["measures"];
const overloaded = { kind: "overloaded", message: "busy", details: { host: "a.test", status: 503, retryable: true } };

/** The words that must be found again, or be counted as missing. */
export const words = [
  "왜 그런가요?",
  "그건 👍🏽 ",
  "그래서요",
  "Second?",
  "half of ",
  "the rest",
  "Third?",
  "Let me see",
];

export const sampleRecords: ConversationRecord[] = [
  { v: 1, type: "conversation", id: "c", createdAt: 1_764_500_000_000 },
  {
    ...{ v: 1, type: "message" },
    message: {
      ...{ id: "q1", role: "user", text: words[0]!, state: "complete", attachments: [attachment] },
      purpose: "explain",
    },
  },
  {
    ...{ v: 1, type: "message" },
    message: { id: "a1", role: "assistant", text: "", state: "streaming", turn: { id: "t1", target } },
  },
  { v: 1, type: "delta", id: "a1", thinking: words[7]! },
  { v: 1, type: "delta", id: "a1", text: words[1]! },
  { v: 1, type: "delta", id: "a1", text: words[2]! },
  {
    ...{ v: 1, type: "end", id: "a1" },
    message: {
      ...{ id: "a1", role: "assistant", state: "complete", measures, scripted: true },
      notices: [{ type: "notice", code: "failed-over", target, error: overloaded as never }],
    },
  },
  { v: 1, type: "message", message: { id: "q2", role: "user", text: words[3]!, state: "complete" } },
  { v: 1, type: "message", message: { id: "a2", role: "assistant", text: "", state: "streaming" } },
  { v: 1, type: "delta", id: "a2", text: words[4]! },
  {
    ...{ v: 1, type: "end", id: "a2" },
    message: {
      ...{ id: "a2", role: "assistant", state: "incomplete", measures, error: overloaded as never },
      resume: { id: "resp_1", after: 7 },
    },
  },
  { v: 1, type: "resume", id: "a2", turn: { id: "t2", target } },
  { v: 1, type: "delta", id: "a2", text: words[5]! },
  {
    ...{ v: 1, type: "end", id: "a2" },
    message: { id: "a2", role: "assistant", state: "stopped", measures, seams: [8] },
  },
  { v: 1, type: "message", message: { id: "q3", role: "user", text: words[6]!, state: "complete" } },
];

export const sampleLines: string[] = sampleRecords.map((record, n) => formatLine(record, { by: "writer", n }));

export const sampleLog = sampleLines.map((line) => `${line}\n`).join("");

/** The same as version 0.1.0 wrote it. */
export const oldSampleLog = sampleRecords.map((record) => `${JSON.stringify(record)}\n`).join("");
