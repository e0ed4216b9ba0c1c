/** What comes of a backend's answers in their three shapes: the usual, the odd, and the broken. */

import assert from "node:assert/strict";
import { defined } from "../../../src/core/defined.ts";
import { event } from "../../support/chat.ts";
import { decodeBody, decodePieces, streamHeaders } from "../../support/decode.ts";
import { sameHoweverCut } from "../../support/recorded.ts";

const answerOf = (body: string, headers = streamHeaders) => decodeBody(body, "chat-stream", headers);
const cut = (body: string, headers = streamHeaders, ends?: string[]) =>
  sameHoweverCut("chat-stream", body, { headers, ...defined({ ends }) });

/** Of a body of this type that HTTP ends. */
const framed = (type: string) => ({ "content-type": type, "transfer-encoding": "chunked" });
const plain = framed("text/plain; charset=utf-8");
/** Of a body that ends with its connection. */
const unframed = (type: string) => ({ "content-type": type });

const ttft = event({ type: "ttft", value: 287.4 });
const token = (value: string) => event({ type: "token", value });
const done = event({ type: "done", total_tokens: 3, total_time_ms: 900 });
const named = (data: string, name = "message") =>
  `event: ${name}\n${data
    .split("\n")
    .map((each) => `data: ${each}\n`)
    .join("")}\n`;

describe("a backend's JSON events", () => {
  it("are told with start, usage and end", () => {
    assert.deepEqual(answerOf(ttft + token("Hel") + token("lo") + done).events, [
      { type: "start" },
      { type: "text-delta", text: "Hel" },
      { type: "text-delta", text: "lo" },
      { type: "usage", usage: { outputTokens: 3 } },
      { type: "end", finishReason: "stop" },
    ]);
  });

  it("are the same however they are cut, with and without names", () => {
    const events = [ttft, token("안녕 👋\n"), `event: message\n${token(" a")}`, token("\ud83d"), token("\ude00"), done];
    const answer = cut(events.join(""));
    assert.equal(answer.text, "안녕 👋\n a😀");
    assert.equal(answer.end?.finishReason, "stop");
    assert.deepEqual(answer.notices, []);
  });

  it("may come with the type of plain text, or none", () => {
    for (const headers of [plain, framed(""), { "transfer-encoding": "chunked" }]) {
      assert.equal(cut(ttft + token("Hi") + done, headers).text, "Hi");
    }
  });

  it("without “done” are incomplete, though the body ended as it should", () => {
    for (const body of [ttft + token("A"), `${ttft}${token("A")}data: {"type":"to`]) {
      const answer = cut(body);
      assert.equal(answer.text, "A");
      assert.equal(answer.error?.kind, "incomplete");
      assert.equal(answer.error?.details.reason, "connection-lost");
    }
    assert.equal(answerOf(ttft).error?.details.reason, "empty-response");
  });

  it("with thinking between tags tell it apart", () => {
    const answer = answerOf(token("<think>Hm</think>") + token("Yes") + token(" <think>") + done);
    assert.equal(answer.thinking, "Hm");
    assert.equal(answer.text, "Yes <think>");
  });

  it("of another protocol are named as such", () => {
    const answer = answerOf('data: {"choices":[{"delta":{"content":"Hi"}}]}\n\ndata: [DONE]\n\n');
    assert.match(answer.error?.message ?? "", /chat-stream/);
    assert.equal(answer.text, "");
  });

  it("without counts tell no usage", () => {
    for (const total_tokens of [undefined, null, -1, "many"]) {
      assert.equal(answerOf(token("A") + event({ type: "done", total_tokens })).usage, undefined);
    }
  });
});

describe("a backend's named tokens", () => {
  it("are the text as it is, with spaces, line ends and braces, however they are cut", () => {
    const tokens = ["  Hel", "lo", " ", "\n", "안녕 👋\n\n", "{}", '"quoted"', "null", "12", ": [DONE]"];
    const answer = cut(tokens.map((each) => named(each)).join("") + named("[DONE]", "done"));
    assert.equal(answer.text, tokens.join(""));
    assert.equal(answer.end?.finishReason, "stop");
    assert.deepEqual(answer.notices, []);
  });

  it("may be braces from the first on, and may have no name", () => {
    assert.equal(answerOf(named("{}") + named("x")).text, "{}x");
    assert.equal(answerOf("data: Hi\n\ndata:  there\n\n").text, "Hi there");
  });

  for (const [end, body] of Object.entries({
    "an event done": named("", "done"),
    "[DONE]": "data: [DONE]\n\n",
    "a named [DONE]": named("[DONE]"),
    "the end of the body": "",
  })) {
    it(`end with ${end}`, () => {
      const answer = cut(named("A") + body);
      assert.equal(answer.text, "A");
      assert.deepEqual(answer.end, { type: "end", finishReason: "stop" });
    });
  }

  it("take their count from the event done", () => {
    assert.deepEqual(answerOf(named("A") + named('{"total_tokens": 1}', "done")).usage, { outputTokens: 1 });
  });

  it("lose no last one that lacks its blank line", () => {
    assert.equal(cut(named("A") + named("B").trimEnd()).text, "AB");
  });

  it("are incomplete where the connection is all that ended, unless an end was told", () => {
    const headers = unframed("text/event-stream");
    const answer = cut(named("A"), headers);
    assert.equal(answer.error?.kind, "incomplete");
    assert.equal(answer.text, "A");
    assert.equal(cut(named("A") + named("", "done"), headers).end?.finishReason, "stop");
  });

  it("that are none are no answer", () => {
    for (const body of [named("", "done"), "data: [DONE]\n\n", ": ping\n\n", ""]) {
      assert.equal(answerOf(body).error?.details.reason, "empty-response");
    }
  });
});

