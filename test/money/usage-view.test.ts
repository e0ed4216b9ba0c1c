/** The usage report's view: its sums are the ledger's to the last digit, its days the person's, and currencies stay apart. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { costOf } from "../../src/money/cost.ts";
import { rangeOf } from "../../src/money/day-range.ts";
import { createLedger } from "../../src/money/ledger.ts";
import { SIZES } from "../../src/money/load.ts";
import { addAmounts } from "../../src/money/money.ts";
import { type KnownPrice, listPrices, loadPrices } from "../../src/money/prices.ts";
import { chartOf, elsewhereRows, type OtherPrice, rowOf, rowsOf } from "../../src/money/usage-view.ts";
import { outcome } from "../support/outcomes.ts";

const at = (year: number, month: number, day: number, hour = 12, minute = 0): number =>
  new Date(year, month - 1, day, hour, minute).getTime();
const usage = { inputTokens: 1000, outputTokens: 200 };
const paid = (amount: number, startedAt: number, currency = "USD") =>
  outcome({ usage, startedAt, cost: { amount, currency, source: "computed" } });
const flat = (input: number, output: number, currency = "USD"): KnownPrice => ({
  price: { input, output, currency },
  origin: "own",
});
const other = (name: string, known: KnownPrice): OtherPrice => ({ name, origin: "settings", priceAt: () => known });

describe("The view of the usage report", () => {
  it("agrees with the ledger to the last digit in each way of adding up", async () => {
    const turn = fc.record({
      amount: fc.integer({ min: 0, max: 10_000_000 }).map((millionths) => millionths / 1e6),
      currency: fc.constantFrom("USD", "CNY"),
      day: fc.integer({ min: 1, max: 28 }),
      model: fc.constantFrom("a", "b"),
      purpose: fc.constantFrom("chat" as const, "edit" as const),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { minLength: 1, maxLength: 30 }), async (turns) => {
        const ledger = createLedger();
        for (const { amount, currency, day, model, purpose } of turns) {
          await ledger.record({
            ...paid(amount, at(2026, 2, day), currency),
            ...{ target: { provider: "p", model }, purpose },
          });
        }
        const report = await ledger.report();
        const chart = chartOf(report, { name: "all" }, "2026-02-28");
        for (const currency of new Set(turns.map((each) => each.currency))) {
          const exact = addAmounts(...turns.filter((each) => each.currency === currency).map(({ amount }) => amount));
          const total = rowOf("", report.total).amounts.find((each) => each.currency === currency);
          // Nothing is left out where something was spent in another currency.
          assert.equal(total?.amount ?? 0, exact);
          for (const groups of [report.byTarget, report.byProvider, report.byPurpose, report.byDay]) {
            const amounts = rowsOf(groups).flatMap((row) => row.amounts);
            const sum = addAmounts(...amounts.filter((each) => each.currency === currency).map(({ amount }) => amount));
            assert.equal(sum, exact);
          }
          const bars = chart.series.find((series) => series.currency === currency)?.values ?? [];
          assert.equal(addAmounts(...bars), exact);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("counts the days of the person's clock, from midnight to midnight", async () => {
    const ledger = createLedger();
    await ledger.record(paid(1, at(2026, 3, 1, 0, 0)));
    await ledger.record(paid(2, at(2026, 2, 28, 23, 59)));
    const { from, to } = rangeOf("month", "2026-03-01");
    const march = await ledger.report({ from: from!, to: to! });
    assert.deepEqual(rowOf("", march.total).amounts, [{ currency: "USD", amount: 1 }]);
    const before = rangeOf("last-month", "2026-03-01");
    const february = await ledger.report({ from: before.from!, to: before.to! });
    assert.deepEqual(rowOf("", february.total).amounts, [{ currency: "USD", amount: 2 }]);
  });

  it("names the first and the last day of each period", () => {
    assert.deepEqual(rangeOf("today", "2026-03-01"), { name: "today", from: "2026-03-01", to: "2026-03-01" });
    assert.deepEqual(rangeOf("week", "2026-03-03"), { name: "week", from: "2026-02-25", to: "2026-03-03" });
    assert.deepEqual(rangeOf("last-month", "2028-03-31"), { name: "last-month", from: "2028-02-01", to: "2028-02-29" });
    assert.deepEqual(rangeOf("last-month", "2026-01-15"), { name: "last-month", from: "2025-12-01", to: "2025-12-31" });
    assert.deepEqual(rangeOf("all", "2026-03-01"), { name: "all" });
    const swapped = { from: "2026-03-09", to: "2026-03-02" };
    assert.deepEqual(rangeOf("custom", "2026-03-01", swapped), {
      name: "custom",
      from: "2026-03-02",
      to: "2026-03-09",
    });
    assert.deepEqual(rangeOf("custom", "2026-03-01", { from: "", to: "soon" }), { name: "custom" });
  });

  it("draws each day of the period, used or not, and months where days would be too many", async () => {
    const ledger = createLedger();
    await ledger.record(paid(1, at(2026, 1, 30)));
    await ledger.record(paid(2, at(2026, 2, 2)));
    const report = await ledger.report();
    const days = chartOf(report, { name: "all" }, "2026-02-03");
    assert.deepEqual(days.names, ["2026-01-30", "2026-01-31", "2026-02-01", "2026-02-02", "2026-02-03"]);
    assert.deepEqual(days.series, [{ currency: "USD", values: [1, 0, 0, 2, 0] }]);
    const months = chartOf(report, { name: "custom", from: "0001-01-01", to: "9999-12-31" }, "2026-04-01");
    assert.deepEqual([months.unit, months.names], ["month", ["2026-01", "2026-02", "2026-03", "2026-04"]]);
    assert.deepEqual(months.series[0]?.values, [1, 2, 0, 0]);
  });

  it("draws tokens where no cost is known, and counts what is unknown", async () => {
    const ledger = createLedger();
    await ledger.record(outcome({ usage, startedAt: at(2026, 1, 30) }));
    const report = await ledger.report();
    assert.deepEqual(chartOf(report, { name: "all" }, "2026-01-30").series, [{ values: [1200] }]);
    const { amounts, unknown } = rowOf("", report.total);
    assert.deepEqual([amounts, unknown], [[], 1]);
    assert.deepEqual(elsewhereRows(report, [other("x", flat(1, 1))]), [
      { name: "x", origin: "settings", amount: 0.0012, currency: "USD" },
    ]);
  });

  it("says what the same tokens cost elsewhere, the cheapest first, and compares only what can be compared", async () => {
    const ledger = createLedger();
    await ledger.record(paid(0.1, at(2026, 1, 30)));
    const report = await ledger.report();
    const rows = elsewhereRows(report, [
      other("dear", flat(100, 500)),
      other("cheap", flat(1, 5)),
      other("abroad", flat(1, 5, "CNY")),
    ]);
    assert.deepEqual(
      rows.map(({ name, amount, difference }) => [name, amount, difference]),
      [
        ["abroad", 0.002, undefined],
        ["cheap", 0.002, -0.098],
        ["dear", 0.2, 0.1],
      ],
    );
    await ledger.record(paid(3, at(2026, 1, 30), "CNY"));
    const both = await ledger.report();
    assert.ok(elsewhereRows(both, [other("cheap", flat(1, 5))]).every(({ difference }) => difference === undefined));
  });

  it("prices each request anew at its hour and its size, however they are summed up", async () => {
    const table = await loadPrices();
    const listed = listPrices(table);
    const chosen = ["deepseek/deepseek-v4-pro", "google/gemini-2.5-pro", "openai/gpt-5.4"].map(
      (name) => listed.find((each) => each.name === name)!,
    );
    const request = fc.record({
      time: fc.integer({ min: Date.parse("2026-08-10T00:00:00Z"), max: Date.parse("2026-09-10T00:00:00Z") }),
      inputTokens: fc.oneof(fc.nat({ max: 600_000 }), fc.constantFrom(128_000, 199_999, 200_000, 200_001, 272_000)),
      outputTokens: fc.nat({ max: 50_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 20 }), async (requests) => {
        const ledger = createLedger();
        for (const { time, ...used } of requests) await ledger.record(outcome({ usage: used, startedAt: time }));
        const others = chosen.map(({ name, priceAt }): OtherPrice => ({ name, origin: "table", priceAt }));
        const rows = elsewhereRows(await ledger.report(), others);
        for (const { name, priceAt } of chosen) {
          const single = requests.map(
            ({ time, ...used }) => costOf({ usage: used, known: priceAt(time, used.inputTokens) })!.amount,
          );
          const row = rows.find((each) => each.name === name);
          assert.ok(Math.abs(row!.amount - addAmounts(...single)) < 1e-9, `${name}: ${row!.amount}`);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("marks tokens of which some were estimated, also where no cost is known", async () => {
    const ledger = createLedger();
    const startedAt = at(2026, 1, 30);
    await ledger.record(outcome({ usage, startedAt }));
    assert.equal(rowOf("", (await ledger.report()).total).estimatedTokens, false);
    await ledger.record(outcome({ usage: { ...usage, estimated: true }, startedAt }));
    const { inputTokens, estimatedTokens, estimated } = rowOf("", (await ledger.report()).total);
    assert.deepEqual([inputTokens, estimatedTokens, estimated], [2000, true, false]);
  });

  it("knows every size and hour at which a price of the table changes", async () => {
    for (const { prices } of (await loadPrices()).sellers.flatMap(({ models }) => models)) {
      for (const { tiers = [], utc = [] } of prices) {
        for (const { above } of tiers) assert.ok(SIZES.includes(above), `${above}`);
        for (const minute of utc) assert.equal(minute % 60, 0);
      }
    }
  });

  it("lists prices of the table by maker and model, each name once", async () => {
    const listed = listPrices(await loadPrices());
    const names = listed.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    const now = Date.parse("2026-11-26T12:00:00Z");
    assert.equal(listed.find(({ name }) => name === "openai/gpt-5")?.priceAt(now)?.price.input, 1.25);
  });

  it("hears of each turn and each import once it is in the sums", async () => {
    const seen: number[] = [];
    const ledger = createLedger({ onChange: () => seen.push(ledger.spending().month.turns) });
    await ledger.record(paid(1, Date.now()));
    await ledger.record(paid(1, Date.now()));
    assert.deepEqual(seen, [1, 2]);
    await ledger.import("");
    assert.equal(seen.length, 3);
  });
});
