/** Events whose blank line is missing, and JSON documents that come as one text. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { limits } from "../../../src/core/limits.ts";
import { documentsIn } from "../../../src/stream/frames/json-documents.ts";
import { type Frame, FrameReader } from "../../../src/stream/frames/sse.ts";
import { TooLarge } from "../../../src/stream/too-large.ts";
import { everyTwoPieces, singleBytes } from "../../support/splits.ts";

function read(pieces: Iterable<Uint8Array>): [string | undefined, string][] {
  const reader = new FrameReader();
  const frames: Frame[] = [];
  for (const piece of pieces) frames.push(...reader.push(piece));
  frames.push(...reader.end());
  return frames.map(({ event, data }) => [event, data]);
}

/** With every kind of line end and at every cut. */
function expectFrames(source: string, expected: (string | [string, string])[]): void {
  const wanted = expected.map((frame) => (typeof frame === "string" ? [undefined, frame] : frame));
  for (const end of ["\n", "\r", "\r\n"]) {
    const bytes = Buffer.from(source.replaceAll("\n", end));
    for (const pieces of [singleBytes(bytes), ...everyTwoPieces(bytes)]) {
      assert.deepEqual(
        read(pieces).map(([event, data]) => [event, data.replaceAll("\r", "\n")]),
        wanted,
      );
    }
  }
}

describe("events without a blank line between them", () => {
  it("end where the fields under a document go on without end", () => {
    const reader = new FrameReader(1000);
    assert.throws(() => {
      reader.push(Buffer.from("data: {}\n"));
      for (let count = 0; count < 200; count++) reader.push(Buffer.from("id: 1\n".repeat(10)));
    }, TooLarge);
  });

  it("are none where one text holds more documents than an event may", () => {
    assert.equal(documentsIn("{}".repeat(limits.documents))?.length, limits.documents);
    assert.equal(documentsIn("{}".repeat(limits.documents + 1)), undefined);
  });

  it("are as many as there are documents", () => {
    expectFrames('data: {"a":1}\ndata: {"b":2}\ndata: [DONE]\n', ['{"a":1}', '{"b":2}', "[DONE]"]);
    expectFrames('data: {"a":1}\ndata:{"b":2}\n\ndata: {"c":3}\n\n', ['{"a":1}', '{"b":2}', '{"c":3}']);
  });

  it("keep their own names", () => {
    expectFrames('event: one\ndata: {"a":1}\nevent: error\ndata: {"b":2}\n\n', [
      ["one", '{"a":1}'],
      ["error", '{"b":2}'],
    ]);
    expectFrames('data: {"a":1}\nevent: error\n\n', [["error", '{"a":1}']]);
  });

  it("come as soon as the next one begins", () => {
    const reader = new FrameReader();
    assert.deepEqual(reader.push(Buffer.from('data: {"a":1}\n')), []);
    assert.equal(reader.push(Buffer.from('data: {"b":2}\n'))[0]?.data, '{"a":1}');
  });

  it("are one where together they are one document, or plain text", () => {
    expectFrames('data: {"a":\ndata: {"b":1}\ndata: }\n\n', ['{"a":\n{"b":1}\n}']);
    expectFrames("data: one\ndata: two\n\n", ["one\ntwo"]);
    expectFrames("data: 1\ndata: 2\n\n", ["1\n2"]);
    expectFrames('data: {"a":1}\ndata:\ndata:\n\n', ['{"a":1}\n\n']);
  });

  it("never change what an honest stream says", () => {
    const lines = fc.constantFrom("data: x", "data: {}", "data: {", "data: }", "event: e", "id: 1", ": hi", "data", "");
    fc.assert(
      fc.property(fc.array(lines, { maxLength: 12 }), (all) => {
        const body = Buffer.from(`data: 0\n\n${all.join("\n")}\n\n`);
        const expected = read([body]);
        assert.deepEqual(read(singleBytes(body)), expected);
        if (!/data: \{\}\n(?:(?!\n)[^\n]*\n)*?data: \{\}\n/.test(body.toString())) {
          assert.ok(expected.every(([, data]) => !/^\{\}\n\{\}$/.test(data)));
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("documents in one text", () => {
  it("are taken apart, also with beginnings of data lines around them", () => {
    for (const [text, documents] of [
      ['{"a":1}{"b":"}{"}', ['{"a":1}', '{"b":"}{"}']],
      ['data: data: {"a":1}\n\n', ['{"a":1}']],
      ["data: [DONE]", ["[DONE]"]],
      ['{"a":"\\"}"} [1] [DONE]', ['{"a":"\\"}"}', "[1]", "[DONE]"]],
    ] as const) {
      assert.deepEqual(documentsIn(text), documents);
    }
  });

  it("are none where there is anything else", () => {
    for (const text of ["", " ", "data:", "x", '{"a":1} x', '{"a":1', "{}}", "{a:1}", '"a"', "data: x {}"]) {
      assert.equal(documentsIn(text), undefined, text);
    }
  });
});

describe("a JSON list", () => {
  it("gives each element as soon as it is whole, and those before a cut", () => {
    const body = '[{"a":1}\n,\r\n{"b":[{"c":"]}"}]},{"d":4}]';
    const wanted = ['{"a":1}', '{"b":[{"c":"]}"}]}', '{"d":4}'];
    for (let length = 1; length <= body.length; length++) {
      const frames = read(singleBytes(Buffer.from(body.slice(0, length)))).map(([, data]) => data);
      assert.deepEqual(frames, wanted.slice(0, frames.length));
    }
    assert.deepEqual(
      read([Buffer.from(body)]).map(([, data]) => data),
      wanted,
    );
    const reader = new FrameReader();
    assert.equal(reader.push(Buffer.from('[{"a":1},')).length, 1);
  });
});
