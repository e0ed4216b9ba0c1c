/** The checks that every stream of `fixtures.ts` passes: whole, cut up, with other line ends, and cut off. */
import assert from "node:assert/strict";
import { bytesOf, type DecodedProtocol, decodeBody, decodePieces, streamHeaders } from "./decode.ts";
import { type Expected, loadFixtures } from "./fixtures.ts";
import type { Answer } from "./run.ts";
import { everyTwoPieces, randomPieces, singleBytes } from "./splits.ts";

export type Counts = Record<string, number | undefined>;

export function checkRecorded(
  protocol: DecodedProtocol,
  check: (answer: Answer, expected: Expected, name: string) => void,
): void {
  const fixtures = loadFixtures(protocol);
  assert.ok(fixtures.length > 0, "each protocol has some that were written by hand");
  for (const { name, body, expected } of fixtures) {
    const bytes = Buffer.from(body, "utf8");
    it(`decodes ${name}`, () => check(decodeBody(body, protocol), expected, name));

    it(`decodes ${name} cut into single bytes and at random`, () => {
      check(decodePieces(singleBytes(bytes), protocol), expected, name);
      for (let seed = 1; seed <= 5; seed++) {
        check(decodePieces(randomPieces(bytes, seed, 200), protocol), expected, name);
      }
    });

    for (const [ends, end] of Object.entries({ CRLF: "\r\n", LF: "\n", CR: "\r" })) {
      it(`decodes ${name} with ${ends} line ends`, () => {
        check(decodeBody(body.replaceAll("\r\n", "\n").replaceAll("\n", end), protocol), expected, name);
      });
    }

    it(`shows a beginning of the answer of ${name} wherever it is cut off`, () => {
      for (let step = 1; step < 24; step++) {
        const answer = decodePieces([bytes.subarray(0, Math.floor((bytes.length * step) / 24))], protocol);
        assert.ok(expected.text.startsWith(answer.text.replace(/\ufffd$/, "")));
        assert.ok(expected.reasoning.startsWith(answer.thinking.replace(/\ufffd$/, "")));
        assert.ok((answer.end === undefined) !== (answer.error === undefined), "one end, and only one");
      }
    });
  }
}

/** Asserts that `body` gives the same answer at every two-way split and byte by byte, with every kind of line end. */
export function sameHoweverCut(
  protocol: DecodedProtocol,
  body: string,
  { ends = ["\n", "\r", "\r\n"], headers = streamHeaders } = {},
): Answer {
  const whole = decodeBody(body, protocol, headers);
  const expected = outline(whole);
  for (const end of ends) {
    const bytes = bytesOf(body.replaceAll("\r\n", "\n").replaceAll("\n", end), protocol);
    for (const pieces of [singleBytes(bytes), ...everyTwoPieces(bytes)]) {
      assert.deepEqual(outline(decodePieces(pieces, protocol, headers)), expected);
    }
  }
  return whole;
}

/** All of an answer but where its pieces were cut. */
export function outline({ text, thinking, tools, usage, end, notices, error, events }: Answer): unknown {
  const signatures = events.flatMap((event) => ("signature" in event ? [event.signature] : []));
  const failure = error && { kind: error.kind, details: error.details };
  return { text, thinking, tools, usage, end, notices, signatures, failure };
}
