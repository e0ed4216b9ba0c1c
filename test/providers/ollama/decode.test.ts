/** What comes of `/api/chat` streams: the usual, the odd, and the broken. */
import assert from "node:assert/strict";
import { decodeBody } from "../../support/decode.ts";
import { lastLine, line } from "../../support/ollama.ts";
import { sameHoweverCut } from "../../support/recorded.ts";

const answerOf = (...pieces: string[]) => decodeBody(pieces.join(""), "ollama");
/** Lines of JSON end in these only. */
const lineEnds = { ends: ["\n", "\r\n"] };

describe("the Ollama decoder", () => {
  it("reads an answer with start, usage and end", () => {
    const answer = answerOf(
      line({ content: "Hel" }),
      line({ content: "lo" }),
      lastLine({ prompt_eval_count: 12, prompt_eval_cached_count: 10, eval_count: 2 }),
    );
    assert.deepEqual(answer.events, [
      { type: "start", model: "qwen3:8b" },
      { type: "text-delta", text: "Hel" },
      { type: "text-delta", text: "lo" },
      { type: "usage", usage: { inputTokens: 12, outputTokens: 2, cacheReadTokens: 10 } },
      { type: "end", finishReason: "stop", rawReason: "stop", model: "qwen3:8b" },
    ]);
  });

  it("reads thinking, text, calls and emoji the same however they are cut", () => {
    const answer = sameHoweverCut(
      "ollama",
      [
        line({ thinking: "생각" }),
        line({ content: "안녕 👋\n" }),
        line({ content: "\ud83d" }),
        line({ content: "\ude00" }),
        line({
          tool_calls: [
            { function: { name: "f", arguments: { b: "é", c: [1] } } },
            { id: "srv", function: { name: "g" } },
          ],
        }),
        lastLine({ eval_count: 7 }),
      ].join(""),
      lineEnds,
    );
    assert.equal(answer.text, "안녕 👋\n😀");
    assert.equal(answer.thinking, "생각");
    assert.deepEqual(answer.tools, [
      { id: "made-1", name: "f", arguments: '{"b":"é","c":[1]}', complete: true },
      { id: "srv", name: "g", arguments: "{}", complete: true },
    ]);
    assert.deepEqual(answer.usage, { outputTokens: 7 });
    assert.equal(answer.end?.finishReason, "tool-calls");
  });

  it("reads lines that are alike the same as those that are not", () => {
    const texts = ["a", "b", ' "quoted" ', "c", "\\n", "d", "\n", '","done":true', "e", "안", "f"];
    for (const field of ["content", "thinking"]) {
      const answer = sameHoweverCut(
        "ollama",
        texts.map((text) => line({ [field]: text })).join("") + lastLine(),
        lineEnds,
      );
      assert.equal(field === "content" ? answer.text : answer.thinking, texts.join(""));
    }
    const mixed = [
      line({ thinking: "a" }),
      line({ thinking: "b" }),
      line({ content: "c" }),
      line({ content: "d" }),
      line({ content: "e" }, { error: "no" }),
    ];
    const answer = answerOf(...mixed);
    assert.deepEqual([answer.thinking, answer.text], ["ab", "cd"]);
    assert.equal(answer.error?.details.providerMessage, "no");
    // A time that ends in a backslash does not end there.
    const odd = line({ content: "x" }).replace(/"created_at":"[^"]*/, (time) => `${time}\\`);
    assert.equal(answerOf(line({ content: "a" }), line({ content: "b" }), odd, lastLine()).text, "ab");
  });

  it("takes thinking out of answers that hold it between tags", () => {
    const answer = answerOf(line({ content: "<thi" }), line({ content: "nk>Hm</think>\n\nYes" }), lastLine());
    assert.equal(answer.thinking, "Hm");
    assert.equal(answer.text, "Yes");
  });

  it("reads events of a gateway that wraps the lines in them", () => {
    const wrapped = [line({ content: "Hi" }), lastLine()].map((each) => `data: ${each}\n`);
    const answer = answerOf(...wrapped, "data: [DONE]\n\n");
    assert.equal(answer.text, "Hi");
    assert.equal(answer.end?.finishReason, "stop");
  });

  it("tells an answer that was not streamed as such", () => {
    const answer = answerOf(line({ content: "Hello" }, { done: true, done_reason: "stop" }).trim());
    assert.equal(answer.text, "Hello");
    assert.deepEqual(answer.notices, [{ type: "notice", code: "not-streamed" }]);
    assert.equal(answer.end?.finishReason, "stop");
  });

  for (const [raw, reason] of Object.entries({ stop: "stop", length: "length", load: "other", unload: "other" })) {
    it(`reads the reason ${raw} as ${reason}`, () => {
      const { end } = answerOf(line({ content: "A" }), lastLine({ done_reason: raw }));
      assert.deepEqual(end, { type: "end", finishReason: reason, rawReason: raw, model: "qwen3:8b" });
    });
  }

  it("takes an end without a reason, which older versions send, for an ordinary one", () => {
    assert.equal(answerOf(line({ content: "A" }), lastLine({ done_reason: undefined })).end?.finishReason, "stop");
  });

  it("drops counts that are none, and knows nothing where none are given", () => {
    assert.deepEqual(answerOf(line({ content: "A" }), lastLine({ prompt_eval_count: -1, eval_count: "9" })).usage, {
      outputTokens: 9,
    });
    assert.equal(answerOf(line({ content: "A" }), lastLine()).usage, undefined);
  });

  it("marks a call that is not to be run", () => {
    const call = (fields: unknown) => line({ tool_calls: [null, {}, { function: fields }] });
    const complete = (...pieces: string[]) => answerOf(...pieces).tools.map((tool) => tool.complete);
    assert.deepEqual(complete(call({ name: "", arguments: {} }), lastLine()), [false]);
    assert.deepEqual(complete(call({ name: "f", arguments: "{oops" }), lastLine()), [false]);
    assert.deepEqual(complete(call({ name: "f", arguments: '{"a":1}' }), lastLine()), [true]);
    assert.deepEqual(complete(call({ name: "f", arguments: {} })), [false]);
  });

  it("gives calls that share an id one each", () => {
    const calls = [1, 2].map(() => ({ id: "same", function: { name: "f", arguments: {} } }));
    const ids = answerOf(line({ tool_calls: calls }), lastLine()).tools.map(({ id }) => id);
    assert.deepEqual(ids, ["same", "made-1"]);
  });

  it("gives a call the arguments that come in a later line under its id, behind an empty object", () => {
    const call = (args: object) => line({ tool_calls: [{ id: "a", function: { name: "f", arguments: args } }] });
    assert.deepEqual(answerOf(call({}), call({ x: 1 }), lastLine()).tools, [
      { id: "a", name: "f", arguments: '{"x":1}', complete: true },
    ]);
  });

  it("gives no second call for an empty object that comes again behind the arguments", () => {
    const call = (args: object) => line({ tool_calls: [{ id: "a", function: { name: "f", arguments: args } }] });
    assert.deepEqual(answerOf(call({ x: 1 }), call({}), lastLine()).tools, [
      { id: "a", name: "f", arguments: '{"x":1}', complete: true },
    ]);
  });

  it("gives calls once that come again in a later line, alone or with others behind them", () => {
    const call = (name: string, args: object, more: object = {}) => ({ function: { name, arguments: args, ...more } });
    const [one, two] = [call("f", { a: 1 }), call("f", { a: 2 })];
    for (const later of [[one], [one, two]]) {
      const answer = answerOf(line({ tool_calls: [one] }), line({ tool_calls: later }), lastLine());
      assert.deepEqual(
        answer.tools.map((tool) => tool.arguments),
        later.map((each) => JSON.stringify(each.function.arguments)),
      );
    }
    const twice = [one, one].map((each, index) => call("f", each.function.arguments, { index }));
    const answer = answerOf(line({ tool_calls: [twice[0]] }), line({ tool_calls: [twice[1]] }), lastLine());
    assert.equal(answer.tools.length, 2);
    assert.equal(answerOf(line({ tool_calls: [one, one] }), lastLine()).tools.length, 2);
  });

  it("reads two values on a line", () => {
    const body = line({ content: "A" }).trimEnd() + line({ content: "B" }).trimEnd() + lastLine();
    assert.equal(answerOf(body).text, "AB");
    assert.equal(answerOf(body).end?.finishReason, "stop");
  });

  it("skips a line that cannot be read", () => {
    const answer = answerOf(line({ content: "A" }), "{oops\n", line({ content: "B" }), lastLine());
    assert.equal(answer.text, "AB");
    assert.deepEqual(answer.notices, [{ type: "notice", code: "malformed-frames", count: 1 }]);
    assert.equal(answer.end?.finishReason, "stop");
  });

  it("ends incomplete without its last line, wherever it is cut", () => {
    const whole = Buffer.from(line({ content: "A" }) + lastLine());
    for (let length = line({ content: "A" }).length; length < whole.length - 1; length++) {
      const answer = decodeBody(whole.subarray(0, length).toString(), "ollama");
      assert.equal(answer.error?.kind, "incomplete");
      assert.equal(answer.error?.details.reason, "connection-lost");
      assert.equal(answer.text, "A");
    }
    assert.equal(answerOf("").error?.details.reason, "empty-response");
    assert.equal(answerOf(line({})).error?.details.reason, "empty-response");
  });

  it("is not what chat completions come through", () => {
    assert.match(answerOf('data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n').error?.message ?? "", /ollama/);
  });
});

describe("an error of Ollama's", () => {
  const said = "an error was encountered while running the model: CUDA error";

  for (const before of ["", line({ content: "A" })]) {
    it(`${before === "" ? "first" : "in the middle"} keeps what came before, however it is cut`, () => {
      const answer = sameHoweverCut("ollama", `${before}${JSON.stringify({ error: said })}\n`, lineEnds);
      assert.equal(answer.text, before === "" ? "" : "A");
      assert.equal(answer.error?.kind, "reported");
      assert.equal(answer.error?.details.providerMessage, said);
      assert.equal(answer.end, undefined);
      assert.deepEqual(answer.notices, []);
    });
  }

  it("is not what an empty error field means", () => {
    const answer = answerOf(line({ content: "A" }, { error: "" }), lastLine({ error: null }));
    assert.equal(answer.error, undefined);
    assert.equal(answer.text, "A");
  });
});
