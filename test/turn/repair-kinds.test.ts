/** What a person is told of a repaired request. */
import assert from "node:assert/strict";
import { repairKinds } from "../../src/turn/repair-kinds.ts";

describe("the repairs of a request", () => {
  it("are told by what the person would miss, each kind once", () => {
    assert.deepEqual(repairKinds("temperature, max_tokens=8192, no_max_tokens, effort=low, call_ids=40, store"), [
      { kind: "temperature" },
      { kind: "output-limit" },
      { kind: "effort", level: "low" },
      { kind: "form" },
    ]);
  });
});
