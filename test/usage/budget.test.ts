import assert from "node:assert/strict";
import { AssistantError } from "../../src/core/errors.ts";
import { type Budget, createBudgetGuard } from "../../src/usage/budget.ts";
import { createLedger, type Ledger } from "../../src/usage/ledger.ts";
import { memoryFiles } from "../../src/usage/ledger-files.ts";
import { outcome, paid, target } from "../support/outcomes.ts";

describe("a budget", () => {
  let now: number;
  let ledger: Ledger;
  const files = () => memoryFiles();
  const clock = () => now;
  const guardOf = (budget: Partial<Budget>, book = ledger) =>
    createBudgetGuard(book, () => ({ currency: "USD", onExceeded: "block", ...budget }));
  const spend = (amount: number, book = ledger) => book.record({ ...paid(amount), startedAt: now });

  beforeEach(() => {
    now = new Date(2026, 10, 20, 12).getTime();
    ledger = createLedger({ files: files(), now: clock });
  });

  it("warns once at 80 % and blocks at 100 % before anything is sent", async () => {
    const guard = guardOf({ daily: 1 });
    await spend(0.79);
    assert.deepEqual(await guard.check(target), []);
    await spend(0.01);
    const use = { period: "day", limit: 1, spent: 0.8, currency: "USD" };
    assert.deepEqual(await guard.check(target), [{ type: "notice", code: "budget", target, budget: use }]);
    assert.deepEqual(await guard.check(target), []);
    await spend(0.2);
    await assert.rejects(guard.check(target), (error) => {
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
    await assert.rejects(guard.check(target));
    now += 24 * 3_600_000;
    assert.deepEqual(await guard.check(target), []);
    await spend(0.9);
    assert.equal((await guard.check(target)).length, 1);
  });

  it("counts the month and the last hour as well", async () => {
    await spend(3);
    now += 24 * 3_600_000;
    await assert.rejects(guardOf({ daily: 5, monthly: 3 }).check(target), /per month/);
    assert.deepEqual(await guardOf({ hourly: 1 }).check(target), []);
    await spend(1);
    await assert.rejects(guardOf({ hourly: 1 }).check(target), /per hour/);
    now += 61 * 60_000;
    assert.deepEqual(await guardOf({ hourly: 1 }).check(target), []);
  });

  it("only warns when that is wanted, at 80 % and at 100 %", async () => {
    const guard = guardOf({ daily: 1, onExceeded: "warn" });
    await spend(0.9);
    assert.equal((await guard.check(target)).length, 1);
    await spend(0.9);
    const [notice] = await guard.check(target);
    assert.equal(notice?.budget?.spent, 1.8);
    assert.deepEqual(await guard.check(target), []);
  });

  it("says what it cannot count: unknown costs and other currencies", async () => {
    const guard = guardOf({ monthly: 10 });
    await ledger.record({ ...outcome({ usage: { inputTokens: 5 } }), startedAt: now });
    await ledger.record({
      ...outcome({ usage: { inputTokens: 5 }, cost: { amount: 900, currency: "KRW", source: "computed" } }),
      startedAt: now,
    });
    assert.deepEqual(await guard.check(target), [
      { type: "notice", code: "budget-incomplete", target, count: 1, detail: "KRW" },
    ]);
    assert.deepEqual(await guard.check(target), []);
  });

  it("is one for all windows", async () => {
    const shared = memoryFiles();
    const [one, other] = [createLedger({ files: shared, now: clock }), createLedger({ files: shared, now: clock })];
    const guard = guardOf({ daily: 1 }, one);
    assert.deepEqual(await guard.check(target), []);
    await spend(2, other);
    await assert.rejects(guard.check(target));
  });

  it("lets nothing through while what was spent cannot be read, or says so where only a warning is wanted", async () => {
    let isBroken = true;
    const kept = memoryFiles();
    const broken = async () => {
      if (isBroken) throw new Error("EACCES: permission denied");
      return kept.months();
    };
    const book = createLedger({ files: { ...kept, months: broken }, now: clock });
    await assert.rejects(guardOf({ daily: 1 }, book).check(target), (error) => {
      assert.ok(error instanceof AssistantError);
      assert.equal(error.kind, "no-credit");
      assert.equal(error.details.reason, "budget");
      return /cannot be read.*EACCES/.test(error.message);
    });
    const lenient = guardOf({ daily: 1, onExceeded: "warn" }, book);
    const notice = { type: "notice", code: "budget-unreadable", target, detail: "EACCES: permission denied" };
    assert.deepEqual(await lenient.check(target), [notice]);
    assert.deepEqual(await lenient.check(target), []);
    isBroken = false;
    assert.deepEqual(await guardOf({ daily: 1 }, book).check(target), []);
    assert.equal(book.unreadable, undefined);
  });

  it("is no matter when none is set", async () => {
    await spend(1000);
    assert.deepEqual(await createBudgetGuard(ledger, () => undefined).check(target), []);
  });
});
