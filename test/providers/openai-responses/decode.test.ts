/** What comes of Responses streams: the usual, the odd, and the broken. */
import assert from "node:assert/strict";
import { event } from "../../support/chat.ts";
import { decodeBody, decodePieces } from "../../support/decode.ts";
import { long } from "../../support/long.ts";
import { processorTime } from "../../support/processor-time.ts";
import { sameHoweverCut } from "../../support/recorded.ts";
import {
  call,
  callItem,
  completed,
  created,
  delta,
  failed,
  incomplete,
  itemAdded,
  itemDone,
  message,
  responseEvent,
  summaryDelta,
  textDelta,
  textItem,
} from "../../support/responses.ts";
import type { Answer } from "../../support/run.ts";

const answerOf = (...pieces: string[]) => decodeBody(pieces.join(""), "openai-responses");
const signatureOf = (answer: Answer) =>
  answer.events.flatMap((each) => (each.type === "thinking-delta" && each.signature ? [each.signature] : [])).at(-1);

describe("the Responses decoder", () => {
  it("reads an answer with start and end", () => {
    const usage = { input_tokens: 3, output_tokens: 5, total_tokens: 8 };
    const answer = answerOf(created(), responseEvent("in_progress"), textItem(0, "Hel", "lo"), completed({ usage }));
    assert.deepEqual(answer.events, [
      { type: "start", model: "gpt-test" },
      { type: "text-delta", text: "Hel" },
      { type: "text-delta", text: "lo" },
      { type: "usage", usage: { inputTokens: 3, outputTokens: 5 } },
      { type: "end", finishReason: "stop", rawReason: "completed", model: "gpt-test" },
    ]);
  });

  long.it("reads thinking, text, tools and emoji the same however they are cut", () => {
    const body = [
      ": hello\n\n",
      created({}, { sequence_number: 0 }),
      itemAdded(0, { type: "reasoning", id: "rs_1", summary: [] }),
      summaryDelta(0, "Hm 생각"),
      itemDone(0, { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "c2VjcmV0" }),
      textItem(1, "안녕", " 👋", ' "quoted"\n', "\ud83d", "\ude00"),
      callItem(2, "call_1", "f", '{"a": "\\', 'u00e9"', "}"),
      callItem(3, "call_2", "g"),
      completed({
        usage: {
          input_tokens: 33,
          input_tokens_details: { cached_tokens: 10, cache_write_tokens: 20 },
          output_tokens: 9,
          output_tokens_details: { reasoning_tokens: 4 },
          total_tokens: 42,
        },
      }),
    ].join("");
    const answer = sameHoweverCut("openai-responses", body);
    assert.equal(answer.text, '안녕 👋 "quoted"\n😀');
    assert.equal(answer.thinking, "Hm 생각");
    assert.deepEqual(answer.tools, [
      { id: "call_1", name: "f", arguments: '{"a": "\\u00e9"}', complete: true },
      { id: "call_2", name: "g", arguments: "{}", complete: true },
    ]);
    assert.deepEqual(answer.usage, {
      inputTokens: 33,
      outputTokens: 9,
      cacheReadTokens: 10,
      cacheWriteTokens: 20,
      reasoningTokens: 4,
    });
    assert.equal(answer.end?.finishReason, "tool-calls");
  });

  it("tells reasoning of open models, summaries part by part, and the same in two places once", () => {
    const open = answerOf(
      created(),
      itemAdded(0, { type: "reasoning" }),
      delta("reasoning_text", 0, "Hm"),
      delta("reasoning_summary_text", 0, "Hm"),
      itemDone(0, { type: "reasoning", summary: [{ text: "Hm" }], content: [{ type: "reasoning_text", text: "Hm!" }] }),
      textItem(1, "A"),
      completed(),
    );
    assert.equal(open.thinking, "Hm!");
    const parts = answerOf(
      created(),
      summaryDelta(0, "**One**"),
      summaryDelta(0, " a"),
      summaryDelta(0, "**Two**", 1),
      summaryDelta(0, " b", 1),
      completed(),
    );
    assert.equal(parts.thinking, "**One** a\n\n**Two** b");
  });

  it("shows a refusal as the answer, and says that it was one", () => {
    const answer = answerOf(created(), delta("refusal", 0, "I can"), delta("refusal", 0, "not."), completed());
    assert.equal(answer.text, "I cannot.");
    assert.equal(answer.end?.finishReason, "content-filter");
  });

  describe("given a text whole after its pieces", () => {
    const done = (text: string) => responseEvent("output_text.done", { output_index: 0, content_index: 0, text });
    const text = (...events: string[]) => answerOf(created(), ...events, completed()).text;

    it("tells what was missing", () => {
      assert.equal(text(textDelta(0, "Hel"), done("Hello"), itemDone(0, message("Hello world"))), "Hello world");
      assert.equal(text(done("Hello")), "Hello");
      assert.equal(text(itemDone(0, message("Hello", " world"))), "Hello world");
      assert.equal(text(itemDone(0, { type: "message", content: [{ type: "refusal", refusal: "No" }] })), "No");
      assert.equal(text(textDelta(0, "\ud83d"), done("😀")), "😀");
    });

    it("tells nothing twice, and nothing that contradicts what was shown", () => {
      assert.equal(text(textDelta(0, "Hello"), done("Hello"), itemDone(0, message("Hello"))), "Hello");
      assert.equal(text(textDelta(0, "Hello"), done("Hullo world"), itemDone(0, message("Hullo world"))), "Hello");
    });

    it("takes it from the end of the answer when nothing else came", () => {
      const output = [message("Hello"), call("call_1", "f", '{"a":1}')];
      const answer = answerOf(created(), completed({ output }));
      assert.equal(answer.text, "Hello");
      assert.deepEqual(answer.tools, [{ id: "call_1", name: "f", arguments: '{"a":1}', complete: true }]);
      assert.equal(answerOf(created(), textItem(3, "Hello"), completed({ output: [message("Hello")] })).text, "Hello");
    });
  });

  it("gives pieces without a place to the latest item", () => {
    const bare = (type: string, fields: Record<string, unknown>) => event({ type: `response.${type}`, ...fields });
    const item = (...pieces: string[]) => [
      bare("output_item.added", { item: { type: "message" } }),
      ...pieces.map((piece) => bare("output_text.delta", { delta: piece })),
      bare("output_text.done", { text: pieces.join("") }),
      bare("output_item.done", { item: message(pieces.join("")) }),
    ];
    assert.equal(answerOf(created(), ...item("a", "b", "c"), ...item("d", "e"), completed()).text, "abcde");
  });

  describe("puts a call together", () => {
    const toolsOf = (...events: string[]) => answerOf(created(), ...events).tools;
    const piece = (source: string, index = 0, id = "item") =>
      delta("function_call_arguments", index, source, { item_id: id });

    it("by its place, whatever the ids of the items are", () => {
      const tools = toolsOf(
        itemAdded(0, { ...call("call_1", "f", ""), id: "a1" }),
        itemAdded(1, { ...call("call_2", "g", ""), id: "b1" }),
        piece('{"a":', 0, "a2"),
        piece('{"b":', 1, "b2"),
        piece("1}", 0, "a3"),
        piece("2}", 1, "b3"),
        itemDone(1, { ...call("call_2", "g", '{"b":2}'), id: "b4" }),
        itemDone(0, { ...call("call_1", "f", '{"a":1}'), id: "a4" }),
        completed(),
      );
      assert.deepEqual(tools, [
        { id: "call_1", name: "f", arguments: '{"a":1}', complete: true },
        { id: "call_2", name: "g", arguments: '{"b":2}', complete: true },
      ]);
    });

    it("with the arguments of its end, whatever the pieces were", () => {
      for (const pieces of [[], [piece('{"a":')], [piece('{"b":2}')]]) {
        const answer = answerOf(created(), ...pieces, itemDone(0, call("call_1", "f", '{"a":1}')), completed());
        assert.deepEqual(answer.tools, [{ id: "call_1", name: "f", arguments: '{"a":1}', complete: true }]);
      }
      assert.deepEqual(
        toolsOf(
          itemAdded(0, call("call_1", "f", "")),
          responseEvent("function_call_arguments.done", { output_index: 0, arguments: "{}" }),
          completed(),
        ),
        [{ id: "call_1", name: "f", arguments: "{}", complete: true }],
      );
    });

    it("whose pieces come before its beginning, or without any place", () => {
      const early = answerOf(
        created(),
        piece('{"a":'),
        itemAdded(0, call("call_1", "f", "")),
        piece("1}"),
        itemDone(0, call("call_1", "f", '{"a":1}')),
        completed(),
      );
      assert.deepEqual(early.tools, [{ id: "call_1", name: "f", arguments: '{"a":1}', complete: true }]);
      const streamed = early.events.flatMap((each) => (each.type === "tool-call-delta" ? [each.arguments] : []));
      assert.equal(streamed.join(""), '{"a":1}');
      const bare = (type: string, fields: Record<string, unknown>) => event({ type: `response.${type}`, ...fields });
      const placeless = answerOf(
        bare("output_item.added", { item: call("call_1", "f", "") }),
        bare("function_call_arguments.delta", { delta: "{}" }),
        bare("output_item.done", { item: call("call_1", "f", "{}") }),
        bare("output_text.delta", { delta: "A" }),
        completed({ output: [call("call_1", "f", "{}")] }),
      );
      assert.deepEqual(placeless.tools, [{ id: "call_1", name: "f", arguments: "{}", complete: true }]);
      assert.equal(placeless.text, "A");
    });

    it("that nobody introduced to nothing", () => {
      assert.deepEqual(toolsOf(piece('{"a":1}', 4), completed()), []);
    });

    it("of the custom kind with its plain text, which is not to be run", () => {
      const custom = { type: "custom_tool_call", call_id: "call_1", name: "sql" };
      const tools = toolsOf(
        itemAdded(0, { ...custom, input: "" }),
        delta("custom_tool_call_input", 0, "SELECT"),
        itemDone(0, { ...custom, input: "SELECT 1" }),
        completed(),
      );
      assert.deepEqual(tools, [{ id: "call_1", name: "sql", arguments: "SELECT 1", complete: false }]);
    });

    for (const [what, events] of [
      ["is not JSON", [callItem(0, "c", "f", '{"a":'), completed()]],
      ["is a list", [callItem(0, "c", "f", "[]"), completed()]],
      ["has no name", [itemDone(0, call("c", "", "{}")), completed()]],
      ["was never closed", [itemAdded(0, call("c", "f", "{}")), completed()]],
      [
        "was cut off at the limit",
        [
          itemAdded(0, call("c", "f", "")),
          itemDone(0, call("c", "f", "{}", "incomplete")),
          incomplete("max_output_tokens"),
        ],
      ],
      ["never began at the limit", [callItem(0, "c", "f"), incomplete("max_output_tokens")]],
    ] as const) {
      it(`and marks it incomplete when it ${what}`, () => {
        const tools = toolsOf(...events);
        assert.deepEqual(
          tools.map(({ complete }) => complete),
          [false],
        );
      });
    }
  });

  it("ignores kinds of events and items that it does not know", () => {
    const answer = answerOf(
      event({ type: "keepalive", sequence_number: 3 }, "keepalive"),
      responseEvent("queued", { response: {} }),
      created(),
      itemAdded(0, { type: "web_search_call", id: "ws" }),
      responseEvent("web_search_call.searching", { output_index: 0 }),
      textDelta(0, "no"),
      itemDone(0, { type: "web_search_call", action: { query: "no" } }),
      responseEvent("surprise.delta", { output_index: 1, delta: "no" }),
      responseEvent("output_text.annotation.added", { output_index: 1, annotation: { title: "no" } }),
      textItem(1, "A"),
      completed(),
    );
    assert.equal(answer.text, "A");
    assert.equal(answer.end?.finishReason, "stop");
    assert.deepEqual(answer.notices, []);
  });

  for (const [end, reason, raw] of [
    [completed(), "stop", "completed"],
    [incomplete("max_output_tokens"), "length", "max_output_tokens"],
    [incomplete("content_filter"), "content-filter", "content_filter"],
    [incomplete("something_new"), "other", "something_new"],
    [responseEvent("incomplete"), "other", "incomplete"],
    [responseEvent("cancelled"), "other", "cancelled"],
  ] as const) {
    it(`reads the end ${raw} as ${reason}`, () => {
      const answer = answerOf(created(), textItem(0, "A"), end);
      assert.deepEqual(answer.end, { type: "end", finishReason: reason, rawReason: raw, model: "gpt-test" });
    });
  }

  describe("ends", () => {
    it("incomplete without its event, whatever else was whole", () => {
      for (const end of ["", itemDone(0, message("A")), "data: [DONE]\n\n"]) {
        const answer = answerOf(created(), textItem(0, "A"), callItem(1, "c", "f", "{}"), end);
        assert.equal(answer.error?.kind, "incomplete");
        assert.equal(answer.end, undefined);
        assert.deepEqual(
          answer.tools.map(({ complete }) => complete),
          [false],
        );
      }
    });

    it("as empty, to be asked again, when nothing was said", () => {
      for (const body of [created(), created() + responseEvent("in_progress"), ""]) {
        const { error } = answerOf(body);
        assert.equal(error?.details.reason, "empty-response");
        assert.equal(error?.retryable, true);
      }
    });

    it("at its event, whatever follows", () => {
      const answer = answerOf(
        created(),
        textItem(0, "A"),
        completed(),
        "data: [DONE]\n\n",
        event({}, "error"),
        "x\n\n",
      );
      assert.equal(answer.text, "A");
      assert.equal(answer.error, undefined);
      assert.deepEqual(answer.notices, []);
    });

    it("as another protocol when chat completions come", () => {
      const { error } = answerOf(event({ choices: [{ delta: { content: "Hi" } }] }));
      assert.equal(error?.kind, "malformed");
      assert.match(error?.message ?? "", /openai-responses/);
    });
  });

  it("reads a whole response where a stream was due", () => {
    const whole = (fields: Record<string, unknown>) =>
      answerOf(
        JSON.stringify({ id: "r", object: "response", model: "gpt-test", status: "completed", ...fields }, null, 1),
      );
    const answer = whole({
      output: [
        { type: "reasoning", id: "rs", summary: [{ type: "summary_text", text: "Hm" }], encrypted_content: "e" },
        message("Hi"),
        call("call_1", "f", '{"a":1}'),
      ],
      error: null,
      usage: { input_tokens: 1, output_tokens: 2 },
    });
    assert.equal(answer.text, "Hi");
    assert.equal(answer.thinking, "Hm");
    assert.deepEqual(answer.tools, [{ id: "call_1", name: "f", arguments: '{"a":1}', complete: true }]);
    assert.deepEqual(answer.usage, { inputTokens: 1, outputTokens: 2 });
    assert.deepEqual(answer.notices, [{ type: "notice", code: "not-streamed" }]);
    assert.equal(answer.end?.finishReason, "tool-calls");
    assert.ok(signatureOf(answer));
    const broken = whole({ status: "failed", error: { code: "server_error", message: "no" } });
    assert.equal(broken.error?.details.providerMessage, "no");
    assert.equal(whole({ status: "queued", output: [] }).error?.details.reason, "empty-response");
  });

  it("skips broken frames, and gives up after many", () => {
    const some = answerOf(created(), "data: {oops\n\n", textItem(0, "A"), completed());
    assert.equal(some.text, "A");
    assert.deepEqual(some.notices, [{ type: "notice", code: "malformed-frames", count: 1 }]);
    assert.equal(answerOf(created(), "data: {oops\n\n".repeat(6)).error?.kind, "malformed");
  });

  it("parts thinking in tags from the answer", () => {
    const answer = answerOf(created(), textItem(0, "<thi", "nk>Hm</think>", "\n\nHi", " there"), completed());
    assert.equal(answer.thinking, "Hm");
    assert.equal(answer.text, "Hi there");
  });
});

