/** streamGenerateContent streams, written by hand and recorded, each decoded to what it is known to say. */

import assert from "node:assert/strict";
import { defined } from "../../../src/core/defined.ts";
import { type Counts, checkRecorded } from "../../support/recorded.ts";

describe("Gemini streams", () => {
  checkRecorded("gemini", (answer, expected, name) => {
    assert.equal(answer.text, expected.text);
    assert.equal(answer.thinking, expected.reasoning);
    assert.deepEqual(
      answer.tools.map((tool) => [tool.name, tool.arguments, tool.complete]),
      expected.toolCalls.map((call) => [call.name, call.args, true]),
    );
    const raw = expected.usageLast as Counts;
    assert.deepEqual(answer.usage, {
      inputTokens: raw.promptTokenCount,
      outputTokens: (raw.candidatesTokenCount ?? 0) + (raw.thoughtsTokenCount ?? 0),
      ...defined({ reasoningTokens: raw.thoughtsTokenCount }),
    });
    assert.equal(answer.end?.rawReason, expected.finishReasons.at(-1));
    assert.equal(answer.end?.finishReason, expected.toolCalls.length > 0 ? "tool-calls" : "stop");
    assert.equal(answer.error, undefined);
    assert.deepEqual(answer.notices, []);
    if (!/thinking/.test(name)) {
      assert.ok(answer.events.some((event) => "signature" in event && (event.signature?.length ?? 0) > 100));
    }
  });
});
