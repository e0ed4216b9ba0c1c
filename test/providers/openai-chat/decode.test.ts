/** The dialects of chat-completions: what each server does differently, and what comes out all the same. */
import assert from "node:assert/strict";
import { chunk, done, event } from "../../support/chat.ts";
import { decodeBody } from "../../support/decode.ts";

const finish = (reason = "stop") => chunk({}, { finish_reason: reason });
const answerOf = (...pieces: string[]) => decodeBody(pieces.join(""));
const textOf = (...deltas: Record<string, unknown>[]) =>
  answerOf(...deltas.map((delta) => chunk(delta)), finish(), done).text;

describe("the chat-completions decoder", () => {
  describe("reads text", () => {
    it("from ordinary chunks, with start and end", () => {
      const answer = answerOf(chunk({ role: "assistant", content: "" }), chunk({ content: "Hi" }), finish(), done);
      assert.deepEqual(answer.events, [
        { type: "start", model: "test-model" },
        { type: "text-delta", text: "Hi" },
        { type: "end", finishReason: "stop", rawReason: "stop", model: "test-model" },
      ]);
    });

    it("when the first chunk has no choices and no model, as Azure's", () => {
      const first = event({ choices: [], created: 0, id: "", model: "", object: "", prompt_filter_results: [{}] });
      const answer = answerOf(first, chunk({ content: "Hi" }, { model: "gpt-5-nano" }), finish(), done);
      assert.equal(answer.text, "Hi");
      assert.equal(answer.end?.model, "test-model");
    });

    it("when choices are absent, null or hold no objects", () => {
      const answer = answerOf(
        event({ id: "1" }),
        event({ choices: null }),
        event({ choices: [null, 1, "x"] }),
        event({ choices: [{ index: 0 }] }),
        event({ choices: [{ index: 0, delta: null }] }),
        chunk({ content: "Hi" }),
        finish(),
        done,
      );
      assert.equal(answer.text, "Hi");
      assert.equal(answer.error, undefined);
    });

    it("when content is null, empty or absent and roles are repeated, empty or null", () => {
      assert.equal(
        textOf(
          { role: "assistant", content: null, tool_calls: null, refusal: "" },
          { role: "", content: "" },
          { role: null, content: "H" },
          { role: "assistant", content: "i" },
          {},
        ),
        "Hi",
      );
    });

    it("when content is a list of parts, thinking among them, as Mistral's", () => {
      const answer = answerOf(
        chunk({ content: [{ type: "thinking", thinking: [{ type: "text", text: "Hm" }] }] }),
        chunk({
          content: [
            { type: "reference", reference_ids: [1] },
            { type: "text", text: "Hi" },
          ],
        }),
        finish(),
        done,
      );
      assert.equal(answer.thinking, "Hm");
      assert.equal(answer.text, "Hi");
    });

    it("of choice 0 only, in whatever order choices come", () => {
      const answer = answerOf(
        event({
          choices: [
            { index: 1, delta: { content: "no" } },
            { index: 0, delta: { content: "H" } },
          ],
        }),
        event({ choices: [{ index: 1, delta: { content: "no" }, finish_reason: "stop" }] }),
        event({ choices: [{ index: "0", delta: { content: "i" } }] }),
        event({ choices: [{ delta: { content: "!" }, finish_reason: "stop" }] }),
        done,
      );
      assert.equal(answer.text, "Hi!");
    });

    it("of the only choice, whatever its index", () => {
      const one = (index: number, delta: object) => event({ choices: [{ index, delta, finish_reason: null }] });
      const answer = answerOf(
        one(0, { reasoning_content: "hm" }),
        one(1, { content: "Hel" }),
        one(2, { content: "lo" }),
        event({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }),
        done,
      );
      assert.deepEqual([answer.text, answer.thinking], ["Hello", "hm"]);
    });

    it("from wherever servers put it", () => {
      const one = (fields: object) => event({ choices: [{ index: 0, ...fields }] });
      const answer = answerOf(
        one({ delta: { thinking: "h" } }),
        one({ delta: { reasoning: { text: "m" } } }),
        one({ text: "A" }),
        one({ delta: { content: { type: "text", text: "B" } } }),
        one({ delta: { content: { text: "C" } } }),
        finish(),
        done,
      );
      assert.deepEqual([answer.text, answer.thinking], ["ABC", "hm"]);
    });

    it("once when a whole message stands beside the delta", () => {
      const both = event({ choices: [{ index: 0, delta: { content: "i" }, message: { content: "Hi" } }] });
      assert.equal(answerOf(chunk({ content: "H" }), both, finish(), done).text, "Hi");
    });

    it("with the calls that only the whole message has", () => {
      const calls = [{ id: "a", type: "function", function: { name: "f", arguments: '{"x":1}' } }];
      const last = event({
        choices: [{ index: 0, delta: {}, message: { content: "Hi", tool_calls: calls }, finish_reason: "tool_calls" }],
      });
      const answer = answerOf(chunk({ content: "Hi" }), last, done);
      assert.equal(answer.text, "Hi");
      assert.deepEqual(answer.tools, [{ id: "a", name: "f", arguments: '{"x":1}', complete: true }]);
    });

    it("of a whole completion sent in place of a stream, and says so", () => {
      const completion = {
        object: "chat.completion",
        model: "m",
        choices: [
          {
            index: 0,
            message: {
              role: "assistant",
              content: "Hi",
              reasoning_content: "Hm",
              tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: "{}" } }],
            },
            finish_reason: "tool_calls",
          },
        ],
        usage: { prompt_tokens: 1, completion_tokens: 2 },
      };
      for (const body of [
        JSON.stringify(completion),
        `\n\n${JSON.stringify(completion, null, 2)}`,
        event(completion),
      ]) {
        const answer = decodeBody(body);
        assert.equal(answer.text, "Hi");
        assert.equal(answer.thinking, "Hm");
        assert.deepEqual(answer.tools, [{ id: "a", name: "f", arguments: "{}", complete: true }]);
        assert.deepEqual(answer.usage, { inputTokens: 1, outputTokens: 2 });
        assert.equal(answer.end?.finishReason, "tool-calls");
        assert.deepEqual(answer.notices, [{ type: "notice", code: "not-streamed" }]);
      }
    });

    it("when a character is split over two deltas as half surrogates", () => {
      const answer = decodeBody(
        `data: {"choices":[{"index":0,"delta":{"content":"a\\ud83d"}}]}\n\n` +
          `data: {"choices":[{"index":0,"delta":{"content":"\\udc4b b"}}]}\n\n${finish()}${done}`,
      );
      assert.equal(answer.text, "a👋 b");
      for (const { text } of answer.events.filter((each) => each.type === "text-delta")) {
        assert.doesNotMatch(text, /\p{Surrogate}/u);
      }
    });

    it("when half a character stays alone at the end", () => {
      const half = `data: {"choices":[{"index":0,"delta":{"content":"a\\ud83d"}}]}\n\n`;
      assert.equal(decodeBody(half + finish() + done).text, "a\ufffd");
      // Broken off there, the other half may still come.
      assert.equal(decodeBody(half).text, "a");
    });

    it("with NaN and Infinity around it, as Python writes them", () => {
      const odd = `data: {"choices":[{"index":0,"delta":{"content":"NaN \\"Infinity"},"logprobs":NaN}],"x":-Infinity}\n\n`;
      const answer = decodeBody(odd + finish() + done);
      assert.equal(answer.text, 'NaN "Infinity');
      assert.deepEqual(answer.notices, []);
    });

    it("as refusal when the model refuses", () => {
      const answer = answerOf(chunk({ refusal: "I can't." }), finish(), done);
      assert.equal(answer.text, "I can't.");
      assert.equal(answer.end?.finishReason, "content-filter");
    });

    it("with dangerous keys in the JSON, and pollutes nothing", () => {
      const answer = decodeBody(
        `data: {"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"choices":[{"index":0,"delta":{"__proto__":{"polluted":1},"content":"Hi"}}]}\n\n` +
          finish() +
          done,
      );
      assert.equal(answer.text, "Hi");
      assert.equal(({} as { polluted?: number }).polluted, undefined);
    });
  });

  describe("reads thinking", () => {
    for (const field of ["reasoning_content", "reasoning", "reasoning_text"]) {
      it(`from ${field}`, () => {
        const answer = answerOf(
          chunk({ [field]: "Hm" }),
          chunk({ [field]: " so" }),
          chunk({ content: "Hi" }),
          finish(),
          done,
        );
        assert.equal(answer.thinking, "Hm so");
        assert.equal(answer.text, "Hi");
      });
    }

    it("once when two fields say the same", () => {
      const answer = answerOf(chunk({ reasoning_content: "Hm", reasoning: "Hm" }), finish(), done);
      assert.equal(answer.thinking, "Hm");
    });

    it("from the field that is not empty", () => {
      assert.equal(answerOf(chunk({ reasoning_content: "", reasoning: "Hm" }), finish(), done).thinking, "Hm");
      assert.equal(answerOf(chunk({ reasoning_content: null, reasoning_text: "Hm" }), finish(), done).thinking, "Hm");
    });

    it("from reasoning details alone, in text and in summary", () => {
      const details = (piece: object) => chunk({ content: "", reasoning_details: [piece] });
      const answer = answerOf(
        details({ type: "reasoning.text", text: "Hm", index: 0 }),
        details({ type: "reasoning.summary", summary: " so", index: 1 }),
        chunk({ content: "Hi" }),
        finish(),
        done,
      );
      assert.equal(answer.thinking, "Hm so");
    });

    it("and keeps signed details whole for the way back", () => {
      const piece = (detail: object) => chunk({ reasoning: "x", reasoning_details: [{ index: 0, ...detail }] });
      const answer = answerOf(
        piece({ type: "reasoning.text", text: "Hm", signature: null }),
        piece({ type: "reasoning.text", text: " so", format: "f" }),
        piece({ type: "reasoning.text", signature: "SIGN" }),
        piece({ type: "reasoning.encrypted", data: "AAAA", id: "t" }),
        chunk({ content: "Hi" }),
        finish(),
        done,
      );
      const signed = answer.events.filter((each) => each.type === "thinking-delta").at(-1);
      assert.equal(signed?.text, "");
      assert.deepEqual(JSON.parse(signed!.signature!.slice("reasoning_details:".length)), [
        { index: 0, type: "reasoning.text", text: "Hm so", signature: "SIGN", format: "f" },
        { index: 0, type: "reasoning.encrypted", data: "AAAA", id: "t" },
      ]);
    });

    it("from think tags at the beginning of the content, split anywhere", () => {
      const whole = "\n<think>Hm</think>\n\nHi <think>";
      for (let at = 1; at < whole.length; at++) {
        const answer = answerOf(
          chunk({ content: whole.slice(0, at) }),
          chunk({ content: whole.slice(at) }),
          finish(),
          done,
        );
        assert.equal(answer.thinking, "Hm");
        assert.equal(answer.text, "Hi <think>");
      }
    });
  });

  describe("ends", () => {
    for (const [raw, reason] of Object.entries({
      stop: "stop",
      length: "length",
      tool_calls: "tool-calls",
      function_call: "tool-calls",
      content_filter: "content-filter",
      model_context_window_exceeded: "length",
      COMPLETE: "other",
      eos: "stop",
    })) {
      it(`with ${reason} when the server says ${raw}`, () => {
        const answer = answerOf(chunk({ content: "Hi" }), finish(raw), done);
        assert.equal(answer.end?.finishReason, reason);
        assert.equal(answer.end?.rawReason, raw);
      });
    }

    it("with tool calls when the server says stop after one", () => {
      const call = { tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: "{}" } }] };
      assert.equal(answerOf(chunk(call), finish("stop"), done).end?.finishReason, "tool-calls");
    });

    it("once when the finish reason comes twice", () => {
      const answer = answerOf(chunk({ content: "Hi" }), finish(), finish(), done);
      assert.equal(answer.events.filter((each) => each.type === "end").length, 1);
    });

    it("on the last content chunk", () => {
      const answer = answerOf(chunk({ content: "Hi" }, { finish_reason: "stop" }), done);
      assert.equal(answer.text, "Hi");
      assert.equal(answer.end?.finishReason, "stop");
    });

    it("without the end mark after a finish reason", () => {
      assert.equal(answerOf(chunk({ content: "Hi" }), finish()).end?.finishReason, "stop");
    });

    it("without a finish reason at the end mark, as Snowflake's", () => {
      const answer = answerOf(chunk({ content: "Hi" }), done);
      assert.equal(answer.end?.finishReason, "other");
      assert.equal(answer.end?.rawReason, undefined);
    });

    for (const mark of [
      "data: [DONE]",
      "data:[DONE]\n\n",
      "data: [DONE] \n\n",
      'data: "[DONE]"\n\n',
      "event: done\ndata: [DONE]\n\n",
    ]) {
      it(`at the mark ${JSON.stringify(mark)}`, () => {
        assert.equal(answerOf(chunk({ content: "Hi" }), mark).end?.finishReason, "other");
      });
    }

    it("at `done: true`", () => {
      const answer = answerOf(chunk({ content: "Hi" }), event({ done: true, choices: [] }));
      assert.equal(answer.end?.finishReason, "other");
    });

    it("and ignores whatever follows the end mark", () => {
      const answer = answerOf(
        chunk({ content: "Hi" }),
        finish(),
        done,
        chunk({ content: "no" }),
        event({ error: { message: "no" } }),
        "garbage\n\n",
      );
      assert.equal(answer.text, "Hi");
      assert.equal(answer.error, undefined);
      assert.equal(answer.events.at(-1)?.type, "end");
    });
  });

  describe("finds a stream incomplete", () => {
    it("when it ends with text but without an end", () => {
      const answer = answerOf(chunk({ content: "Hi" }));
      assert.equal(answer.text, "Hi");
      assert.equal(answer.end, undefined);
      assert.equal(answer.error?.kind, "incomplete");
      assert.equal(answer.error?.details.reason, "connection-lost");
    });

    it("when it ends after Ollama's empty chunk, which stands for an error", () => {
      const answer = answerOf(
        event({
          id: "1",
          model: "",
          choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }],
        }),
      );
      assert.equal(answer.error?.kind, "incomplete");
      assert.equal(answer.error?.details.reason, "empty-response");
      assert.equal(answer.error?.retryable, true);
    });

    for (const [what, body] of Object.entries({
      nothing: "",
      "blank lines": "\n\n\n",
      "comments only": ": ping\n\n: ping\n\n",
      "an end mark only": done,
    })) {
      it(`when it holds ${what}`, () => {
        const answer = decodeBody(body);
        assert.equal(answer.error?.kind, "incomplete");
        assert.equal(answer.error?.details.reason, "empty-response");
        assert.equal(answer.error?.details.providerMessage, undefined);
      });
    }

    it("when it holds a plain sentence, and repeats that", () => {
      const answer = decodeBody("upstream connect error or disconnect/reset before headers");
      assert.match(answer.error?.details.providerMessage ?? "", /^upstream connect error/);
    });

    it("and says so when it is of another protocol", () => {
      const answer = answerOf(
        event({ type: "message_start", message: {} }, "message_start"),
        event({ type: "message_stop" }),
      );
      assert.equal(answer.error?.kind, "malformed");
      assert.match(answer.error?.message ?? "", /protocol/);
    });
  });

  describe("meets broken frames", () => {
    it("by skipping and counting them", () => {
      const answer = answerOf(
        chunk({ content: "H" }),
        "data: {broken\n\n",
        "data: also\n\n",
        chunk({ content: "i" }),
        finish(),
        done,
      );
      assert.equal(answer.text, "Hi");
      assert.deepEqual(answer.notices, [
        { type: "notice", code: "malformed-frames", count: 1 },
        { type: "notice", code: "malformed-frames", count: 2 },
      ]);
      assert.equal(answer.end?.finishReason, "stop");
    });

    it("by giving up after more than five", () => {
      const answer = answerOf(
        chunk({ content: "H" }),
        "data: {broken\n\n".repeat(6),
        chunk({ content: "i" }),
        finish(),
        done,
      );
      assert.equal(answer.text, "H");
      assert.equal(answer.error?.kind, "malformed");
    });

    it("by giving up when there is nothing else", () => {
      assert.equal(decodeBody("data: {broken\n\n").error?.kind, "malformed");
    });

    it("but not when they are JSON of no use", () => {
      const answer = answerOf(
        'data: null\n\ndata: 1\n\ndata: []\n\ndata: "x"\n\ndata:\n\n',
        chunk({ content: "Hi" }),
        finish(),
        done,
      );
      assert.equal(answer.text, "Hi");
      assert.deepEqual(answer.notices, []);
    });
  });
});
