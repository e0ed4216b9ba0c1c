/** chat-completions streams of fourteen servers, written by hand and recorded, each decoded to what it is known to say. */
import assert from "node:assert/strict";
import type { Expected } from "../../support/fixtures.ts";
import { type Counts, checkRecorded } from "../../support/recorded.ts";
import type { Answer } from "../../support/run.ts";

/** Straight from the table of who counts what, not by way of the decoder's code. */
function expectedUsage(raw: Record<string, unknown> | null): Record<string, number> | undefined {
  if (raw === null) return undefined;
  const usage = raw as Counts & { prompt_tokens_details?: Counts; completion_tokens_details?: Counts };
  const { prompt_tokens: prompt = 0, completion_tokens: completion = 0, total_tokens: total = 0 } = usage;
  const reasoning = usage.completion_tokens_details?.reasoning_tokens;
  const cached = usage.prompt_tokens_details?.cached_tokens ?? usage.prompt_cache_hit_tokens ?? usage.cached_tokens;
  const written = usage.prompt_tokens_details?.cache_write_tokens;
  const output = reasoning && total === prompt + completion + reasoning ? completion + reasoning : completion;
  const expected: Record<string, number> = { inputTokens: prompt, outputTokens: output };
  if (cached !== undefined && cached !== null) expected.cacheReadTokens = cached;
  if (written !== undefined && written !== null) expected.cacheWriteTokens = written;
  if (reasoning !== undefined && reasoning !== null) expected.reasoningTokens = Math.min(reasoning, output);
  return expected;
}

function check(answer: Answer, expected: Expected, name: string): void {
  assert.equal(answer.text, expected.text);
  assert.equal(answer.thinking, expected.reasoning);
  assert.deepEqual(
    answer.tools.map((tool) => ({ id: tool.id, name: tool.name, args: tool.arguments })),
    expected.toolCalls.map(({ id, name, args }) => ({ id: id ?? "made-1", name, args: args === "" ? "{}" : args })),
  );
  assert.ok(answer.tools.every((tool) => tool.complete));
  const usage = expectedUsage(expected.usageLast);
  // llama.cpp tells what it read from its cache in `timings` only.
  if (usage && name.includes("llama-cpp")) usage.cacheReadTokens = 83;
  assert.deepEqual(answer.usage, usage);
  const message = expected.errors[0]?.message;
  // Thinking alone is no answer that a finish reason could end.
  const isAnswer = expected.text !== "" || expected.toolCalls.length > 0;
  const finish = isAnswer ? expected.finishReasons.at(-1) : undefined;
  assert.equal(answer.end?.rawReason, finish);
  if (message === undefined) {
    assert.equal(answer.error, undefined);
    assert.deepEqual(answer.notices, []);
  } else if (finish === undefined) {
    assert.equal(answer.error?.details.providerMessage, message);
  } else {
    assert.deepEqual(answer.notices, [{ type: "notice", code: "late-error", detail: message }]);
  }
}

describe("chat-completions streams", () => {
  checkRecorded("openai-chat", check);
});
