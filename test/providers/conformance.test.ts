/** What holds for the bytes of every protocol: however they are cut, dressed or cut off, the same answer, or a beginning of it. */
import assert from "node:assert/strict";
import { bodiesOf, type ServedAnswer } from "../support/bodies.ts";
import { bytesOf, decodeBody, decodePieces } from "../support/decode.ts";
import { long } from "../support/long.ts";
import { type HonestAnswer, protocolNames, protocols, usageIn } from "../support/protocols.ts";
import { outline, sameHoweverCut } from "../support/recorded.ts";
import type { Answer } from "../support/run.ts";
import { messageBytes } from "../support/socket-frames.ts";
import { randomPieces, singleBytes } from "../support/splits.ts";

// Half of a surrogate pair ends one text, the other begins the next; so with what is escaped in the arguments.
const answered = {
  texts: ["Hel", "lo ", "안녕 👋🏽 ", "漢\ud83d", "\ude00 “”\n"],
  call: { name: "weather", arguments: ['{"city":"Se\\', "u006ful 서", '울","d', 'ays":[1,2]}'] },
  usage: { input: 3, output: 4 },
} satisfies HonestAnswer;
const text = answered.texts.join("");
const callArguments = JSON.parse(answered.call.arguments.join("")) as unknown;

for (const protocol of protocolNames) {
  const row = protocols[protocol];
  const served: ServedAnswer = { ...row, events: row.events(answered) };
  const hasCalls = !row.lacks?.includes("calls");
  const whole = served.events.join("");

  const check = (answer: Answer) => {
    assert.equal(answer.error, undefined);
    assert.equal(answer.text, text);
    assert.deepEqual(
      answer.tools.map((tool) => [tool.name, JSON.parse(tool.arguments), tool.complete]),
      hasCalls ? [["weather", callArguments, true]] : [],
    );
    assert.deepEqual(answer.usage, usageIn(protocol, answered.usage));
    assert.equal(answer.end?.finishReason, hasCalls ? "tool-calls" : "stop");
    assert.deepEqual(answer.notices, []);
  };

  describe(`an answer in the protocol ${protocol}`, () => {
    it("is the same at every cut in two, byte by byte and with every line end", () => {
      check(sameHoweverCut(protocol, whole, row.framing === "events" ? {} : { ends: ["\n", "\r\n"] }));
    });

    it("is the same in two hundred random cuts", () => {
      const bytes = bytesOf(whole, protocol);
      const expected = outline(decodeBody(whole, protocol));
      for (let seed = 1; seed <= 200; seed++) {
        const pieces = randomPieces(bytes, seed, 100);
        assert.deepEqual(outline(decodePieces(pieces, protocol)), expected, `seed ${seed}`);
      }
    });

    for (const [dress, body] of bodiesOf(served)) {
      it(`is the same ${dress}`, () => {
        check(decodeBody(body, protocol));
        check(decodePieces(singleBytes(bytesOf(body, protocol)), protocol));
        assert.equal(({} as { polluted?: number }).polluted, undefined);
      });
    }

    if (row.framing === "messages") {
      it("is the same in fragments of every length", () => {
        for (let largest = 1; largest <= 300; largest++) {
          const bytes = Buffer.concat(served.events.map((text) => messageBytes(text, largest)));
          check(decodePieces([bytes], protocol));
        }
      });
    }

    it("is a beginning of itself wherever it is cut off, with one end and no call that is not whole", () => {
      const bytes = bytesOf(whole, protocol);
      // Before its first event is whole it may be any text, where text is an answer.
      const first = row.takesText ? served.events[0]!.length : 0;
      for (let length = first; length < bytes.length; length++) {
        const answer = decodePieces([bytes.subarray(0, length)], protocol);
        assert.ok(text.startsWith(answer.text.replace(/\ufffd$/, "")), `${length} bytes: ${answer.text}`);
        assert.ok((answer.end === undefined) !== (answer.error === undefined), `${length} bytes`);
        for (const tool of answer.tools) if (tool.complete) assert.deepEqual(JSON.parse(tool.arguments), callArguments);
      }
    });

    it("has no usage when the server reports none", () => {
      assert.equal(decodeBody(row.events({ texts: ["Hi"] }).join(""), protocol).usage, undefined);
    });

    long.it("of 100,000 events is read in no time", () => {
      const events = row.events({ texts: ["abcd"] });
      const at = events.findIndex((event) => event.includes("abcd"));
      const pieces = [...events.slice(0, at), ...Array(100).fill(events[at]!.repeat(1000)), ...events.slice(at + 1)];
      assert.equal(
        decodePieces(
          pieces.map((piece) => bytesOf(piece, protocol)),
          protocol,
        ).text.length,
        400_000,
      );
    });
  });
}
