/** What comes of streamGenerateContent streams: the usual, the odd, and the broken. */
import assert from "node:assert/strict";
import { decodeBody } from "../../support/decode.ts";
import { content } from "../../support/messages.ts";
import { sameHoweverCut } from "../../support/recorded.ts";
import type { Answer } from "../../support/run.ts";

const answerOf = (...pieces: string[]) => decodeBody(pieces.join(""), "gemini");
const data = (value: unknown) => `data: ${JSON.stringify(value)}\r\n\r\n`;
const stop = content([{ text: "" }], { finishReason: "STOP" });
const signatureOf = (answer: Answer) =>
  answer.events.flatMap((each) => (each.type === "thinking-delta" && each.signature ? [each.signature] : []));

describe("the Gemini decoder", () => {
  it("reads an answer with start, usage and end", () => {
    const answer = answerOf(
      content([{ text: "Hel" }]),
      content([{ text: "lo" }], {
        finishReason: "STOP",
        usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2 },
      }),
    );
    assert.deepEqual(answer.events, [
      { type: "start", model: "gemini-test" },
      { type: "text-delta", text: "Hel" },
      { type: "text-delta", text: "lo" },
      { type: "usage", usage: { inputTokens: 3, outputTokens: 2 } },
      { type: "end", finishReason: "stop", rawReason: "STOP", model: "gemini-test" },
    ]);
  });

  it("reads thoughts, text, calls and emoji the same however they are cut", () => {
    const answer = sameHoweverCut(
      "gemini",
      [
        content([{ text: "생각", thought: true }]),
        content([{ text: "안녕 👋" }, { executableCode: { code: "no" } }, { inlineData: { data: "no" } }]),
        content([{ text: "\ud83d" }]),
        content([{ text: "\ude00" }]),
        content([
          { functionCall: { id: "a", name: "f", args: { b: "\u00e9" } }, thoughtSignature: "c2ln" },
          { functionCall: { name: "g" } },
        ]),
        content([{ text: "", thoughtSignature: "dGV4dA==" }], {
          finishReason: "STOP",
          usageMetadata: {
            promptTokenCount: 30,
            cachedContentTokenCount: 10,
            toolUsePromptTokenCount: 5,
            candidatesTokenCount: 7,
            thoughtsTokenCount: 4,
            totalTokenCount: 46,
          },
        }),
      ].join(""),
    );
    assert.equal(answer.text, "안녕 👋😀");
    assert.equal(answer.thinking, "생각");
    assert.deepEqual(answer.tools, [
      { id: "a", name: "f", arguments: '{"b":"é"}', complete: true },
      { id: "made-1", name: "g", arguments: "{}", complete: true },
    ]);
    assert.deepEqual(signatureOf(answer), ["gemini:dGV4dA=="]);
    const call = answer.events.find((each) => each.type === "tool-call-end");
    assert.equal(call?.type === "tool-call-end" && call.signature, "c2ln");
    assert.deepEqual(answer.usage, { inputTokens: 35, outputTokens: 11, cacheReadTokens: 10, reasoningTokens: 4 });
    assert.equal(answer.end?.finishReason, "tool-calls");
  });

  it("reads an answer that came as one JSON list, on one line or many", () => {
    const list = [content([{ text: "A" }]), content([{ text: "B" }], { finishReason: "STOP" })].map((each) =>
      each.slice(6).trim(),
    );
    for (const body of [
      `[${list}]`,
      `[${list}]\n`,
      `[${list.join("\n,\r\n")}\n]\n`,
      JSON.stringify(
        list.map((each) => JSON.parse(each)),
        null,
        2,
      ),
    ]) {
      const answer = answerOf(body);
      assert.equal(answer.text, "AB");
      assert.equal(answer.end?.finishReason, "stop");
    }
  });

  for (const [raw, reason] of Object.entries({
    STOP: "stop",
    MAX_TOKENS: "length",
    SAFETY: "content-filter",
    RECITATION: "content-filter",
    BLOCKLIST: "content-filter",
    PROHIBITED_CONTENT: "content-filter",
    SPII: "content-filter",
    LANGUAGE: "other",
    OTHER: "other",
    MALFORMED_FUNCTION_CALL: "other",
    SOMETHING_NEW: "other",
  })) {
    it(`reads the finish reason ${raw} as ${reason}`, () => {
      const { end } = answerOf(content([{ text: "A" }], { finishReason: raw }));
      assert.deepEqual(end, { type: "end", finishReason: reason, rawReason: raw, model: "gemini-test" });
    });
  }

  it("tells a blocked prompt as a content filter's end, with its usage", () => {
    const answer = answerOf(
      data({
        promptFeedback: { blockReason: "PROHIBITED_CONTENT" },
        usageMetadata: { promptTokenCount: 9, totalTokenCount: 9 },
      }),
    );
    assert.equal(answer.end?.finishReason, "content-filter");
    assert.equal(answer.end?.rawReason, "PROHIBITED_CONTENT");
    assert.deepEqual(answer.usage, { inputTokens: 9, outputTokens: 0 });
    assert.equal(answer.error, undefined);
  });

  it("records usage that comes without candidates", () => {
    const answer = answerOf(
      content([{ text: "A" }]),
      stop,
      data({ usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 1 } }),
    );
    assert.deepEqual(answer.usage, { inputTokens: 4, outputTokens: 1 });
  });

  it("takes the last valid value of each count and drops the others", () => {
    const usage = (usageMetadata: unknown) => data({ candidates: [], usageMetadata });
    const answer = answerOf(
      usage({ promptTokenCount: 4, thoughtsTokenCount: 6 }),
      usage({ promptTokenCount: -1, candidatesTokenCount: "3" }),
      usage({ candidatesTokenCount: null, thoughtsTokenCount: Number.NaN }),
      stop,
    );
    assert.deepEqual(answer.usage, { inputTokens: 4, outputTokens: 9, reasoningTokens: 6 });
    assert.equal(answerOf(content([{ text: "A" }]), stop).usage, undefined);
  });

  it("reads candidate 0 only, and chunks without any", () => {
    const answer = answerOf(
      data({ responseId: "r" }),
      data({ candidates: null }),
      data({
        candidates: [
          null,
          { index: 1, content: { parts: [{ text: "no" }] } },
          { index: 0, content: { parts: [null, { text: "A" }] } },
        ],
      }),
      data({ candidates: [{ content: null }] }),
      data({ candidates: [{ finishReason: "STOP" }] }),
    );
    assert.equal(answer.text, "A");
    assert.equal(answer.end?.finishReason, "stop");
  });

  it("goes on where older models give a reason with every chunk", () => {
    const answer = answerOf(
      content([{ text: "A" }], { finishReason: "STOP" }),
      content([{ text: "B" }], { finishReason: "STOP" }),
    );
    assert.equal(answer.text, "AB");
    assert.equal(answer.end?.finishReason, "stop");
  });

  describe("ends", () => {
    it("incomplete without a finish reason, and its calls are not to be run", () => {
      const answer = answerOf(content([{ text: "A" }, { functionCall: { name: "f", args: {} } }]));
      assert.equal(answer.error?.kind, "incomplete");
      assert.equal(answer.error?.details.reason, "connection-lost");
      assert.deepEqual(
        answer.tools.map(({ complete }) => complete),
        [false],
      );
      assert.equal(answerOf(content([{ text: "A" }]), "data: [DONE]\n\n").error?.kind, "incomplete");
      assert.equal(answerOf(content([{ text: "A" }]), stop, "data: [DONE]\n\n").end?.finishReason, "stop");
    });

    it("as empty, to be asked again, when nothing was said", () => {
      for (const body of ["", content([{ text: "" }]), data({ usageMetadata: { promptTokenCount: 1 } })]) {
        assert.equal(answerOf(body).error?.details.reason, "empty-response");
      }
    });

    it("as another protocol when chat completions come", () => {
      assert.match(answerOf(data({ choices: [{ delta: { content: "Hi" } }] })).error?.message ?? "", /gemini/);
    });
  });
});

