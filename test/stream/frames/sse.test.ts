/** Bytes to frames: the event stream format at every byte boundary, and what comes in its place. */
import assert from "node:assert/strict";
import { type Frame, FrameReader } from "../../../src/stream/frames/sse.ts";
import { TooLarge } from "../../../src/stream/too-large.ts";
import { processorTime } from "../../support/processor-time.ts";
import { everyTwoPieces, randomPieces, singleBytes } from "../../support/splits.ts";

function read(pieces: Iterable<Uint8Array>, reader = new FrameReader()): [string | undefined, string][] {
  const frames: Frame[] = [];
  for (const piece of pieces) frames.push(...reader.push(piece));
  frames.push(...reader.end());
  return frames.map(({ event, data }) => [event, data]);
}

const bytesOf = (text: string) => Buffer.from(text, "utf8");

/** The frames are the same however the bytes are cut. */
function expectFrames(source: string | Uint8Array, expected: (string | [string | undefined, string])[]): void {
  const bytes = typeof source === "string" ? bytesOf(source) : source;
  const wanted = expected.map((frame) => (typeof frame === "string" ? [undefined, frame] : frame));
  for (const pieces of everyTwoPieces(bytes)) {
    assert.deepEqual(read(pieces), wanted, `cut after ${pieces[0]!.length} bytes`);
  }
  assert.deepEqual(read(singleBytes(bytes)), wanted, "byte by byte");
  for (let seed = 0; seed < 20; seed++) assert.deepEqual(read(randomPieces(bytes, seed, 7)), wanted, `seed ${seed}`);
}

const lineEnds = { LF: "\n", CR: "\r", CRLF: "\r\n" };

