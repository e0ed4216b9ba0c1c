/** Responses streams, written by hand and recorded, each decoded to what it is known to say. */
import assert from "node:assert/strict";
import { decodeBody } from "../../support/decode.ts";
import { loadFixtures } from "../../support/fixtures.ts";
import { type Counts, checkRecorded } from "../../support/recorded.ts";

describe("Responses streams", () => {
  checkRecorded("openai-responses", (answer, expected) => {
    assert.equal(answer.text, expected.text);
    assert.equal(answer.thinking, expected.reasoning);
    assert.deepEqual(
      answer.tools.map(({ id, name, arguments: args }) => ({ id, name, args })),
      expected.toolCalls.map(({ id, name, args }) => ({ id, name, args })),
    );
    assert.deepEqual(answer.notices, []);
    if (expected.errors.length > 0) {
      assert.equal(answer.error?.kind, "no-credit");
      assert.equal(answer.error?.retryable, false);
      return;
    }
    const raw = expected.usageLast as Counts & { input_tokens_details?: Counts; output_tokens_details?: Counts };
    assert.equal(answer.usage?.inputTokens, raw.input_tokens);
    assert.equal(answer.usage?.outputTokens, raw.output_tokens);
    assert.equal(answer.usage?.cacheReadTokens, raw.input_tokens_details?.cached_tokens);
    assert.equal(answer.usage?.reasoningTokens, raw.output_tokens_details?.reasoning_tokens);
    assert.equal(answer.end?.rawReason, expected.finishReasons.at(-1));
    assert.equal(answer.error, undefined);
  });

  it("tell the same, broken off at any event and read on", () => {
    const recorded = loadFixtures("openai-responses").filter(({ name }) => name.includes("background-1"));
    assert.ok(recorded.length > 0);
    for (const { body, expected } of recorded) {
      const events = body.split(/(?<=\n\n)/);
      for (let at = 1; at < events.length - 1; at++) {
        const first = decodeBody(events.slice(0, at).join(""), "openai-responses");
        const point = first.events.find((event) => event.type === "resume-point")?.point;
        assert.equal(point?.after, at - 1);
        // A server that sends some of it again.
        const rest = decodeBody(events.slice(Math.max(0, at - 3)).join(""), "openai-responses", undefined, point);
        assert.equal(first.text + rest.text, expected.text);
        assert.equal(rest.end?.finishReason, "stop");
      }
    }
  });
});
