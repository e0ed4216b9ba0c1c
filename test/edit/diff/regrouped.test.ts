/** The hunks of a finished edit are found anew, unless there are more lines than may be compared in one go. */
import assert from "node:assert/strict";
import { limits } from "../../../src/core/limits.ts";
import { type DiffLine, diffLines, regrouped } from "../../../src/edit/diff/line-diff.ts";

describe("the hunks of a finished edit", () => {
  const applied: DiffLine[] = [
    { type: "old", line: "a" },
    { type: "new", line: "b" },
    { type: "new", line: "a" },
  ];

  it("are those of a comparison of both texts", () => {
    assert.deepEqual(regrouped(applied, ["a"], ["b", "a", "rest"]), diffLines(["a"], ["b", "a"]));
  });

  it("stay those of the stream in a text that is too long to compare", () => {
    const same = Array.from({ length: limits.comparedLines }, (_, at): DiffLine => ({ type: "same", line: `${at}` }));
    const long = [...applied, ...same];
    const linesOf = (other: DiffLine["type"]) => long.flatMap(({ type, line }) => (type === other ? [] : [line]));
    assert.equal(regrouped(long, linesOf("new"), linesOf("old")), long);
  });
});
