/** Recorded chat-completions streams of fourteen servers, each decoded to what it is known to say. */
import assert from "node:assert/strict";
import { decodeBody, decodePieces } from "../../support/decode.ts";
import { type Expected, loadFixtures } from "../../support/fixtures.ts";
import type { Answer } from "../../support/run.ts";
import { randomPieces, singleBytes } from "../../support/splits.ts";

type Counts = Record<string, number | undefined>;

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
  const finish = expected.finishReasons.at(-1);
  assert.equal(answer.end?.rawReason, finish);
  const message = expected.errors[0]?.message;
  if (message === undefined) {
    assert.equal(answer.error, undefined);
    assert.deepEqual(answer.notices, []);
  } else if (finish === undefined) {
    assert.equal(answer.error?.details.providerMessage, message);
  } else {
    assert.deepEqual(answer.notices, [{ type: "notice", code: "late-error", detail: message }]);
  }
}

describe("recorded chat-completions streams", () => {
  const fixtures = loadFixtures("openai-chat");
  if (fixtures.length === 0) {
    it("are beside the project", function () {
      this.skip();
    });
  }
  for (const { name, body, expected } of fixtures) {
    it(`decodes ${name}`, () => check(decodeBody(body), expected, name));

    it(`decodes ${name} cut into single bytes and at random`, () => {
      const bytes = Buffer.from(body, "utf8");
      check(decodePieces(singleBytes(bytes)), expected, name);
      for (let seed = 1; seed <= 5; seed++) check(decodePieces(randomPieces(bytes, seed, 200)), expected, name);
    });

    it(`decodes ${name} with CRLF line ends`, () => {
      check(decodeBody(body.replaceAll("\r\n", "\n").replaceAll("\n", "\r\n")), expected, name);
    });

    it(`shows a beginning of the answer of ${name} wherever it is cut off`, () => {
      const bytes = Buffer.from(body, "utf8");
      for (let step = 1; step < 24; step++) {
        const answer = decodePieces([bytes.subarray(0, Math.floor((bytes.length * step) / 24))]);
        assert.ok(expected.text.startsWith(answer.text.replace(/\ufffd$/, "")));
        assert.ok(expected.reasoning.startsWith(answer.thinking.replace(/\ufffd$/, "")));
        assert.ok(answer.end === undefined || expected.finishReasons.length > 0);
        assert.ok((answer.end === undefined) !== (answer.error === undefined), "one end, and only one");
      }
    });
  }
});
