/** The tokens of the longest answers are guessed from samples, which come to the same and do not hold the editor. */
import assert from "node:assert/strict";
import { estimateTokens, weightOf } from "../../src/money/estimate.ts";

describe("an estimate of a long text", () => {
  for (const text of ["Plain words. ", "안녕하세요 ", "const a = 1;\n日本語 "]) {
    it(`is that of counting all: ${JSON.stringify(text)}`, () => {
      const long = text.repeat(Math.ceil(3_000_000 / text.length));
      const whole = weightOf(long);
      assert.ok(Math.abs(estimateTokens(long) - whole) < whole / 1000);
    });
  }
});
