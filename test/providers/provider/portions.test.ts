/** Many or long events are handed over in portions, and nothing is lost or torn. */
import assert from "node:assert/strict";
import type { StreamEvent } from "../../../src/core/events.ts";
import { portions } from "../../../src/providers/provider/portions.ts";

const text = (events: readonly StreamEvent[]) =>
  events.map((event) => (event.type === "text-delta" || event.type === "thinking-delta" ? event.text : "")).join("");

describe("portions of events", () => {
  it("hold no more than a part of a long text, and never half a character", () => {
    const long = `x${"👋".repeat(200_000)}`;
    const all = [...portions([{ type: "text-delta", text: long }])];
    assert.equal(text(all.flat()), long);
    assert.ok(all.length > 6);
    for (const portion of all) assert.ok(text(portion).length <= 65_536 && !/[\ud800-\udbff]$/.test(text(portion)));
  });

  it("hold no more than some hundred events, in their order", () => {
    const events = Array.from({ length: 2000 }, (_, at): StreamEvent => ({ type: "text-delta", text: `${at} ` }));
    const all = [...portions(events)];
    assert.deepEqual(all.flat(), events);
    assert.deepEqual(
      all.map(({ length }) => length),
      [500, 500, 500, 500],
    );
  });

  it("keep a signature at the end of its thinking", () => {
    const all = [...portions([{ type: "thinking-delta", text: "x".repeat(100_000), signature: "s" }])].flat();
    assert.deepEqual(
      all.map((event) => event.type === "thinking-delta" && event.signature),
      [undefined, undefined, "s"],
    );
    assert.equal(text(all).length, 100_000);
  });
});
