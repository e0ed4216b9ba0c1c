import assert from "node:assert/strict";
import fc from "fast-check";
import { type DiffLine, diffLines } from "../../../src/edit/diff/line-diff.ts";
import { createStreamingDiff } from "../../../src/edit/diff/streaming-diff.ts";
import { createRandom, edited, largeEdits, sourceLines } from "../support/texts.ts";

function stream(old: readonly string[], current: readonly string[]): { streamed: DiffLine[]; final: DiffLine[] } {
  const diff = createStreamingDiff(old);
  const streamed = current.flatMap((line) => diff.push(line));
  streamed.push(...diff.end());
  return { streamed, final: diff.final() };
}

function assertLaws(diff: readonly DiffLine[], old: readonly string[], current: readonly string[]): void {
  const linesOf = (absent: DiffLine["type"]): string[] =>
    diff.filter(({ type }) => type !== absent).map(({ line }) => line);
  assert.deepEqual(linesOf("new"), old);
  assert.deepEqual(linesOf("old"), current);
}

function changesIn(diff: readonly DiffLine[]): number {
  return diff.filter(({ type }) => type !== "same").length;
}

/** The fewest changes there can be, the slow and sure way. */
function fewestChanges(old: readonly string[], current: readonly string[]): number {
  let row = Array.from({ length: current.length + 1 }, (_, index) => index);
  for (const line of old) {
    const next = [row[0]! + 1];
    for (const [index, other] of current.entries()) {
      next.push(line === other ? row[index]! : 1 + Math.min(row[index + 1]!, next[index]!));
    }
    row = next;
  }
  return row.at(-1)!;
}

/** Few different lines, so that they repeat; some that differ in white space alone, some blank or lone braces. */
const line = fc.constantFrom("a", "  a", "a ", "b", "\tb", "c", "d();", "e();", "", "}", "  }", "{", "한", "x\r");
const lines = fc.array(line, { maxLength: 24 });

describe("a streaming diff", () => {
  it("obeys the laws for any two texts, streamed and final, and is final with the fewest changes", () => {
    fc.assert(
      fc.property(lines, lines, (old, current) => {
        const { streamed, final } = stream(old, current);
        assertLaws(streamed, old, current);
        assertLaws(final, old, current);
        assert.equal(changesIn(final), fewestChanges(old, current));
        assert.deepEqual(diffLines(old, current), final);
      }),
      { numRuns: 3000 },
    );
  }).timeout(30_000);

  it("obeys them for edits of source code", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(60), fc.double({ min: 0, max: 0.6, noNaN: true }), (seed, length, share) => {
        const random = createRandom(seed);
        const old = sourceLines(length, random);
        const current = edited(old, share, random);
        const { streamed, final } = stream(old, current);
        assertLaws(streamed, old, current);
        assertLaws(final, old, current);
      }),
      { numRuns: 3000 },
    );
  }).timeout(30_000);

  for (const [kind, pair] of Object.entries(largeEdits(3000, 11))) {
    it(`obeys them for 3,000 lines: ${kind}`, () => {
      const { streamed, final } = stream(pair.old, pair.new);
      assertLaws(streamed, pair.old, pair.new);
      assertLaws(final, pair.old, pair.new);
      assert.ok(changesIn(final) <= changesIn(streamed));
    });
  }

  it("is final with the fewest changes also where hardly anything stayed", () => {
    for (const seed of [1, 2, 3]) {
      const { old, new: current } = largeEdits(700, seed).unrelated!;
      assert.equal(changesIn(stream(old, current).final), fewestChanges(old, current));
    }
  });

  it("obeys the laws where texts are too large for that", () => {
    const { old, new: current } = largeEdits(18_000, 1).unrelated!;
    const { final } = stream(old, current);
    assertLaws(final, old, current);
    assert.ok(changesIn(final) < old.length + current.length);
  }).timeout(30_000);
});
