/** What the host takes from the usage report's page: its messages and nothing else. */
import assert from "node:assert/strict";
import { asFromUsage, type FromUsage } from "../../src/money/usage-protocol.ts";

describe("The protocol of the usage report", () => {
  it("lets its messages through", () => {
    const messages: FromUsage[] = [
      { type: "ready" },
      { type: "choose-range", name: "custom", from: "2026-11-01", to: "" },
      { type: "choose-models" },
      { type: "export", format: "csv" },
      { type: "import" },
    ];
    for (const message of messages) assert.equal(asFromUsage(message), message);
  });

  it("stops everything else", () => {
    for (const value of [undefined, null, "ready", {}, { type: "send" }, { type: "toString" }, { type: "export" }]) {
      assert.equal(asFromUsage(value), undefined);
    }
    assert.equal(asFromUsage({ type: "choose-range", name: "custom", from: 1, to: "" }), undefined);
  });
});