describe("an error of the Responses protocol", () => {
  const flat = (code: string, text = "no") => event({ type: "error", code, message: text, param: null }, "error");
  const nested = (code: string, text = "no") => event({ type: "error", error: { type: code, code, message: text } });

  for (const [code, kind, retryable] of [
    ["insufficient_quota", "no-credit", false],
    ["rate_limit_exceeded", "rate-limited", true],
    ["server_error", "reported", true],
    ["invalid_prompt", "bad-request", false],
    ["context_length_exceeded", "context-too-long", false],
  ] as const) {
    it(`${code} is ${kind}, in all its forms, first and in the middle, once`, () => {
      for (const before of ["", created(), created() + textItem(0, "A")]) {
        for (const fault of [
          flat(code),
          nested(code),
          failed(code),
          flat(code) + failed(code),
          nested(code) + failed(code),
        ]) {
          const answer = answerOf(before, fault);
          assert.equal(answer.error?.kind, kind, fault);
          assert.equal(answer.error?.retryable, retryable);
          assert.equal(answer.error?.details.providerMessage, "no");
          assert.equal(answer.text, before.includes("output_text") ? "A" : "");
          assert.equal(answer.end, undefined);
          assert.deepEqual(answer.notices, []);
        }
      }
    });
  }

  it("in an event of completion is one all the same", () => {
    const answer = decodeBody(
      created() + textDelta(0, "a") + completed({ status: "failed", error: { code: "server_error", message: "no" } }),
      "openai-responses",
    );
    assert.equal(answer.text, "a");
    assert.equal(answer.end, undefined);
    assert.equal(answer.error?.details.providerMessage, "no");
  });

  it("without words is an error all the same, and its usage counts", () => {
    const { error, usage } = answerOf(created(), responseEvent("failed", { response: { usage: { input_tokens: 3 } } }));
    assert.equal(error?.kind, "reported");
    assert.deepEqual(usage, { inputTokens: 3 });
  });

  it("in the envelopes of gateways is found too", () => {
    for (const body of [
      '{"error":{"message":"no","code":500}}',
      '{"error":"no"}',
      '{"object":"error","message":"no"}',
    ]) {
      for (const source of [`data: ${body}\n\n`, body, `${created()}data: ${body}\n\n`]) {
        assert.equal(answerOf(source).error?.details.providerMessage, "no", source);
      }
    }
  });

  it("that is null is none", () => {
    assert.equal(answerOf(created(), textDelta(0, "A", { error: null }), completed({ error: null })).text, "A");
  });
});

