import assert from "node:assert/strict";
import { AssistantError } from "../../src/core/errors.ts";
import { type Budget, type BudgetGuard, createBudgetGuard, type Hold } from "../../src/money/budget.ts";
import { createLedger, type Ledger } from "../../src/money/ledger.ts";
import { memoryFiles } from "../../src/money/ledger-files.ts";
import { outcome, paid, target } from "../support/outcomes.ts";

describe("a budget", () => {
  let now: number;
  let ledger: Ledger;
  const files = () => memoryFiles();
  const clock = () => now;
  const guardOf = (budget: Partial<Budget>, book = ledger) =>
    createBudgetGuard(book, () => ({ currency: "USD", onExceeded: "block", ...budget }));
  /** By a turn of its own, of unknown cost. */
  const ask = (guard: BudgetGuard) => guard.begin().check(target, undefined);
  const spend = (amount: number, book = ledger) => book.record({ ...paid(amount), startedAt: now });

  beforeEach(() => {
    now = new Date(2026, 10, 20, 12).getTime();
    ledger = createLedger({ files: files(), now: clock });
  });

  it("warns once at 80 % and blocks at 100 % before anything is sent", async () => {
    const guard = guardOf({ daily: 1 });
    await spend(0.79);
    assert.deepEqual(await ask(guard), []);
    await spend(0.01);
    const use = { period: "day", limit: 1, spent: 0.8, currency: "USD" };
    assert.deepEqual(await ask(guard), [{ type: "notice", code: "budget", target, budget: use }]);
    assert.deepEqual(await ask(guard), []);
    await spend(0.2);
    await assert.rejects(ask(guard), (error) => {
      assert.ok(error instanceof AssistantError);
      assert.equal(error.kind, "no-credit");
      assert.equal(error.retryable, false);
      assert.deepEqual(error.details.budget, { ...use, spent: 1 });
      return error.details.reason === "budget";
    });
  });

  it("lets a new day begin, and warns anew in it", async () => {
    const guard = guardOf({ daily: 1 });
    await spend(1);
    await assert.rejects(ask(guard));
    now += 24 * 3_600_000;
    assert.deepEqual(await ask(guard), []);
    await spend(0.9);
    assert.equal((await ask(guard)).length, 1);
  });

  it("counts the month and the last hour as well", async () => {
    await spend(3);
    now += 24 * 3_600_000;
    await assert.rejects(ask(guardOf({ daily: 5, monthly: 3 })), /per month/);
    assert.deepEqual(await ask(guardOf({ hourly: 1 })), []);
    await spend(1);
    await assert.rejects(ask(guardOf({ hourly: 1 })), /per hour/);
    now += 61 * 60_000;
    assert.deepEqual(await ask(guardOf({ hourly: 1 })), []);
  });

  it("only warns when that is wanted, at 80 % and at 100 %", async () => {
    const guard = guardOf({ daily: 1, onExceeded: "warn" });
    await spend(0.9);
    assert.equal((await ask(guard)).length, 1);
    await spend(0.9);
    const [notice] = await ask(guard);
    assert.equal(notice?.budget?.spent, 1.8);
    assert.deepEqual(await ask(guard), []);
  });

  it("says what it cannot count: unknown costs and other currencies", async () => {
    const guard = guardOf({ monthly: 10 });
    await ledger.record({ ...outcome({ usage: { inputTokens: 5 } }), startedAt: now });
    await ledger.record({
      ...outcome({ usage: { inputTokens: 5 }, cost: { amount: 900, currency: "KRW", source: "computed" } }),
      startedAt: now,
    });
    assert.deepEqual(await ask(guard), [
      { type: "notice", code: "budget-incomplete", target, count: 1, detail: "KRW" },
    ]);
    assert.deepEqual(await ask(guard), []);
  });

  it("is one for all windows", async () => {
    const shared = memoryFiles();
    const [one, other] = [createLedger({ files: shared, now: clock }), createLedger({ files: shared, now: clock })];
    const guard = guardOf({ daily: 1 }, one);
    assert.deepEqual(await ask(guard), []);
    await spend(2, other);
    await assert.rejects(ask(guard));
  });

  it("lets turns that run at once take no more than one of them could anyway", async () => {
    const guard = guardOf({ daily: 1 });
    const most = { amount: 0.4, currency: "USD" };
    const turns = Array.from({ length: 8 }, () => guard.begin());
    const results = await Promise.allSettled(turns.map((turn) => turn.check(target, most)));
    assert.deepEqual(
      results.map(({ status }) => status),
      ["fulfilled", "fulfilled", "fulfilled", ...Array(5).fill("rejected")],
    );
    const [blocked] = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
    assert.deepEqual(blocked.details.budget, { period: "day", limit: 1, spent: 0, held: 1.2, currency: "USD" });
    // One asks again within its own turn, and one ends and turns out to be cheap.
    assert.deepEqual(await turns[0]!.check(target, most), []);
    await spend(0.1);
    await turns[1]!.end();
    assert.deepEqual(await guard.begin().check(target, most), []);
    await assert.rejects(guard.begin().check(target, most));
  });

  it("counts what turns of other windows may cost, in its own currency and only where it blocks", async () => {
    const others: Hold[] = [
      { amount: 0.6, currency: "USD" },
      { amount: 500, currency: "KRW" },
    ];
    const shared = { place: async () => {}, lift: async () => {}, others: async () => others };
    const budget: Budget = { daily: 1, currency: "USD", onExceeded: "block" };
    const guard = createBudgetGuard(ledger, () => budget, shared);
    await ask(guard);
    others.push({ amount: 0.4, currency: "USD" });
    await assert.rejects(ask(guard));
    budget.onExceeded = "warn";
    await ask(guard);
  });

  it("lets nothing through while what was spent cannot be read, or says so where only a warning is wanted", async () => {
    let isBroken = true;
    const kept = memoryFiles();
    const broken = async () => {
      if (isBroken) throw new Error("EACCES: permission denied");
      return kept.months();
    };
    const book = createLedger({ files: { ...kept, months: broken }, now: clock });
    await assert.rejects(ask(guardOf({ daily: 1 }, book)), (error) => {
      assert.ok(error instanceof AssistantError);
      assert.equal(error.kind, "no-credit");
      assert.equal(error.details.reason, "budget");
      return /cannot be read.*EACCES/.test(error.message);
    });
    const lenient = guardOf({ daily: 1, onExceeded: "warn" }, book);
    const notice = { type: "notice", code: "budget-unreadable", target, detail: "EACCES: permission denied" };
    assert.deepEqual(await ask(lenient), [notice]);
    assert.deepEqual(await ask(lenient), []);
    isBroken = false;
    assert.deepEqual(await ask(guardOf({ daily: 1 }, book)), []);
    assert.equal(book.unreadable, undefined);
  });

  it("is no matter when none is set", async () => {
    await spend(1000);
    assert.deepEqual(await ask(createBudgetGuard(ledger, () => undefined)), []);
  });
});
