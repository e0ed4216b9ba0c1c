/** What comes of Messages streams: the usual, the odd, and the broken. */
import assert from "node:assert/strict";
import { event } from "../../support/chat.ts";
import { decodeBody } from "../../support/decode.ts";
import { long } from "../../support/long.ts";
import {
  blockDelta,
  blockStart,
  blockStop,
  messageDelta,
  messageEnd,
  messageEvent,
  messageStart,
  ping,
  textBlock,
  toolBlock,
} from "../../support/messages.ts";
import { sameHoweverCut } from "../../support/recorded.ts";
import type { Answer } from "../../support/run.ts";

const answerOf = (...pieces: string[]) => decodeBody(pieces.join(""), "anthropic");
const signatureOf = (answer: Answer) =>
  answer.events.findLast((each) => each.type === "thinking-delta" && each.signature !== undefined);

describe("the Messages decoder", () => {
  it("reads an answer with start and end", () => {
    const answer = answerOf(messageStart(), ping, textBlock(0, "Hel", "lo"), messageEnd());
    assert.deepEqual(answer.events, [
      { type: "start", model: "claude-test" },
      { type: "text-delta", text: "Hel" },
      { type: "text-delta", text: "lo" },
      { type: "usage", usage: { inputTokens: 3, outputTokens: 5 } },
      { type: "end", finishReason: "stop", rawReason: "end_turn", model: "claude-test" },
    ]);
  });

  long.it("reads thinking, text, tools, emoji and padding the same however they are cut", () => {
    const padded = (source: string) =>
      source.replace(/\}\n/g, (end) => `}${" ".repeat(source.length % 7)}${end.slice(1)}`);
    const body = [
      ": hello\n\n",
      messageStart({ input_tokens: 3, cache_read_input_tokens: 10, cache_creation_input_tokens: 20, output_tokens: 1 }),
      blockStart(0, { type: "thinking", thinking: "", signature: "" }),
      blockDelta(0, { type: "thinking_delta", thinking: "Hm 생각" }),
      ping,
      blockDelta(0, { type: "signature_delta", signature: "c2ln" }),
      blockStop(0),
      padded(textBlock(1, "안녕", " 👋", ' "quoted"\n', "\ud83d", "\ude00")),
      toolBlock(2, "toolu_1", "f", "", '{"a": "\\', 'u00e9"', "}"),
      toolBlock(3, "toolu_2", "g", ""),
      messageEnd("tool_use", { output_tokens: 9, output_tokens_details: { thinking_tokens: 4 } }),
    ].join("");
    const answer = sameHoweverCut("anthropic", body);
    assert.equal(answer.text, '안녕 👋 "quoted"\n😀');
    assert.equal(answer.thinking, "Hm 생각");
    assert.deepEqual(answer.tools, [
      { id: "toolu_1", name: "f", arguments: '{"a": "\\u00e9"}', complete: true },
      { id: "toolu_2", name: "g", arguments: "{}", complete: true },
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

  it("joins pieces whose padding differs, and takes no other piece for one of them", () => {
    const piece = (text: string, spaces: number, rest = "") =>
      `data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":${JSON.stringify(text)}${rest}}${" ".repeat(spaces)}}\n\n`;
    const answer = answerOf(
      messageStart(),
      blockStart(0, { type: "text", text: "" }),
      piece("a", 0),
      piece("b", 5),
      piece("c", 11),
      piece('d"', 2),
      piece("e", 1, ',"x":"}"'),
      piece("", 3),
      blockStop(0),
      messageEnd(),
    );
    assert.equal(answer.text, 'abcd"e');
  });

  it("ignores kinds of events, blocks and pieces that it does not know, and keeps the others apart", () => {
    const answer = answerOf(
      messageStart(),
      messageEvent("message_surprise", { text: "no" }),
      blockStart(0, { type: "server_tool_use", id: "srv", name: "web_search", input: {} }),
      blockDelta(0, { type: "input_json_delta", partial_json: '{"q":1}' }),
      blockStop(0),
      blockStart(1, { type: "web_search_tool_result", content: [{ type: "web_search_result", text: "no" }] }),
      blockStop(1),
      blockStart(7, { type: "text", text: "A" }),
      blockDelta(7, { type: "citations_delta", citation: { cited_text: "no" } }),
      blockDelta(7, { type: "surprise_delta", text: "no" }),
      blockDelta(7, { type: "text_delta", text: "B" }),
      blockStart(9, { type: "surprise", text: "no" }),
      blockDelta(9, { type: "text_delta", text: "no" }),
      messageEnd(),
    );
    assert.equal(answer.text, "AB");
    assert.deepEqual(answer.tools, []);
    assert.equal(answer.end?.finishReason, "stop");
  });

  it("reads pieces whose block was not opened, or whose index is missing", () => {
    const answer = answerOf(
      messageStart(),
      blockDelta(0, { type: "text_delta", text: "A" }),
      event({ type: "content_block_delta", delta: { type: "text_delta", text: "B" } }),
      blockDelta(1, { type: "input_json_delta", partial_json: '{"a":' }),
      blockStart(1, { type: "tool_use", id: "t", name: "f", input: {} }),
      blockDelta(1, { type: "input_json_delta", partial_json: "1}" }),
      blockStop(1),
      messageEnd("tool_use"),
    );
    assert.equal(answer.text, "AB");
    assert.deepEqual(answer.tools, [{ id: "t", name: "f", arguments: '{"a":1}', complete: true }]);
  });

  it("takes a call's arguments from its block when no piece follows", () => {
    const block = blockStart(0, { type: "tool_use", name: "f", input: { a: 1 } }) + blockStop(0);
    assert.deepEqual(answerOf(messageStart(), block, messageEnd("tool_use")).tools, [
      { id: "made-1", name: "f", arguments: '{"a":1}', complete: true },
    ]);
  });

  for (const [what, pieces, reason] of [
    ["is not JSON", [toolBlock(0, "t", "f", '{"a":')], "tool_use"],
    ["was cut off at the limit", [toolBlock(0, "t", "f", '{"a": "b')], "max_tokens"],
    ["never began at the limit", [toolBlock(0, "t", "f", "")], "max_tokens"],
    ["is a list", [toolBlock(0, "t", "f", "[]")], "tool_use"],
    ["was never closed", [toolBlock(0, "t", "f", "{}").replace(blockStop(0), "")], "tool_use"],
  ] as const) {
    it(`marks a call incomplete that ${what}`, () => {
      const answer = answerOf(messageStart(), ...pieces, messageEnd(reason));
      assert.deepEqual(
        answer.tools.map(({ complete }) => complete),
        [false],
      );
      assert.equal(answer.end?.finishReason, reason === "max_tokens" ? "length" : "tool-calls");
    });
  }

  for (const [raw, reason] of Object.entries({
    end_turn: "stop",
    stop_sequence: "stop",
    max_tokens: "length",
    model_context_window_exceeded: "length",
    refusal: "content-filter",
    pause_turn: "other",
    compaction: "other",
    something_new: "other",
  })) {
    it(`reads the stop reason ${raw} as ${reason}`, () => {
      const answer = answerOf(messageStart(), textBlock(0, "A"), messageEnd(raw));
      assert.deepEqual(answer.end, { type: "end", finishReason: reason, rawReason: raw, model: "claude-test" });
    });
  }

  it("shows what a piece says, whatever the kind of its block", () => {
    const thinking = blockDelta(0, { type: "thinking_delta", thinking: "hm" });
    const text = blockDelta(0, { type: "text_delta", text: "A" });
    const source = blockDelta(0, { type: "input_json_delta", partial_json: '{"a":1}' });
    for (const block of [{ type: "text" }, { type: "thinking" }]) {
      const answer = answerOf(messageStart(), blockStart(0, block), thinking, text, blockStop(0), messageEnd());
      assert.deepEqual([answer.thinking, answer.text], ["hm", "A"]);
    }
    const tool = blockStart(0, { type: "tool_use", id: "t", name: "f", input: {} });
    const answer = answerOf(messageStart(), tool, thinking, text, source, blockStop(0), messageEnd("tool_use"));
    assert.deepEqual([answer.thinking, answer.text], ["hm", "A"]);
    assert.deepEqual(answer.tools, [{ id: "t", name: "f", arguments: '{"a":1}', complete: true }]);
    const mixed = blockDelta(0, { type: "text_delta", thinking: "hm" });
    assert.equal(answerOf(messageStart(), blockStart(0, { type: "text" }), mixed, text).thinking, "hm");
  });

  it("gives arguments under a wrong index to the only call that lacks them, and else trusts no call without any", () => {
    const tool = (index: number, id: string, name: string) =>
      blockStart(index, { type: "tool_use", id, name, input: {} }) + blockStop(index);
    const stray = blockDelta(5, { type: "input_json_delta", partial_json: '{"a":1}' });
    const one = answerOf(messageStart(), tool(0, "t", "f"), stray, messageEnd("tool_use"));
    assert.deepEqual(one.tools, [{ id: "t", name: "f", arguments: '{"a":1}', complete: true }]);
    const two = answerOf(messageStart(), tool(0, "t", "f"), tool(1, "u", "g"), stray, messageEnd("tool_use"));
    assert.deepEqual(
      two.tools.map(({ complete }) => complete),
      [false, false],
    );
  });

  it("trusts no call where the arguments of each stand under the index of the next", () => {
    const tool = (index: number, name: string, source: string) =>
      blockStart(index, { type: "tool_use", id: name, name, input: {} }) +
      blockDelta(index + 1, { type: "input_json_delta", partial_json: source }) +
      blockStop(index);
    const both = tool(0, "f", '{"x":1}') + tool(1, "g", '{"y":2}');
    const startsFirst = both
      .split(/(?<=\n\n)/)
      .sort((a, b) => Number(!a.includes("_start")) - Number(!b.includes("_start")));
    for (const body of [both, startsFirst.join("")]) {
      const answer = answerOf(messageStart(), body, messageEnd("tool_use"));
      assert.ok(answer.tools.every(({ complete }) => !complete));
    }
  });

  it("trusts no call that was opened in the place of one that had not ended", () => {
    const open = (id: string, name: string) => blockStart(0, { type: "tool_use", id, name, input: {} });
    const source = blockDelta(0, { type: "input_json_delta", partial_json: '{"a":1}' });
    const stops = blockStop(0) + blockStop(0);
    const answer = answerOf(messageStart(), open("t", "f"), open("u", "g"), source, stops, messageEnd("tool_use"));
    assert.ok(answer.tools.every(({ complete }) => !complete));
  });

  it("reads arguments that come behind an empty object, or twice", () => {
    for (const pieces of [["{}", '{"a":1}'], ['{"a"', ":1}", '{"a":1}'], ['"{\\"a\\":1}"']]) {
      const answer = answerOf(messageStart(), toolBlock(0, "t", "f", ...pieces), messageEnd("tool_use"));
      assert.deepEqual(answer.tools, [{ id: "t", name: "f", arguments: '{"a":1}', complete: true }]);
    }
  });

  it("does not show a whole message again behind its pieces", () => {
    const whole = event({
      type: "message",
      id: "msg_1",
      content: [{ type: "text", text: "A" }],
      stop_reason: "end_turn",
    });
    const answer = answerOf(messageStart(), textBlock(0, "A"), whole);
    assert.equal(answer.text, "A");
    assert.equal(answer.end?.finishReason, "stop");
  });

  describe("ends", () => {
    it("whole after the stop reason, with its calls, though message_stop is missing", () => {
      for (const calls of [[], [toolBlock(1, "t", "f", '{"a":1}')]]) {
        const answer = answerOf(messageStart(), textBlock(0, "A"), ...calls, messageDelta("end_turn"));
        assert.equal(answer.error, undefined);
        assert.equal(answer.end?.finishReason, calls.length > 0 ? "tool-calls" : "stop");
        assert.ok(answer.tools.every(({ complete }) => complete));
      }
    });

    it("incomplete when something follows the stop reason", () => {
      const answer = answerOf(messageStart(), textBlock(0, "A"), messageDelta("end_turn"), textBlock(1, "B"));
      assert.equal(answer.text, "AB");
      assert.equal(answer.error?.kind, "incomplete");
    });

    it("incomplete without message_stop and without a stop reason", () => {
      for (const end of ["", messageDelta(null)]) {
        const answer = answerOf(messageStart(), textBlock(0, "A"), toolBlock(1, "t", "f", "{}"), end);
        assert.equal(answer.error?.kind, "incomplete");
        assert.equal(answer.end, undefined);
        assert.deepEqual(
          answer.tools.map(({ complete }) => complete),
          [false],
        );
      }
    });

    it("as empty, to be asked again, when nothing was said", () => {
      for (const body of [messageStart(), ping, ""]) {
        const { error } = answerOf(body);
        assert.equal(error?.kind, "incomplete");
        assert.equal(error?.details.reason, "empty-response");
        assert.equal(error?.retryable, true);
      }
    });

    it("with [DONE] of a gateway only after the stop reason", () => {
      const done = "data: [DONE]\n\n";
      assert.equal(
        answerOf(messageStart(), textBlock(0, "A"), messageDelta("end_turn"), done).end?.finishReason,
        "stop",
      );
      assert.equal(answerOf(messageStart(), textBlock(0, "A"), done).error?.kind, "incomplete");
    });

    it("at message_stop, whatever follows", () => {
      const answer = answerOf(
        messageStart(),
        textBlock(0, "A"),
        messageEnd(),
        event({ type: "error" }, "error"),
        "junk\n\n",
      );
      assert.equal(answer.text, "A");
      assert.equal(answer.error, undefined);
      assert.deepEqual(answer.notices, []);
    });

    it("as another protocol when chat completions come", () => {
      const { error } = answerOf(event({ choices: [{ delta: { content: "Hi" } }] }));
      assert.equal(error?.kind, "malformed");
      assert.match(error?.message ?? "", /anthropic/);
    });

    it("at a second answer inside the first, but not at its own beginning sent twice", () => {
      const again = answerOf(messageStart(), messageStart(), textBlock(0, "A"), messageEnd());
      assert.equal(again.text, "A");
      assert.equal(again.error, undefined);
      const other = answerOf(
        messageStart(),
        textBlock(0, "A"),
        messageStart({}, "msg_2"),
        textBlock(0, "A"),
        messageEnd(),
      );
      assert.equal(other.error?.kind, "malformed");
      assert.equal(other.text, "A");
    });
  });

  it("reads a whole message where a stream was due", () => {
    const answer = answerOf(
      JSON.stringify({
        type: "message",
        id: "m",
        model: "claude-test",
        content: [
          { type: "thinking", thinking: "Hm", signature: "c2ln" },
          { type: "text", text: "Hi" },
          { type: "tool_use", id: "t", name: "f", input: { a: 1 } },
        ],
        stop_reason: "tool_use",
        usage: { input_tokens: 1, output_tokens: 2 },
      }),
    );
    assert.equal(answer.text, "Hi");
    assert.equal(answer.thinking, "Hm");
    assert.deepEqual(answer.tools, [{ id: "t", name: "f", arguments: '{"a":1}', complete: true }]);
    assert.deepEqual(answer.usage, { inputTokens: 1, outputTokens: 2 });
    assert.deepEqual(answer.notices, [{ type: "notice", code: "not-streamed" }]);
    assert.equal(answer.end?.finishReason, "tool-calls");
  });

  it("skips broken frames, and gives up after many", () => {
    const some = answerOf(messageStart(), "data: {oops\n\n", textBlock(0, "A"), messageEnd());
    assert.equal(some.text, "A");
    assert.deepEqual(some.notices, [{ type: "notice", code: "malformed-frames", count: 1 }]);
    assert.equal(answerOf(messageStart(), "data: {oops\n\n".repeat(6)).error?.kind, "malformed");
  });
});

describe("an error of the Messages protocol", () => {
  const error = (type: string, message = "no") =>
    event({ type: "error", error: { type, message }, request_id: "r" }, "error");

  for (const [type, kind, retryable] of [
    ["overloaded_error", "overloaded", true],
    ["rate_limit_error", "rate-limited", true],
    ["api_error", "reported", true],
    ["timeout_error", "overloaded", true],
    ["authentication_error", "unauthorized", false],
    ["permission_error", "unauthorized", false],
    ["billing_error", "no-credit", false],
    ["invalid_request_error", "bad-request", false],
    ["request_too_large", "context-too-long", false],
  ] as const) {
    it(`${type} is ${kind}, first and in the middle`, () => {
      for (const before of ["", messageStart(), messageStart() + textBlock(0, "A")]) {
        const answer = answerOf(before, error(type));
        assert.equal(answer.error?.kind, kind);
        assert.equal(answer.error?.retryable, retryable);
        assert.equal(answer.error?.details.providerMessage, "no");
        assert.equal(answer.error?.details.requestId, "r");
        assert.equal(answer.text, before.includes("text_delta") ? "A" : "");
        assert.equal(
          answer.events.some((each) => each.type === "end"),
          false,
        );
      }
    });
  }

  it("in the envelopes of gateways is found too", () => {
    for (const body of [
      '{"error":{"message":"no","code":500}}',
      '{"error":"no"}',
      '{"object":"error","message":"no"}',
    ]) {
      for (const source of [`data: ${body}\n\n`, body, `${messageStart()}data: ${body}\n\n`]) {
        assert.equal(answerOf(source).error?.details.providerMessage, "no", source);
      }
    }
  });

  it("after the stop reason is a notice, and the answer is whole", () => {
    const answer = answerOf(messageStart(), textBlock(0, "A"), messageDelta("end_turn"), error("api_error"));
    assert.equal(answer.error, undefined);
    assert.deepEqual(answer.notices, [{ type: "notice", code: "late-error", detail: "no" }]);
    assert.equal(answer.end?.finishReason, "stop");
  });
});

describe("Anthropic's usage", () => {
  const usageOf = (start: Record<string, unknown>, delta: Record<string, unknown>) =>
    answerOf(messageStart(start), textBlock(0, "A"), messageEnd("end_turn", delta)).usage;

  it("is replaced field by field, never added up", () => {
    assert.deepEqual(usageOf({ input_tokens: 43, output_tokens: 1 }, { input_tokens: 61, output_tokens: 7 }), {
      inputTokens: 61,
      outputTokens: 7,
    });
    assert.deepEqual(
      usageOf({ input_tokens: 5, cache_read_input_tokens: 6 }, { output_tokens: "7", input_tokens: null }),
      {
        inputTokens: 11,
        outputTokens: 7,
        cacheReadTokens: 6,
      },
    );
  });

  it("tells no output before the end of the answer", () => {
    const answer = answerOf(messageStart({ input_tokens: 5, output_tokens: 1 }), textBlock(0, "A"));
    assert.deepEqual(answer.usage, { inputTokens: 5 });
  });

  it("drops what is no count, and is unknown where nothing is reported", () => {
    assert.equal(usageOf({ input_tokens: -1 }, { output_tokens: null, input_tokens: 1e300 }), undefined);
  });

  it("counts a compaction with the message, an adviser not, and a fallback once", () => {
    const run = (type: string, input_tokens: number, output_tokens: number) => ({ type, input_tokens, output_tokens });
    const top = { input_tokens: 10, output_tokens: 2 };
    const compacted = {
      ...top,
      iterations: [run("compaction", 100, 20), run("advisor_message", 7, 7), run("message", 10, 2)],
    };
    assert.deepEqual(usageOf({}, compacted), { inputTokens: 110, outputTokens: 22 });
    const fallen = { ...top, iterations: [run("message", 9, 0), run("fallback_message", 10, 2)] };
    assert.deepEqual(usageOf({}, fallen), { inputTokens: 10, outputTokens: 2 });
  });
});

describe("signed thinking", () => {
  const thinking = (index: number, ...pieces: string[]) =>
    blockStart(index, { type: "thinking", thinking: "", signature: "" }) +
    pieces.map((piece) => blockDelta(index, { type: "thinking_delta", thinking: piece })).join("");
  const signed = (index: number, signature: string) =>
    blockDelta(index, { type: "signature_delta", signature }) + blockStop(index);

  it("is kept with its place, redacted thinking and empty thinking too", () => {
    const answer = answerOf(
      messageStart(),
      thinking(0, "a", "b") + signed(0, "s1"),
      blockStart(1, { type: "redacted_thinking", data: "r1" }) + blockStop(1),
      textBlock(2, "T"),
      thinking(3) + signed(3, "s2"),
      toolBlock(4, "t", "f", "{}"),
      messageEnd("tool_use"),
    );
    assert.equal(answer.thinking, "ab");
    assert.deepEqual(signatureOf(answer), {
      type: "thinking-delta",
      text: "",
      signature: `anthropic:${JSON.stringify([
        { type: "thinking", length: 2, signature: "s1" },
        { type: "redacted", data: "r1" },
        { type: "text", length: 1 },
        { type: "thinking", length: 0, signature: "s2" },
        { type: "call", id: "t" },
      ])}`,
    });
  });

  it("is not kept when it was cut off or never signed", () => {
    assert.equal(
      signatureOf(answerOf(messageStart(), thinking(0, "a") + signed(0, "s"), textBlock(1, "A"))),
      undefined,
    );
    assert.equal(
      signatureOf(answerOf(messageStart(), thinking(0, "a"), blockStop(0), textBlock(1, "A"), messageEnd())),
      undefined,
    );
  });
});
