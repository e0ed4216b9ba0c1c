/** A clock that is set back, or jumps: no budget opens by it, and none stays shut. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { createBudgetGuard } from "../../src/money/budget.ts";
import { createLedger, type Ledger } from "../../src/money/ledger.ts";
import { type LedgerFiles, memoryFiles } from "../../src/money/ledger-files.ts";
import { paid, target } from "../support/outcomes.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe("a budget by a clock that jumps", () => {
  let now: number;
  let files: LedgerFiles;
  let ledger: Ledger;
  const open = () => createLedger({ files, now: () => now });
  const spend = (amount: number) => ledger.record({ ...paid(amount), startedAt: now });
  const sums = async () => {
    await ledger.refresh();
    const { hour, today, month } = ledger.spending();
    return [hour, today.amounts, month.amounts].map((amounts) => amounts.get("USD") ?? 0);
  };

  beforeEach(() => {
    now = new Date(2026, 10, 20, 12).getTime();
    files = memoryFiles();
    ledger = open();
  });

  it("counts what was spent before it was set back, by minutes, a day or a year, also in a new window", async () => {
    for (const back of [5 * MINUTE, 50 * MINUTE, 3 * HOUR, DAY, 40 * DAY, 365 * DAY]) {
      now = new Date(2026, 10, 20, 12).getTime();
      files = memoryFiles();
      ledger = open();
      await spend(5);
      now -= back;
      assert.deepEqual(await sums(), [5, 5, 5], `${back / MINUTE} minutes`);
      ledger = open();
      assert.deepEqual(await sums(), [5, 5, 5]);
      for (const period of ["hourly", "daily", "monthly"]) {
        const guard = createBudgetGuard(ledger, () => ({ [period]: 5, currency: "USD", onExceeded: "block" }));
        await assert.rejects(guard.begin().check(target, undefined), period);
      }
    }
  });

  it("does not stay shut when the clock was a year ahead for one answer", async () => {
    now += 365 * DAY;
    await spend(5);
    now -= 365 * DAY;
    assert.deepEqual(await sums(), [5, 5, 5]);
    now += 61 * MINUTE;
    ledger = open();
    assert.deepEqual(await sums(), [0, 5, 5]);
    now += DAY;
    assert.deepEqual(await sums(), [0, 0, 5]);
    now += 31 * DAY;
    assert.deepEqual(await sums(), [0, 0, 0]);
  });

  it("keeps what was booked at its own time when it is the clock of a moment that was wrong", async () => {
    await spend(5);
    now -= 3000 * DAY;
    await sums();
    now += 3000 * DAY + MINUTE;
    assert.deepEqual(await sums(), [5, 5, 5]);
  });

  it("does not forget the last minutes beside many of the future", async () => {
    for (let count = 0; count < 400; count++) {
      now += MINUTE;
      await spend(0.01);
    }
    now -= DAY;
    await sums();
    now += 2 * HOUR;
    for (let count = 0; count < 10; count++) {
      now += MINUTE;
      await spend(1);
    }
    const [hour] = await sums();
    assert.ok(hour! >= 10, String(hour));
  });

  it("counts the distances between answers, so that an hour of quiet is one", async () => {
    await spend(5);
    now += 2 * HOUR;
    await spend(1);
    now -= DAY;
    assert.equal((await sums())[0], 1);
  });

  it("writes one note for one jump, and none without", async () => {
    const size = async () => (await files.months()).reduce((sum, month) => sum + month.size, 0);
    await spend(1);
    const before = await size();
    await sums();
    assert.equal(await size(), before);
    now -= 90_000;
    await sums();
    assert.equal(await size(), before, "clocks of several machines differ by as much");
    now -= HOUR;
    await sums();
    const noted = await size();
    assert.ok(noted > before);
    for (let count = 0; count < 5; count++) {
      now += MINUTE;
      await sums();
      ledger = open();
    }
    assert.equal(await size(), noted);
  });

  it("never counts less than what was spent in the last hour of real time, however it is set back", async () => {
    const step = fc.record({
      pass: fc.integer({ min: 0, max: 50 }),
      back: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3000 })),
      amount: fc.integer({ min: 0, max: 3 }),
      reopen: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        now = new Date(2026, 10, 20, 12).getTime();
        files = memoryFiles();
        ledger = open();
        let real = 0;
        const spent: { at: number; amount: number }[] = [];
        for (const { pass, back, amount, reopen } of steps) {
          real += pass;
          now += (pass - back) * MINUTE;
          if (reopen) ledger = open();
          await ledger.refresh();
          if (amount > 0) {
            spent.push({ at: real, amount });
            await spend(amount);
          }
          const [hour] = await sums();
          const least = spent.filter(({ at }) => at > real - 59).reduce((sum, one) => sum + one.amount, 0);
          assert.ok(hour! >= least, `${hour} of ${least}`);
        }
        // And it opens again: an hour and the tolerance later, unless the time of the future entries itself has come.
        now -= 400 * DAY;
        await sums();
        now += 63 * MINUTE;
        assert.equal((await sums())[0], 0);
      }),
      { numRuns: 60 },
    );
  });
});
