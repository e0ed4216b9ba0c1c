import assert from "node:assert/strict";
import fc from "fast-check";
import { createOverlapTrimmer, overlapLength } from "../../src/chat/overlap.ts";

describe("joining a continued answer", () => {
  it("finds the longest repeat of at least eight characters", () => {
    assert.equal(overlapLength("The quick brown fox", "brown fox jumps"), 9);
    assert.equal(overlapLength("The quick brown fox", "fox jumps"), 0);
    assert.equal(overlapLength("가나다라마바사아자", "나다라마바사아자차카"), 8);
  });

  it("never loses or doubles text, however the continuation is cut into pieces", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 20, maxLength: 60 }),
        fc.string({ minLength: 0, maxLength: 900 }),
        fc.nat(20),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
        (previous, rest, repeat, sizes) => {
          const repeated = repeat < 8 ? "" : previous.slice(-repeat);
          const continuation = repeated + rest;
          const trimmer = createOverlapTrimmer(previous);
          let shown = "";
          let at = 0;
          for (let turn = 0; at < continuation.length; turn++) {
            const size = sizes[turn % sizes.length]!;
            shown += trimmer.push(continuation.slice(at, at + size));
            at += size;
          }
          shown += trimmer.finish();
          // What is shown is the continuation without a beginning that the answer already ends with.
          assert.ok(continuation.endsWith(shown));
          const trimmed = continuation.slice(0, continuation.length - shown.length);
          assert.ok(trimmed === "" || previous.endsWith(trimmed));
          assert.ok(trimmed.length >= repeated.length);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
