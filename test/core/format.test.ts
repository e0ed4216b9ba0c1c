import assert from "node:assert/strict";
import fc from "fast-check";
import {
  fill,
  formatAmount,
  formatCost,
  formatDuration,
  formatDurationRange,
  formatElapsed,
  formatRate,
  formatSize,
  formatTokens,
  wordFor,
} from "../../src/core/format.ts";

describe("numbers as people read them", () => {
  it("durations change their unit with their size", () => {
    const cases: [number, string][] = [
      [0, "0 ms"],
      [340.4, "340 ms"],
      [999.4, "999 ms"],
      [999.6, "1.00 s"],
      [1240, "1.24 s"],
      [9994, "9.99 s"],
      [9996, "10.0 s"],
      [12_340, "12.3 s"],
      [99_960, "1 min 40 s"],
      [125_000, "2 min 05 s"],
    ];
    for (const [value, text] of cases) assert.equal(formatDuration(value), text);
  });

  it("two durations share the unit of the longer one", () => {
    const cases: [number, number, string][] = [
      [380, 520, "380–520 ms"],
      [420, 1240, "0.42–1.24 s"],
      [4200, 12_340, "4.2–12.3 s"],
      [4200, 125_000, "4.20 s–2 min 05 s"],
    ];
    for (const [low, high, text] of cases) assert.equal(formatDurationRange(low, high), text);
  });

  it("a running clock counts whole seconds", () => {
    const cases: [number, string][] = [
      [0, "0 s"],
      [1999, "1 s"],
      [59_999, "59 s"],
      [65_000, "1 min 05 s"],
    ];
    for (const [value, text] of cases) assert.equal(formatElapsed(value), text);
    assert.equal(formatElapsed(3_900_000), "1 h 05 min");
  });

  it("money never reads as zero unless it is, and an unknown price never as money", () => {
    assert.equal(formatCost(undefined), "—");
    assert.equal(formatAmount(0, "USD"), "$0");
    assert.equal(formatAmount(0.0042, "USD"), "$0.0042");
    assert.equal(formatAmount(1.239, "USD"), "$1.24");
    assert.equal(formatAmount(1e-9, "USD"), "<$0.000001");
    assert.equal(formatCost({ amount: 0.012, currency: "KRW", source: "estimated" }), "~₩0.012");
    assert.equal(formatAmount(2, "BTC"), "BTC 2.00");
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1e6, noNaN: true }), (amount) => {
        assert.notEqual(Number(formatAmount(amount, "USD").replace(/[$<]/g, "")), 0);
      }),
    );
  });

  it("rates and counts keep the digits that matter", () => {
    assert.equal(formatRate(167.4), "167");
    assert.equal(formatRate(42.55), "42.5");
    assert.equal(formatTokens(999), "999");
    assert.equal(formatTokens(12_350), "12.3k");
    assert.equal(formatTokens(1_047_576), "1.05M");
    assert.equal(formatSize(815_319_791), "815 MB");
    assert.equal(formatSize(999_600_000), "1.0 GB");
    assert.equal(formatSize(5_225_388_164), "5.2 GB");
  });

  it("words for names that anyone may choose never are what every object has", () => {
    for (const name of ["constructor", "__proto__", "other"]) assert.equal(wordFor(name, { chat: "Chat" }), name);
    assert.equal(wordFor("chat", { chat: "Chat" }), "Chat");
  });

  it("fills the placeholders it knows", () => {
    assert.equal(fill("{a} and {b} and {toString}", { a: 1 }), "1 and {b} and {toString}");
  });
});