describe("FrameReader", () => {
  for (const [name, lineEnd] of Object.entries(lineEnds)) {
    describe(`with ${name} line ends`, () => {
      const stream = (text: string) => text.replaceAll("\n", lineEnd);

      it("reads events with emoji, Hangul and Hanzi whole at every byte boundary", () => {
        expectFrames(stream('data: {"a":"안녕 👋🏽 漢字"}\n\ndata: {"b":"한글"}\n\n'), [
          '{"a":"안녕 👋🏽 漢字"}',
          '{"b":"한글"}',
        ]);
      });

      it("joins several data lines with a line feed", () => {
        expectFrames(stream('data: {"a":\ndata: 1}\n\n'), ['{"a":\n1}']);
      });

      it("passes by comments, ids, retries and unknown fields", () => {
        expectFrames(
          stream(": ping\n\nid: 7\nretry: 10\nfoo: bar\n: OPENROUTER PROCESSING\ndata: 1\n:\n\n:\n\ndata: 2\n\n"),
          ["1", "2"],
        );
      });

      it("keeps the name of an event", () => {
        expectFrames(stream('event: error\ndata: {"x":1}\n\ndata: 2\n\n'), [["error", '{"x":1}'], "2"]);
      });

      it("reads data with no space, one space and two", () => {
        expectFrames(stream("data:1\n\ndata: 2\n\ndata:  3\n\n"), ["1", "2", " 3"]);
      });

      it("turns a line of the field `error` into an error event, also when it is cut", () => {
        expectFrames(stream('data: {"a":1}\n\nerror: {"code":500,"message":"꽝"}\n\ndata: [DONE]\n\n'), [
          '{"a":1}',
          ["error", '{"code":500,"message":"꽝"}'],
          "[DONE]",
        ]);
      });

      it("takes a bare JSON line between events as a frame", () => {
        expectFrames(stream('data: {"a":1}\n\n{"error":{"code":429}}\n\ndata: 2\n\n'), [
          '{"a":1}',
          '{"error":{"code":429}}',
          "2",
        ]);
      });

      it("gives a last event whose blank line is missing when it is whole", () => {
        expectFrames(stream('data: {"a":1}\n\ndata: {"b":2}\n'), ['{"a":1}', '{"b":2}']);
        expectFrames(stream("data: [DONE]"), ["[DONE]"]);
      });

      it("gives no last event that was cut off", () => {
        expectFrames(stream('data: {"a":1}\n\ndata: {"b":'), ['{"a":1}']);
      });
    });
  }

  it("reads a mix of line ends", () => {
    expectFrames("data: 1\r\n\ndata: 2\r\r\ndata: 3\n\r\ndata: 4\r\n\r\n", ["1", "2", "3", "4"]);
  });

  // Of the Web Platform Tests, eventsource/format-*.
  const standard: [string, string, (string | [string, string])[]][] = [
    ["format-field-data", "data:\n\ndata\ndata\n\ndata:test\n\n", ["", "\n", "test"]],
    [
      "format-field-parsing",
      "data:\0\ndata:  2\rData:1\ndata\0:2\ndata:1\r\0data:4\nda-ta:3\rdata_5\ndata:3\rdata:\r\n data:32\ndata:4\n\n",
      ["\0\n 2\n1\n3\n\n4"],
    ],
    [
      "format-comments",
      `data:1\r:\0\n:\r\ndata:2\n:${"x".repeat(2049)}\rdata:3\n:data:fail\r:${"x".repeat(2049)}\ndata:4\n\n`,
      ["1\n2\n3\n4"],
    ],
    ["format-bom", "\uFEFFdata:1\n\ndata:2\n\n", ["1", "2"]],
    ["format-data-before-final-empty-line", "retry:1000\ndata:test1\n\nid:test\ndata:test2", ["test1"]],
    ["format-leading-space", "data:\ttest\rdata: \ndata:test\n\n", ["\ttest\n\ntest"]],
    ["format-newlines", "data:test\r\ndata\ndata:test\r\n\r\n", ["test\n\ntest"]],
    [
      "format-field-unknown",
      "data:test\n data\ndata\nfoobar:xxx\njustsometext\n:thisisacommentyay\ndata:test\n\n",
      ["test\n\ntest"],
    ],
    ["format-field-event-empty", "event: \ndata:data\n\n", ["data"]],
    ["format-null-character", "data:\0\n\n\n\n", ["\0"]],
    ["format-utf-8", "data:ok…\n\n", ["ok…"]],
    ["format-field-id", "id: 1\ndata: a\n\nid\ndata: b\n\n", ["a", "b"]],
    ["format-field-retry-bogus", "retry:3000\nretry:1000x\ndata:x\n\n", ["x"]],
  ];
  for (const [name, source, expected] of standard) {
    it(`agrees with the Web Platform Test ${name}`, () => expectFrames(source, expected));
  }

  it("ignores a byte order mark at the beginning and drops an event behind one in the middle", () => {
    expectFrames("\uFEFFdata: 1\n\n\uFEFFdata: 2\n\ndata: 3\n\n", ["1", "3"]);
  });

  it("shows a broken UTF-8 sequence as a replacement character", () => {
    expectFrames(Buffer.concat([bytesOf('data: "a'), Buffer.from([0xf0, 0x9f]), bytesOf('b"\n\n')]), ['"a\ufffdb"']);
  });

  describe("when the body is no event stream", () => {
    it("reads newline-delimited JSON line by line, as it comes", () => {
      const reader = new FrameReader();
      assert.deepEqual(reader.push(bytesOf('{"a":1}\n{"b"')), [{ data: '{"a":1}' }]);
      assert.equal(reader.kind, "json");
      assert.deepEqual(reader.push(bytesOf(":2}\r\n")), [{ data: '{"b":2}' }]);
      assert.deepEqual(reader.push(bytesOf('\n{"c":3}')), []);
      assert.deepEqual(reader.end(), [{ data: '{"c":3}' }]);
    });

    it("reads newline-delimited JSON at every byte boundary", () => {
      expectFrames('{"a":"안녕"}\n{"b":2}\n', ['{"a":"안녕"}', '{"b":2}']);
    });

    it("reads one JSON value over many lines, after blank lines too", () => {
      expectFrames('\n\n  {\n "a": [\n1,2]\n}\n', ['{\n "a": [\n1,2]\n}']);
    });

    it("reads the elements of a JSON list one by one", () => {
      expectFrames('[{"a":1}\n,\n{"b":2}]', ['{"a":1}', '{"b":2}']);
      expectFrames('[{"a":1},{"b":2}]', ['{"a":1}', '{"b":2}']);
    });

    it("recognises a web page and keeps its beginning", () => {
      const reader = new FrameReader();
      assert.deepEqual(read([bytesOf("\n <html><head><title>Bad"), bytesOf(" Gateway</title>")], reader), []);
      assert.equal(reader.kind, "html");
      assert.match(reader.head, /<title>Bad Gateway<\/title>/);
    });

    it("stays undecided over nothing but white space", () => {
      const reader = new FrameReader();
      assert.deepEqual(read([bytesOf("  \n"), bytesOf("\r\n")], reader), []);
      assert.equal(reader.kind, "unknown");
    });
  });

  describe("with much data", () => {
    it("refuses an event beyond its limit", () => {
      const reader = new FrameReader(1000);
      assert.throws(() => read(Array(20).fill(bytesOf("data: 0123456789\ndata: ".repeat(5))), reader), TooLarge);
    });

    it("refuses a line beyond its limit", () => {
      const reader = new FrameReader(1000);
      reader.push(bytesOf("data: "));
      assert.throws(() => {
        for (let i = 0; i < 200; i++) reader.push(bytesOf("0123456789"));
      }, TooLarge);
    });

    it("keeps nothing of an endless comment", () => {
      const reader = new FrameReader(1000);
      reader.push(bytesOf(": "));
      for (let i = 0; i < 1000; i++) assert.deepEqual(reader.push(bytesOf("x".repeat(1000))), []);
      assert.deepEqual(reader.push(bytesOf("\ndata: 1\n\n")), [{ id: undefined, event: undefined, data: "1" }]);
    });

    it("reads an event of 10 MB in pieces in under a second", () => {
      const text = "한".repeat(3_500_000);
      const bytes = bytesOf(`data: ${JSON.stringify(text)}\n\n`);
      const pieces: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; at += 65_536) pieces.push(bytes.subarray(at, at + 65_536));
      const began = processorTime();
      const frames = read(pieces);
      assert.ok(processorTime() - began < 1000);
      assert.equal(JSON.parse(frames[0]![1]), text);
    });

    it("keeps nothing of a comment that never ends, and reads on when it does", () => {
      const reader = new FrameReader(1000);
      for (let count = 0; count < 1000; count++) reader.push(bytesOf(count === 0 ? ": begun" : "x".repeat(1000)));
      assert.deepEqual(
        reader.push(bytesOf("\ndata: 1\n\n")).map(({ data }) => data),
        ["1"],
      );
    });

    it("reads 10,000 comments and then an event", () => {
      assert.deepEqual(read([bytesOf(": ping\n\n".repeat(10_000)), bytesOf("data: 1\n\n")]), [[undefined, "1"]]);
    });
  });
});
