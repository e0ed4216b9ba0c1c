import assert from "node:assert/strict";
import fc from "fast-check";
import { createRateLimiter } from "../../src/turn/rate-limit.ts";

const signal = new AbortController().signal;
const options = { signal, patience: 1000 };

describe("a rate limiter", () => {
  it("admits no more at once than it may, first come first served", async () => {
    const limiter = createRateLimiter({ concurrent: 2 }, () => performance.now());
    const order: number[] = [];
    const first = await limiter.acquire(options);
    await limiter.acquire(options);
    const waits: string[] = [];
    const third = limiter.acquire({ ...options, onWait: () => waits.push("third") }).then((release) => {
      order.push(3);
      return release;
    });
    const fourth = limiter.acquire({ ...options, onWait: () => waits.push("fourth") }).then((release) => {
      order.push(4);
      return release;
    });
    assert.equal(limiter.waiting, 2);
    assert.deepEqual(waits, ["third", "fourth"]);
    first!();
    first!(); // Releasing twice gives one slot, not two.
    (await third)!();
    await fourth;
    assert.deepEqual(order, [3, 4]);
  });

  it("admits no more in any minute than it may, whenever they ask", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.nat(40_000), { maxLength: 40 }),
        async (limit, gaps) => {
          let clock = 0;
          const limiter = createRateLimiter({ requestsPerMinute: limit }, () => clock);
          const times: number[] = [];
          for (const gap of gaps) {
            clock += gap;
            const release = await limiter.acquire({ signal, patience: 0 });
            if (release) times.push(clock);
            release?.();
          }
          for (const time of times)
            assert.ok(times.filter((other) => other > time - 60_000 && other <= time).length <= limit);
        },
      ),
    );
  });

  it("opens again as the window slides", async () => {
    let clock = 0;
    const limiter = createRateLimiter({ requestsPerMinute: 1 }, () => clock);
    await limiter.acquire(options);
    clock = 59_990;
    const next = limiter.acquire(options);
    setTimeout(() => {
      clock = 60_001;
    }, 5);
    assert.ok(await next);
  });

  it("gives up when patience runs out and lets go at once when it is stopped", async () => {
    const limiter = createRateLimiter({ concurrent: 1 }, () => performance.now());
    const held = await limiter.acquire(options);
    assert.equal(await limiter.acquire({ signal, patience: 10 }), undefined);
    const abort = new AbortController();
    const stopped = limiter.acquire({ signal: abort.signal, patience: 10_000 });
    abort.abort(new Error("stop"));
    await assert.rejects(stopped, /stop/);
    assert.equal(limiter.waiting, 0);
    held!();
    assert.ok(await limiter.acquire(options));
  });
});
