import assert from "node:assert/strict";
import fc from "fast-check";
import { createRetryGate, retryDelay } from "../../src/turn/retry.ts";

describe("the wait before asking again", () => {
  it("grows, is jittered over its whole range and never exceeds eight seconds by itself", () => {
    assert.equal(
      retryDelay(0, undefined, () => 0),
      0,
    );
    assert.equal(
      retryDelay(0, undefined, () => 1),
      0.5,
    );
    assert.equal(
      retryDelay(2, undefined, () => 1),
      2,
    );
    fc.assert(
      fc.property(fc.nat(30), fc.double({ min: 0, max: 1, noNaN: true }), (retry, random) => {
        const delay = retryDelay(retry, undefined, () => random)!;
        assert.ok(delay >= 0 && delay <= 8);
      }),
    );
  });

  it("is never shorter than the server asks, and not waited for above a minute", () => {
    fc.assert(
      fc.property(
        fc.nat(3),
        fc.double({ min: 0, max: 60, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (retry, asked, random) => {
          const delay = retryDelay(retry, asked, () => random)!;
          assert.ok(delay >= asked && delay <= asked + 1);
        },
      ),
    );
    assert.equal(
      retryDelay(0, 61, () => 0),
      undefined,
    );
    assert.equal(
      retryDelay(0, 86_400, () => 0),
      undefined,
    );
  });
});

describe("the gate of an endpoint", () => {
  it("keeps everybody out until the longest pause is over", async () => {
    const gate = createRetryGate(() => performance.now());
    const begin = performance.now();
    await gate.pass(new AbortController().signal);
    gate.close(0.05);
    gate.close(0.01);
    const passes = [1, 2, 3].map(() => gate.pass(new AbortController().signal));
    await Promise.all(passes);
    assert.ok(performance.now() - begin >= 49);
    assert.equal(gate.remaining, 0);
  });

  it("lets a stopped one go at once", async () => {
    const gate = createRetryGate(() => performance.now());
    gate.close(30);
    const abort = new AbortController();
    const passing = gate.pass(abort.signal);
    abort.abort(new Error("stop"));
    await assert.rejects(passing, /stop/);
  });
});