describe("the usage of a response", () => {
  const usageOf = (usage: unknown) => answerOf(created(), textItem(0, "A"), completed({ usage })).usage;

  it("keeps parts within their whole, and adds reasoning that was left out", () => {
    assert.deepEqual(
      usageOf({
        input_tokens: 10,
        input_tokens_details: { cached_tokens: 12 },
        output_tokens: 5,
        output_tokens_details: { reasoning_tokens: 7 },
        total_tokens: 15,
      }),
      { inputTokens: 10, outputTokens: 5, cacheReadTokens: 10, reasoningTokens: 5 },
    );
    const apart = {
      input_tokens: 10,
      output_tokens: 5,
      output_tokens_details: { reasoning_tokens: 7 },
      total_tokens: 22,
    };
    assert.deepEqual(usageOf(apart), { inputTokens: 10, outputTokens: 12, reasoningTokens: 7 });
  });

  it("drops what is no count, and is unknown where nothing is reported", () => {
    assert.equal(usageOf(null), undefined);
    assert.equal(usageOf({ input_tokens: -1, output_tokens: "x", total_tokens: 1e300 }), undefined);
    assert.deepEqual(usageOf({ output_tokens: "7" }), { outputTokens: 7 });
  });
});

describe("encrypted reasoning", () => {
  const reasoning = (index: number, id: string, encrypted: string) =>
    itemAdded(index, { type: "reasoning", id: "another", encrypted_content: "begun" }) +
    itemDone(index, { type: "reasoning", id, summary: [], encrypted_content: encrypted });

  it("is kept with its place, with the id it has at its end", () => {
    const answer = answerOf(
      created(),
      reasoning(0, "rs_1", "e1"),
      textItem(1, "Te", "xt"),
      reasoning(2, "rs_2", "e2"),
      callItem(3, "call_1", "f", "{}"),
      completed(),
    );
    assert.equal(answer.thinking, "");
    assert.equal(
      signatureOf(answer),
      `openai-responses:${JSON.stringify([
        { type: "reasoning", id: "rs_1", encrypted: "e1" },
        { type: "text", length: 4 },
        { type: "reasoning", id: "rs_2", encrypted: "e2" },
        { type: "call", id: "call_1" },
      ])}`,
    );
  });

  it("is not kept when the answer broke off or nothing is encrypted", () => {
    assert.equal(signatureOf(answerOf(created(), reasoning(0, "rs_1", "e1"), textItem(1, "A"))), undefined);
    const plain = itemDone(0, { type: "reasoning", id: "rs_1", summary: [] });
    assert.equal(signatureOf(answerOf(created(), plain, textItem(1, "A"), completed())), undefined);
  });
});

