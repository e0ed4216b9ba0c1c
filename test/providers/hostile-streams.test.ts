/** Random streams of what servers should and should not send: read the same however they come, and to one end. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { bytesOf, decodeBody, decodePieces } from "../support/decode.ts";
import { hostileEvents } from "../support/hostile-events.ts";
import { sizeOf } from "../support/long.ts";
import { protocolNames, protocols } from "../support/protocols.ts";
import { outline } from "../support/recorded.ts";
import { randomPieces, singleBytes } from "../support/splits.ts";

for (const protocol of protocolNames) {
  const begin = protocol === "chat-stream" ? protocols[protocol].events({ texts: [] })[0]! : "";
  // Several of one kind in a row: what is learned from one must hold for the next.
  const runs = hostileEvents[protocol].map((events) => fc.array(events, { minLength: 1, maxLength: 3 }));
  const stream = fc.array(fc.oneof(...runs), { maxLength: 8 }).map((events) => begin + events.flat().join(""));

  describe(`any stream in the protocol ${protocol}`, () => {
    it("is read the same whether its events are alike or not", () => {
      fc.assert(
        fc.property(stream, (body) => {
          // White space of another length in each makes an event unlike all others without changing it.
          let count = 0;
          const unlike = body.replace(/^(data: )?\{/gm, (start) => start + " ".repeat(++count));
          assert.deepEqual(decodeBody(body, protocol), decodeBody(unlike, protocol));
        }),
        { numRuns: sizeOf({ few: 300, all: 3000, quick: 60 }) },
      );
    });

    it("is read the same however its bytes are cut", () => {
      fc.assert(
        fc.property(stream, fc.nat(1000), (body, seed) => {
          const bytes = bytesOf(body, protocol);
          const expected = outline(decodeBody(body, protocol));
          assert.deepEqual(outline(decodePieces(singleBytes(bytes), protocol)), expected);
          assert.deepEqual(outline(decodePieces(randomPieces(bytes, seed, 60), protocol)), expected);
        }),
        { numRuns: sizeOf({ few: 100, all: 1000, quick: 30 }) },
      );
    });

    it("ends once, is an answer only with a text or a call, and has no call that is complete without its arguments", () => {
      fc.assert(
        fc.property(stream, (body) => {
          const { end, error, text, tools, events } = decodeBody(body, protocol);
          assert.ok((end === undefined) !== (error === undefined));
          if (end && end.finishReason !== "content-filter") assert.ok(text.trim() !== "" || tools.length > 0);
          for (const tool of tools) {
            if (!tool.complete) continue;
            assert.ok(end && tool.name !== "");
            assert.ok(JSON.parse(tool.arguments) !== null && typeof JSON.parse(tool.arguments) === "object");
          }
          const begun = events.filter(({ type }) => type === "tool-call-start").length;
          assert.equal(begun, tools.length);
          assert.equal(new Set(tools.map(({ id }) => id)).size, tools.length);
        }),
        { numRuns: sizeOf({ few: 300, all: 3000, quick: 60 }) },
      );
    });
  });
}
