import assert from "node:assert/strict";
import fc from "fast-check";
import { addAmounts, decimalText, fromPicos, priceOf, toPicos } from "../../src/money/money.ts";

describe("money", () => {
  it("adds up what is written, where numbers drift", () => {
    assert.notEqual(0.1 + 0.2, 0.3);
    assert.equal(addAmounts(0.1, 0.2), 0.3);
    assert.equal(addAmounts(...Array.from({ length: 1000 }, () => 0.000_001_1)), 0.0011);
    assert.equal(addAmounts(), 0);
  });

  it("is written without an exponent and without zeros at its end", () => {
    assert.equal(decimalText(toPicos(1.5e-7)), "0.00000015");
    assert.equal(decimalText(toPicos(0)), "0");
    assert.equal(decimalText(toPicos(1200)), "1200");
    assert.equal(decimalText(toPicos(1e21)), `1${"0".repeat(21)}`);
    assert.equal(decimalText(-toPicos(0.25)), "-0.25");
    assert.equal(decimalText(toPicos(4e-13)), "0");
    assert.equal(decimalText(toPicos(5e-13)), "0.000000000001");
  });

  it("comes back the same from a number of up to fifteen digits", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 999_999_999_999_999n }), (picos) => {
        assert.equal(toPicos(fromPicos(picos)), picos);
      }),
    );
  });

  it("does not depend on the order of a sum", () => {
    const amounts = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { maxLength: 30 });
    fc.assert(
      fc.property(amounts, (values) => assert.equal(addAmounts(...values), addAmounts(...values.toReversed()))),
    );
  });

  it("prices tokens exactly, whatever the digits of the price", () => {
    assert.equal(priceOf([[1, 0.003625]]), 0.000_000_003_625);
    assert.equal(
      priceOf([
        [600_000, 2],
        [400_000, 0.5],
        [100_000, 8],
      ]),
      2.2,
    );
    assert.equal(priceOf([[3, 0.075]]), 0.000_000_225);
  });
});