describe("an answer in the background", () => {
  const background = (number: number) => created({ background: true }, { sequence_number: number });
  const pointOf = (answer: Answer) => answer.events.find((each) => each.type === "resume-point")?.point;
  const piece = (text: string, sequence_number: number) => textDelta(0, text, { sequence_number });

  it("that breaks off can be read on after the last event", () => {
    const pieces = ["a", "b", "c", '"', "d"].map((text, at) => piece(text, at + 1));
    const answer = answerOf(background(0), ...pieces);
    assert.equal(answer.error?.kind, "incomplete");
    assert.deepEqual(answer.events.at(-1), { type: "resume-point", point: { id: "resp_1", after: 5 } });
    assert.deepEqual(pointOf(answerOf(background(7))), { id: "resp_1", after: 7 });
  });

  it("cannot be read on when it ended, failed, is not numbered or is not in the background", () => {
    for (const events of [
      [background(0), piece("a", 1), completed()],
      [background(0), piece("a", 1), failed("server_error")],
      [background(0), piece("a", 1), event({ type: "error", message: "no" }, "error")],
      [created({ background: true }), piece("a", 1)],
      [created({ background: false }, { sequence_number: 0 }), piece("a", 1)],
    ]) {
      assert.equal(pointOf(answerOf(...events)), undefined);
    }
  });

  it("that is read on gives the rest, and nothing twice", () => {
    const point = { id: "resp_1", after: 3 };
    const rest = (...events: string[]) => decodeBody(events.join(""), "openai-responses", undefined, point);
    const answer = rest(
      piece("b", 2),
      piece("c", 3),
      piece("d", 4),
      piece("e", 5),
      piece("e", 5),
      responseEvent("output_text.done", { output_index: 0, text: "abcde", sequence_number: 6 }),
      itemDone(0, message("abcde"), { sequence_number: 7 }),
      completed({ output: [message("abcde")] }, { sequence_number: 8 }),
    );
    assert.equal(answer.text, "de");
    assert.equal(answer.end?.finishReason, "stop");
    assert.equal(rest(completed({ output: [message("abc")] }, { sequence_number: 4 })).text, "");
    assert.equal(rest(itemDone(0, message("abc"), { sequence_number: 4 }), completed()).text, "");
    // A second break can be mended as the first.
    assert.deepEqual(pointOf(rest(piece("d", 4), piece("e", 5))), { id: "resp_1", after: 5 });
    assert.deepEqual(pointOf(rest("")), point);
    // What began in the rest is whole there.
    const next = [itemAdded(1, { type: "message" }, { sequence_number: 4 }), itemDone(1, message("z"))];
    assert.equal(rest(...next, completed()).text, "z");
  });

  it("that is read on has the calls that its end names", () => {
    const end = completed({ output: [message("abc"), call("call_1", "f", '{"a":1}')] }, { sequence_number: 4 });
    const answer = decodeBody(end, "openai-responses", undefined, { id: "resp_1", after: 3 });
    assert.deepEqual(answer.tools, [{ id: "call_1", name: "f", arguments: '{"a":1}', complete: true }]);
    assert.equal(answer.text, "");
  });
});

long.it("a Responses stream of fifty thousand events is read in no time", () => {
  const pieces = responseEvent("surprise") + textDelta(0, "ab");
  const body = created() + pieces.repeat(25_000) + completed();
  const began = processorTime();
  const answer = decodePieces([Buffer.from(body)], "openai-responses");
  assert.equal(answer.text.length, 50_000);
  assert.ok(processorTime() - began < 4000);
});
