/** Work of one queue never overlaps, and what one piece throws is told to its caller alone. */
import assert from "node:assert/strict";
import { createQueue } from "../../src/core/queue.ts";

describe("a queue", () => {
  it("begins a piece when the one before has ended, in the order in which they came", async () => {
    const enqueue = createQueue();
    const seen: string[] = [];
    const piece = (name: string, turns: number) =>
      enqueue(async () => {
        seen.push(`${name} begins`);
        for (let turn = 0; turn < turns; turn++) await Promise.resolve();
        seen.push(`${name} ends`);
        return name;
      });
    assert.deepEqual(await Promise.all([piece("slow", 50), piece("fast", 0)]), ["slow", "fast"]);
    assert.deepEqual(seen, ["slow begins", "slow ends", "fast begins", "fast ends"]);
  });

  it("goes on after a piece that throws", async () => {
    const enqueue = createQueue();
    const failing = enqueue(() => Promise.reject(new Error("the first")));
    const next = enqueue(async () => "the second");
    await assert.rejects(failing, /the first/);
    assert.equal(await next, "the second");
  });
});
