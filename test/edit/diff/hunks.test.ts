import assert from "node:assert/strict";
import { hunksOf, textWith } from "../../../src/edit/diff/hunks.ts";
import { diffLines } from "../../../src/edit/diff/line-diff.ts";
import { splitLines } from "../../../src/edit/diff/text-range.ts";

function hunks(old: string, current: string) {
  return hunksOf(diffLines(splitLines(old), splitLines(current)));
}

describe("hunks", () => {
  const pairs: [name: string, old: string, current: string][] = [
    ["a changed line", "a\nb\nc\n", "a\nB\nc\n"],
    ["lines added at the beginning and at the end", "b\n", "a\nb\nc\n"],
    ["a last line without a line end", "a\nb", "a\nb\nc"],
    ["a line end added to the last line", "a\nb", "a\nb\n"],
    ["a removed last line", "a\nb\nc", "a\nb"],
    ["all removed", "a\nb", ""],
    ["all new", "", "a\nb"],
    ["Windows line ends", "a\r\nb\r\nc\r\n", "a\r\nx\r\ny\r\nc\r\n"],
  ];
  for (const [name, old, current] of pairs) {
    it(`go and stay as wanted: ${name}`, () => {
      const all = hunks(old, current);
      assert.ok(all.length > 0);
      assert.equal(
        textWith(current, all, () => true),
        current,
      );
      assert.equal(
        textWith(current, all, () => false),
        old,
      );
    });
  }

  it("are one where only blank lines and braces of a rewritten piece stayed", () => {
    const old = "one();\ntwo();\n\nthree();\nfour();\nend();";
    const current = "eins();\nzwei();\n\ndrei();\nvier();\nend();";
    assert.deepEqual(hunks(old, current), [
      {
        oldStart: 0,
        oldLines: ["one();", "two();", "", "three();", "four();"],
        newStart: 0,
        newLines: ["eins();", "zwei();", "", "drei();", "vier();"],
      },
    ]);
    assert.equal(
      textWith(current, hunks(old, current), () => false),
      old,
    );
  });

  it("stay apart where single lines changed around a blank one", () => {
    assert.equal(hunks("one();\n\ntwo();", "eins();\n\nzwei();").length, 2);
  });
});