describe("a backend's plain text", () => {
  const texts: Record<string, string> = {
    "a sentence": "Hello, 안녕 👋!\n\nBye",
    "indented code": "    return 1;\n",
    "a web page": "<!doctype html><title>Mine</title>\n<p>Hi",
    JSON: '{"a": 1}',
    "JSON that begins like an error": '{"error": null, "data": [1]}',
    "JSON about an error, and more": '{"error": "no"}\nThat is how an error looks.',
    "a list": "[1, 2]",
    YAML: "data:\n  key: value\n",
    "a data URL": "data:image/png;base64,AAAA",
    "a word like a field": "data",
    "the beginning of one": "even so",
    "a smile": ":)",
  };
  for (const [what, text] of Object.entries(texts)) {
    it(`is shown as it is when it is ${what}, however it is cut`, () => {
      for (const headers of [plain, { "content-length": "9" }]) {
        const answer = cut(text, headers, ["\n"]);
        assert.equal(answer.text, text);
        assert.deepEqual(answer.end, { type: "end", finishReason: "stop" });
      }
    });
  }

  it("may come with the type of events", () => {
    const answer = cut("Hello\ndata is fine", streamHeaders, ["\n"]);
    assert.equal(answer.text, "Hello\ndata is fine");
    assert.equal(answer.end?.finishReason, "stop");
  });

  it("is shown as it comes", () => {
    const answer = decodePieces(
      ['{"a"', ": 1", "}"].map((piece) => Buffer.from(piece)),
      "chat-stream",
      plain,
    );
    assert.deepEqual(
      answer.events.filter(({ type }) => type === "text-delta"),
      ['{"a"', ": 1", "}"].map((text) => ({ type: "text-delta", text })),
    );
  });

  it("longer than any error is shown however it begins", () => {
    for (const text of [`{"error": "${"x".repeat(5000)}"}`, `data: ${"x".repeat(5000)}`, "\n".repeat(5000)]) {
      assert.equal(answerOf(`${text}.`, plain).text, `${text}.`);
    }
  });

  it("is incomplete where the connection is all that ended", () => {
    const answer = cut("Hello", unframed("text/plain"), ["\n"]);
    assert.equal(answer.text, "Hello");
    assert.equal(answer.error?.kind, "incomplete");
    assert.match(answer.error?.message ?? "", /closed the connection without saying/);
  });

  it("that is none is no answer", () => {
    for (const body of ["", "\n \n"]) {
      const { error, text } = answerOf(body, plain);
      assert.equal(error?.details.reason, "empty-response");
      assert.equal(text.trim(), "");
    }
  });
});

describe("a backend's error", () => {
  const shapes: [what: string, body: string, headers: Record<string, string>, withText: boolean][] = [
    ["as a JSON event", event({ type: "error", message: "model is gone" }), streamHeaders, true],
    ["as a named JSON event", event({ type: "error", message: "model is gone" }, "error"), streamHeaders, true],
    ["as an event of an error field", event({ error: "model is gone" }), streamHeaders, false],
    ["as a body of JSON", '{"detail": "model is gone"}', framed("application/json"), false],
    ["as plain text of JSON", '{\n "error": {"message": "model is gone"}\n}\n', plain, false],
    ["as plain text of its type", '{"type": "error", "message": "model is gone"}', plain, false],
  ];
  for (const [what, body, headers, withText] of shapes) {
    it(`${what} is told first${withText ? " and in the middle" : ""}, however it is cut`, () => {
      for (const before of withText ? ["", token("A")] : [""]) {
        const answer = cut(before + body, headers, ["\n"]);
        assert.equal(answer.error?.kind, "reported");
        assert.equal(answer.error?.details.providerMessage, "model is gone");
        assert.equal(answer.text, before === "" ? "" : "A");
        assert.equal(answer.end, undefined);
      }
    });
  }

  for (const data of ["model is gone", '{"message": "model is gone"}']) {
    it(`among named tokens (${data}) keeps what came before`, () => {
      for (const before of ["", named("A")]) {
        const answer = cut(before + named(data, "error") + named("late"));
        assert.equal(answer.error?.details.providerMessage, "model is gone");
        assert.equal(answer.text, before === "" ? "" : "A");
      }
    });
  }
});
