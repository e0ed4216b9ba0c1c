/** The guard at the host's door. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { asFromWebview } from "../../src/chat/protocol.ts";

describe("shared/protocol", () => {
  it("lets whole messages through", () => {
    for (const message of [
      { type: "ready" },
      { type: "send", text: "안녕" },
      { type: "attach" },
      { type: "composer-blurred" },
      { type: "remove-pending", index: 0 },
      { type: "open-attachment", id: "m", index: 2 },
      { type: "error-action", id: "m", action: "continue" },
    ]) {
      assert.deepEqual(asFromWebview(message), message);
    }
  });

  it("refuses anything else", () => {
    for (const value of [
      undefined,
      null,
      "ready",
      {},
      { type: 1 },
      { type: "toString" },
      { type: "__proto__" },
      { type: "send" },
      { type: "send", text: 1 },
      { type: "remove-pending", index: "0" },
    ]) {
      assert.equal(asFromWebview(value), undefined);
    }
  });
});
