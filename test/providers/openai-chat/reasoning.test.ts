/** Thinking that has to go back to its server as it came. */
import assert from "node:assert/strict";
import { detailsFrom, ReasoningDetails } from "../../../src/providers/openai-chat/reasoning.ts";
import { chunk, done } from "../../support/chat.ts";
import { decodeBody } from "../../support/decode.ts";

function joined(pieces: object[]): unknown[] | undefined {
  const details = new ReasoningDetails();
  for (const piece of pieces) details.push([piece]);
  return detailsFrom(details.signature(true));
}

describe("reasoning details", () => {
  it("are joined by type and index", () => {
    assert.deepEqual(
      joined([
        { type: "reasoning.summary", index: 0, summary: "a" },
        { type: "reasoning.summary", index: 0, summary: "b" },
        { type: "reasoning.text", index: 0, text: "c" },
        { type: "reasoning.text", index: 1, text: "d" },
      ]),
      [
        { type: "reasoning.summary", index: 0, summary: "ab" },
        { type: "reasoning.text", index: 0, text: "c" },
        { type: "reasoning.text", index: 1, text: "d" },
      ],
    );
  });

  it("end with their signature", () => {
    assert.deepEqual(
      joined([
        { type: "reasoning.text", index: 0, text: "a" },
        { type: "reasoning.text", index: 0, signature: "S" },
        { type: "reasoning.text", index: 0, text: "b" },
      ]),
      [
        { type: "reasoning.text", index: 0, text: "a", signature: "S" },
        { type: "reasoning.text", index: 0, text: "b" },
      ],
    );
  });

  it("are kept when they prove something or tools were called, else not", () => {
    const plain = new ReasoningDetails();
    plain.push([{ type: "reasoning.text", text: "a" }]);
    assert.equal(plain.signature(false), undefined);
    assert.notEqual(plain.signature(true), undefined);
    const sealed = new ReasoningDetails();
    sealed.push([{ type: "reasoning.encrypted", data: "A" }]);
    assert.notEqual(sealed.signature(false), undefined);
    assert.equal(new ReasoningDetails().signature(true), undefined);
  });

  it("come one by one though their chunks are alike", () => {
    const sealed = { type: "reasoning.encrypted", data: "A" };
    const alike = chunk({ content: "x", reasoning_details: [sealed] });
    const { events } = decodeBody(alike.repeat(3) + done);
    const last = events.filter((event) => event.type === "thinking-delta").at(-1);
    assert.deepEqual(detailsFrom(last?.signature), [sealed, sealed, sealed]);
  });

  it("are read from no other provider's signature", () => {
    for (const signature of [
      undefined,
      "",
      "EqRk",
      "reasoning_details:",
      "reasoning_details:{",
      "reasoning_details:{}",
    ]) {
      assert.equal(detailsFrom(signature), undefined);
    }
  });
});
