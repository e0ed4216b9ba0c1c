/** What holds for every text that a backend may send: it arrives as it was sent. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { decodePieces, streamHeaders } from "../../support/decode.ts";
import { randomPieces } from "../../support/splits.ts";

const answerOf = (body: string, seed: number, headers: Record<string, string>) =>
  decodePieces(randomPieces(Buffer.from(body), seed, 12), "chat-stream", headers);

const seed = fc.nat(1000);
const text = fc.string({ unit: "grapheme", maxLength: 60 });

it("plain text arrives as it is, whatever is in it", () => {
  const lines = fc.array(fc.oneof(text, fc.constantFrom("data: x", "event: done", "{", '{"error": 1}', "")));
  fc.assert(
    fc.property(lines, seed, (parts, cut) => {
      const body = `Text\n${parts.join("\n")}`;
      const answer = answerOf(body, cut, { "content-type": "text/plain", "content-length": "1" });
      assert.equal(answer.text, body);
      assert.equal(answer.end?.finishReason, "stop");
    }),
  );
});

it("tokens arrive as they are, whatever is in them", () => {
  const tokens = fc.array(fc.oneof(text, fc.constantFrom(" ", "\n", "\n\n ", "{}", '{"type":"x"}', "data: x")));
  fc.assert(
    fc.property(tokens, seed, (parts, cut) => {
      const all = ["Text", ...parts.filter((part) => part.trim() !== "[DONE]")];
      const events = all.map((token) => `event: message\ndata: ${token.replaceAll("\n", "\ndata: ")}\n\n`);
      const answer = answerOf(`${events.join("")}event: done\ndata: \n\n`, cut, streamHeaders);
      assert.equal(answer.text, all.join(""));
      assert.equal(answer.end?.finishReason, "stop");
    }),
  );
});

it("values of JSON events arrive as they are, whatever is in them", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme" })), seed, (parts, cut) => {
      const all = ["Text", ...parts];
      const events = [...all.map((value) => ({ type: "token", value })), { type: "done" }];
      const body = events.map((value) => `data: ${JSON.stringify(value)}\n\n`).join("");
      assert.equal(answerOf(body, cut, streamHeaders).text, all.join(""));
    }),
  );
});
