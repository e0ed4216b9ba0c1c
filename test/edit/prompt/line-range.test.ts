import assert from "node:assert/strict";
import fc from "fast-check";
import { blockAround, mergeRanges } from "../../../src/edit/prompt/line-range.ts";

/** Written with one marked line, of which the block is asked: the block's lines are those with a bar. */
function check(text: string): void {
  const rows = text.split("\n").slice(1, -1);
  const lines = rows.map((row) => row.slice(3));
  const line = rows.findIndex((row) => row[0] === ">");
  const barred = rows.flatMap((row, at) => (row[1] === "|" ? [at] : []));
  assert.deepEqual(blockAround(lines, line), { first: barred[0], last: barred.at(-1) });
}

describe("the block around a line", () => {
  it("is what is indented below its opener, with the line that closes it", () => {
    check(`
   // sums
 | function add(a, b) {
 |   const sum = a + b;
 |
>|   return sum;
 | }
   add(1, 2);
`);
  });

  it("is the innermost one, and the same from its first and its last line", () => {
    for (const mark of [1, 2, 3]) {
      const rows = ["   for (;;) {", " |   if (a) {", " |     b();", " |   }", "   }"];
      rows[mark] = rows[mark]!.replace(" ", ">");
      check(`\n${rows.join("\n")}\n`);
    }
  });

  it("holds all branches that brackets tie together, and parameters on lines of their own", () => {
    check(`
 | if (a) {
 |   b();
 | } else {
>|   c();
 | }
   d();
`);
    check(`
 | export function many(
 |   a: string,
 |   b: string,
 | ): void {
>|   a + b;
 | }
`);
  });

  it("ends in Python where the indentation does", () => {
    check(`
   def one():
       pass

 | def two(x):
 |     if x:
 |         return 1
>|     return 2

   def three():
       pass
`);
  });

  it("is the paragraph at the left margin, and only itself for a blank line between blocks", () => {
    check(`
   import a

 | const b = 1;
>| const c = 2;

   function d() {}
`);
    check(`
   def one():
       pass
>|
   def two():
       pass
`);
  });

  it("takes a blank line inside a block for the block's own", () => {
    check(`
 | {
>|
 |   a();
 | }
`);
    check(`
 | begin
 |   a
>|
 | end
`);
  });

  it("reads tabs as it reads spaces", () => {
    assert.deepEqual(blockAround(["a {", "\tb {", "\t\tc", "\t}", "}"], 2), { first: 1, last: 3 });
  });

  it("is the innermost block of any nesting of brackets, wherever the line is", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("open", "close", "body")), (steps) => {
        const lines: string[] = [];
        const owners: { first: number; last: number }[] = [];
        const open: { first: number; last: number }[] = [];
        const put = (text: string, depth: number): void => {
          lines.push("  ".repeat(depth) + text);
          owners.push(open.at(-1)!);
        };
        const begin = (): void => {
          open.push({ first: lines.length, last: 0 });
          put("open {", open.length - 1);
          put("body", open.length);
        };
        const end = (): void => {
          put("}", open.length - 1);
          open.pop()!.last = lines.length - 1;
        };
        begin();
        for (const step of steps) {
          if (step === "open") begin();
          else if (step === "body" || open.length === 1) put("more", open.length);
          else end();
        }
        while (open.length > 0) end();
        for (const [line, owner] of owners.entries()) assert.deepEqual(blockAround(lines, line), owner);
      }),
    );
  });

  it("always holds its line, in any text", () => {
    const row = fc
      .tuple(fc.nat(4), fc.constantFrom("", "a", "}", "b {", ") {", "end"))
      .map(([n, s]) => " ".repeat(n) + s);
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), fc.nat(), (lines, at) => {
        const line = at % lines.length;
        const { first, last } = blockAround(lines, line);
        assert.ok(first >= 0 && first <= line && line <= last && last < lines.length);
      }),
      { numRuns: 1000, examples: [[[" end", "  b {", "", "end"], 2]] },
    );
  });
});

describe("ranges of lines", () => {
  it("become one where they overlap or touch", () => {
    const ranges = [
      { first: 7, last: 9 },
      { first: 0, last: 2 },
      { first: 3, last: 3 },
      { first: 8, last: 12 },
    ];
    assert.deepEqual(mergeRanges(ranges), [
      { first: 0, last: 3 },
      { first: 7, last: 12 },
    ]);
  });

  it("hold the same lines merged as before, in order and apart", () => {
    const range = fc.tuple(fc.nat(30), fc.nat(5)).map(([first, more]) => ({ first, last: first + more }));
    const linesOf = (ranges: { first: number; last: number }[]) =>
      new Set(ranges.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, at) => first + at)));
    fc.assert(
      fc.property(fc.array(range), (ranges) => {
        const merged = mergeRanges(ranges);
        assert.deepEqual([...linesOf(merged)].sort(), [...linesOf(ranges)].sort());
        for (const [at, each] of merged.slice(1).entries()) assert.ok(each.first > merged[at]!.last + 1);
      }),
    );
  });
});
