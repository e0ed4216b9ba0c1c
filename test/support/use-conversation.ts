/** What host and page do with a conversation that was read back, so that a test sees whether any of it throws. */
import assert from "node:assert/strict";
import { trimMessages } from "../../src/context/context.ts";
import { toChatMessages } from "../../src/context/prompts.ts";
import type { Conversation } from "../../src/core/conversation.ts";
import {
  estimateMark,
  exactAmount,
  formatCost,
  formatDuration,
  formatRate,
  formatTokens,
} from "../../src/core/format.ts";

/** Everything that host and page do with what was read: it may not throw. */
export function useConversation(conversation: Conversation): void {
  JSON.stringify(conversation);
  const { messages } = trimMessages(toChatMessages(conversation.messages), {
    ...{ contextWindow: 100, reserve: 10, systemTokens: 1 },
  });
  JSON.stringify(messages);
  const ids = conversation.messages.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length, "two messages of one id");
  for (const {
    id,
    text,
    thinking = "",
    attachments = [],
    measures,
    seams = [],
    notices = [],
    error,
  } of conversation.messages) {
    assert.ok(typeof id === "string" && id !== "");
    assert.ok(text.slice().trim().length + thinking.trim().length >= 0);
    assert.deepEqual(
      seams,
      [...seams].sort((one, other) => one - other),
    );
    assert.ok(seams.every((seam) => seam >= 0 && seam <= text.length));
    for (const each of attachments) assert.ok(each.label.toLowerCase().length <= 1000 && each.startLine >= 1);
    for (const notice of notices) assert.ok(notice.code.length > 0);
    if (error) assert.ok(error.kind.length > 0 && error.message.length >= 0 && typeof error.details === "object");
    if (measures === undefined) continue;
    const { usage, cost, timings, tokensPerSecond, target } = measures;
    assert.equal(typeof `${target.provider.length}${target.model.length}`, "string");
    estimateMark(usage);
    formatCost(cost);
    if (cost) exactAmount(cost.amount, cost.currency);
    if (tokensPerSecond !== undefined) formatRate(tokensPerSecond);
    if (timings) formatDuration(timings.total);
    for (const count of Object.values(usage ?? {})) if (typeof count === "number") formatTokens(count);
  }
}
