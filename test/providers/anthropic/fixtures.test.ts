/** Messages streams, written by hand and recorded, each decoded to what it is known to say. */
import assert from "node:assert/strict";
import { type Counts, checkRecorded } from "../../support/recorded.ts";

describe("Messages streams", () => {
  checkRecorded("anthropic", (answer, expected, name) => {
    assert.equal(answer.text, expected.text);
    assert.equal(answer.thinking, expected.reasoning);
    const own = expected.toolCalls.filter((call) => (call as { type?: string }).type === "tool_use");
    assert.deepEqual(
      answer.tools,
      own.map(({ id, name: tool, args }) => ({ id, name: tool, arguments: args === "" ? "{}" : args, complete: true })),
    );
    const raw = expected.usageLast as Counts & { output_tokens_details?: Counts };
    const read = raw.cache_read_input_tokens;
    const written = raw.cache_creation_input_tokens;
    // The reducer of the recordings counts the last run only; a compaction ran before it.
    const compaction = name.includes("compaction") ? { input: 60385, output: 522 } : { input: 0, output: 0 };
    const thinking = raw.output_tokens_details?.thinking_tokens;
    // What `message_delta` leaves out stands in `message_start`.
    assert.equal(answer.usage?.inputTokens, (raw.input_tokens ?? 0) + (read ?? 0) + (written ?? 0) + compaction.input);
    assert.equal(answer.usage?.outputTokens, (raw.output_tokens ?? 0) + compaction.output);
    if (read !== undefined) assert.equal(answer.usage?.cacheReadTokens, read);
    if (written !== undefined) assert.equal(answer.usage?.cacheWriteTokens, written);
    assert.equal(answer.usage?.reasoningTokens, thinking);
    assert.equal(answer.end?.rawReason, expected.finishReasons.at(-1));
    assert.equal(answer.error, undefined);
    assert.deepEqual(answer.notices, []);
  });
});