describe("an error of Gemini's", () => {
  const error = { error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" } };
  const shapes: Record<string, string> = {
    "an event": data(error),
    "an event of that name": `event: error\r\n${data(error)}`,
    "a bare line": `${JSON.stringify(error)}\r\n\r\n`,
    "bare lines": `${JSON.stringify(error, null, 2).replaceAll("\n", "\r\n")}\r\n`,
    "a list in an event": data([error]),
  };
  for (const [shape, body] of Object.entries(shapes)) {
    it(`as ${shape} is told first and in the middle, however it is cut`, () => {
      for (const before of ["", content([{ text: "A" }])]) {
        const answer = sameHoweverCut("gemini", before + body);
        assert.equal(answer.error?.kind, "overloaded");
        assert.equal(answer.error?.retryable, true);
        assert.equal(answer.error?.details.status, 503);
        assert.equal(answer.error?.details.providerMessage, "The model is overloaded.");
        assert.equal(answer.text, before === "" ? "" : "A");
        assert.deepEqual(answer.notices, []);
      }
    });

    it(`as ${shape} after the finish reason is a notice`, () => {
      const answer = answerOf(content([{ text: "A" }]), stop, body);
      assert.equal(answer.error, undefined);
      assert.deepEqual(answer.notices, [{ type: "notice", code: "late-error", detail: "The model is overloaded." }]);
      assert.equal(answer.end?.finishReason, "stop");
    });
  }

  it("says how long to wait", () => {
    const { details } = answerOf(
      data({ error: { code: 429, message: "Quota", status: "RESOURCE_EXHAUSTED", details: [{ retryDelay: "34s" }] } }),
    ).error!;
    assert.equal(details.seconds, 34);
    assert.equal(details.status, 429);
  });

  it("is not what an empty error field means", () => {
    const answer = answerOf(
      content([{ text: "A" }], { error: null }),
      content([], { error: {}, finishReason: "STOP" }),
    );
    assert.equal(answer.text, "A");
    assert.equal(answer.error, undefined);
  });
});

describe("a streamed function call", () => {
  const part = (functionCall: unknown, rest = {}) => content([{ functionCall, ...rest }]);
  const piece = (jsonPath: string, value: Record<string, unknown>, more = true) =>
    part({ partialArgs: [{ jsonPath, ...value }], ...(more ? { willContinue: true } : {}) });
  const begin = part({ name: "f", willContinue: true }, { thoughtSignature: "c2ln" });
  const close = part({});

  it("is put together from pieces that name their places", () => {
    const answer = sameHoweverCut(
      "gemini",
      [
        begin,
        piece("$.city", { stringValue: "San ", willContinue: true }),
        piece("$.city", { stringValue: "Francisco", willContinue: true }),
        piece("$.city", { stringValue: "" }),
        piece("$.days[0].n", { numberValue: 1.5 }),
        piece("$.days[1]['a b']", { boolValue: false }),
        piece('$["none"]', { nullValue: "NULL_VALUE" }),
        close,
        begin,
        piece("$.city", { stringValue: "Seoul" }, false),
        stop,
      ].join(""),
    );
    assert.deepEqual(
      answer.tools.map((tool) => [tool.name, tool.arguments, tool.complete]),
      [
        ["f", '{"city":"San Francisco","days":[{"n":1.5},{"a b":false}],"none":null}', true],
        ["f", '{"city":"Seoul"}', true],
      ],
    );
    assert.deepEqual(
      answer.events.flatMap((each) => (each.type === "tool-call-end" ? [each.signature] : [])),
      ["c2ln", "c2ln"],
    );
  });

  it("without its close is whole at the finish reason, cut off at the limit and at a broken end", () => {
    const open = begin + piece("$.a", { stringValue: "b", willContinue: true });
    for (const [end, complete] of [
      [stop, true],
      [content([], { finishReason: "MAX_TOKENS" }), false],
      [content([], { finishReason: "MALFORMED_FUNCTION_CALL" }), false],
      ["", false],
    ] as const) {
      const [tool] = answerOf(open, end).tools;
      assert.deepEqual([tool?.arguments, tool?.complete], ['{"a":"b"}', complete]);
    }
  });

  const odd = ["", "$", "a", "$.a[99999999]", "$[0]", "$.s.x.y[0]z"];
  const polluting = ["$.__proto__.x", "$.a.b.__proto__", "$['\\_\\_proto\\_\\_'].x", '$["_\\_proto__"].x'];
  for (const path of [...odd, ...polluting]) {
    it(`with a piece at ${JSON.stringify(path)} is incomplete, and harms nothing`, () => {
      const [tool] = answerOf(
        begin,
        piece("$.s[0]", { numberValue: 1 }),
        piece(path, { stringValue: "x" }),
        close,
        stop,
      ).tools;
      assert.equal(tool?.complete, false);
      assert.equal(({} as Record<string, unknown>).x, undefined);
    });
  }

  it("may name its arguments like what every object has", () => {
    const [tool] = answerOf(begin, piece("$.constructor.prototype.x", { stringValue: "y" }), close, stop).tools;
    assert.equal(tool?.arguments, '{"constructor":{"prototype":{"x":"y"}}}');
    assert.equal(({} as Record<string, unknown>).x, undefined);
  });

  it("without a name is kept and marked", () => {
    const answer = answerOf(
      part({ partialArgs: [{ jsonPath: "$.a", numberValue: 1 }] }),
      part({ args: { b: 2 } }),
      stop,
    );
    assert.deepEqual(
      answer.tools.map((tool) => [tool.name, tool.arguments, tool.complete]),
      [
        ["", '{"a":1}', false],
        ["", '{"b":2}', false],
      ],
    );
  });
});

describe("calls of Gemini that come again", () => {
  const call = (id: string | undefined, args: object) => ({ functionCall: { ...(id ? { id } : {}), name: "f", args } });

  it("are one where the last chunk has all calls once more, or the id is the same", () => {
    for (const id of [undefined, "x"]) {
      const [tool, other] = answerOf(
        content([call(id, { a: 1 })]),
        content([call(id, { a: 1 })], { finishReason: "STOP" }),
      ).tools;
      assert.equal(tool?.arguments, '{"a":1}');
      assert.equal(other, undefined);
    }
  });

  it("are one where each chunk has all calls so far, the new ones behind them", () => {
    const [first, second, third] = [1, 2, 3].map((a) => call(undefined, { a }));
    const answer = answerOf(
      content([first!]),
      content([first!, second!]),
      content([first!, second!, third!]),
      content([first!, second!, third!], { finishReason: "STOP" }),
    );
    assert.deepEqual(
      answer.tools.map((tool) => tool.arguments),
      ['{"a":1}', '{"a":2}', '{"a":3}'],
    );
    assert.ok(answer.tools.every((tool) => tool.complete));
    assert.equal(answer.end?.finishReason, "tool-calls");
  });

  it("have the arguments that come behind an empty object under the same id", () => {
    const answer = answerOf(
      content([call("x", {})]),
      content([call("x", { a: 1 })]),
      content([], { finishReason: "STOP" }),
    );
    assert.deepEqual(
      answer.tools.map((tool) => [tool.arguments, tool.complete]),
      [['{"a":1}', true]],
    );
  });

  it("are several where a chunk holds them beside each other", () => {
    const twice = content([call(undefined, {}), call(undefined, {})], { finishReason: "STOP" });
    assert.equal(answerOf(twice).tools.length, 2);
  });
});

describe("a Gemini answer as one JSON list", () => {
  const chunks = [content([{ text: "Hel" }]), content([{ text: "lo" }]), content([], { finishReason: "STOP" })];
  const list = `[${chunks.map((chunk) => chunk.slice(6).trim()).join(",\r\n")}]`;

  it("keeps its text where it is cut off", () => {
    assert.equal(answerOf(list).end?.finishReason, "stop");
    const cut = answerOf(list.slice(0, list.indexOf('"lo"') + 1));
    assert.equal(cut.text, "Hel");
    assert.equal(cut.error?.kind, "incomplete");
  });
});

it("a Gemini candidate that is the only one counts, whatever its index", () => {
  const other = content([{ text: "Hi" }], { finishReason: "STOP" }).replace('"index":0', '"index":1');
  assert.equal(answerOf(other).text, "Hi");
});
