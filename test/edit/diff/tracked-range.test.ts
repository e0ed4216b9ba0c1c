import assert from "node:assert/strict";
import fc from "fast-check";
import { applyChange, endOf, position, type TextChange, type TextPosition } from "../../../src/edit/diff/text-range.ts";
import { trackRange, trackText } from "../../../src/edit/diff/tracked-range.ts";

/** "[" and "]" draw a range, "<" and ">" what is replaced. */
function drawn(drawing: string, open: string, close: string) {
  const place = (sign: string): TextPosition =>
    endOf(position(0, 0), drawing.slice(0, drawing.indexOf(sign)).replace(/[[\]<>]/g, ""));
  return { start: place(open), end: place(close) };
}

function draw(text: string, range: { start: TextPosition; end: TextPosition }): string {
  const atEnd = applyChange(text, { range: { start: range.end, end: range.end }, text: "]" });
  return applyChange(atEnd, { range: { start: range.start, end: range.start }, text: "[" });
}

const cases: [before: string, text: string, after: string, touched: boolean][] = [
  ["<Hello>, [world]!", "Hi", "Hi, [world]!", false],
  ["Hello, [world]<!>", "?!", "Hello, [world]?!", false],
  ["<>Hello, [world]!", "Oh.\n", "Oh.\nHello, [world]!", false],
  ["He<llo,\nall> [the\nworld]!", "y", "Hey [the\nworld]!", false],
  ["Hello, <>[world]!", "big ", "Hello, big [world]!", false],
  ["Hello, [world]<>!", "s", "Hello, [world]s!", false],
  ["Hello, <>[]world!", "big ", "Hello, big []world!", false],
  ["Hello, <big >[world]!", "", "Hello, [world]!", false],
  ["Hello, [w<>orld]!", "\n", "Hello, [w\norld]!", true],
  ["Hello, [w<orl>d]!", "oo", "Hello, [wood]!", true],
  ["Hello, [<world>]!", "all", "Hello, [all]!", true],
  ["Hello, [one\nt<w>o]!", "\n\n", "Hello, [one\nt\n\no]!", true],
  ["Hel<lo, [wo>rld]!", "p, ", "Help, [rld]!", true],
  ["Hello, [wo<rld]!>", "rm", "Hello, [wo]rm", true],
  ["Hel<lo, [world]!>", "p", "Help[]", true],
];

describe("a tracked range", () => {
  for (const [before, text, after, touched] of cases) {
    it(`${before} becomes ${after}`.replaceAll("\n", "⏎"), () => {
      const plain = before.replace(/[[\]<>]/g, "");
      const range = drawn(before, "[", "]");
      const change = { range: drawn(before, "<", ">"), text };
      const tracked = trackRange(range, change);
      assert.equal(draw(applyChange(plain, change), tracked.range), after);
      assert.equal(tracked.touched, touched);
    });
  }

  it("takes in what is put at its ends when asked to", () => {
    const range = drawn("a[b]c", "[", "]");
    const change: TextChange = { range: { start: range.end, end: range.end }, text: "x" };
    assert.equal(draw("abxc", trackRange(range, change, "inside").range), "a[bx]c");
  });

  it("knows the text it holds, whatever is changed around it and in it", () => {
    const text = fc.stringMatching(/^[ab\n]{0,12}$/);
    const edits = fc.array(fc.tuple(fc.nat(40), fc.nat(6), text), { maxLength: 8 });
    fc.assert(
      fc.property(
        text,
        text,
        text,
        edits,
        fc.constantFrom("inside" as const, "outside" as const),
        (a, b, c, all, ends) => {
          let whole = a + b + c;
          const start = endOf(position(0, 0), a);
          let tracked = { range: { start, end: endOf(start, b) }, text: b };
          for (const [offset, length, added] of all) {
            const from = Math.min(offset, whole.length);
            const removed = whole.slice(from, from + length);
            const place = endOf(position(0, 0), whole.slice(0, from));
            const change = { range: { start: place, end: endOf(place, removed) }, text: added };
            tracked = trackText(tracked, change, ends);
            whole = applyChange(whole, change);
            assert.equal(draw(whole, tracked.range).replace(/^[^[]*\[|\][^\]]*$/g, ""), tracked.text);
          }
        },
      ),
      { numRuns: 5000 },
    );
  });
});
