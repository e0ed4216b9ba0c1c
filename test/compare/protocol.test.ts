/** The guard at the comparison's door. */
import assert from "node:assert/strict";
import { asFromCompare } from "../../src/compare/protocol.ts";

describe("shared/compare-protocol", () => {
  it("lets whole messages through", () => {
    for (const message of [
      { type: "ready" },
      { type: "draft", prompt: "안녕", rounds: 2 },
      { type: "keep", place: 0, round: 1 },
      { type: "save", format: "csv" },
    ]) {
      assert.deepEqual(asFromCompare(message), message);
    }
  });

  it("refuses anything else", () => {
    for (const value of [null, "start", {}, { type: "send", text: "x" }, { type: "keep", place: "0", round: 1 }]) {
      assert.equal(asFromCompare(value), undefined);
    }
  });
});
