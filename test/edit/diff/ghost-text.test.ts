import assert from "node:assert/strict";
import fc from "fast-check";
import { compareWords, ghostsOf } from "../../../src/edit/diff/ghost-text.ts";
import type { EditPaint } from "../../../src/edit/session/decorations.ts";

const paint = (removed: EditPaint["removed"], inserted: EditPaint["inserted"] = []): EditPaint => ({
  removed,
  inserted,
  lenses: [],
});
const ghosts = (lines: readonly string[], shown: EditPaint) => ghostsOf(shown, (line) => lines[line] ?? "");

describe("the words of two lines", () => {
  it("that are alike are told apart word by word", () => {
    const changes = compareWords("const 이름 = one;", "const 이름 = two;");
    assert.deepEqual(changes, { removed: [{ at: 11, text: "one" }], inserted: [{ start: 11, end: 14 }] });
  });

  it("that have little in common, or are very long, are not", () => {
    assert.equal(compareWords("return a + b;", "throw new Error(message)"), undefined);
    assert.equal(compareWords("x".repeat(501), "x".repeat(501)), undefined);
  });

  it("obey the laws: without what came the new line is what stayed, and with what went it is the old one", () => {
    const word = fc.constantFrom("a", "bc", " ", "  ", "(", ")", "한글", "é", "\t", "😀");
    const where = fc.constantFrom("both", "both", "both", "old", "new");
    let compared = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(word, where), { maxLength: 14 }), (words) => {
        const textIn = (side: string): string =>
          words.flatMap(([text, sides]) => (sides === "both" || sides === side ? [text] : [])).join("");
        const [old, fresh] = [textIn("old"), textIn("new")];
        const changes = compareWords(old, fresh);
        if (changes === undefined) return;
        compared++;
        let rebuilt = "";
        let at = 0;
        let removedAt = 0;
        const takeRemoved = (upTo: number): void => {
          while (removedAt < changes.removed.length && changes.removed[removedAt]!.at <= upTo)
            rebuilt += changes.removed[removedAt++]!.text;
        };
        for (const { start, end } of [...changes.inserted, { start: fresh.length, end: fresh.length }]) {
          assert.ok(at <= start && start <= end && end <= fresh.length);
          while (at < start) {
            takeRemoved(at);
            rebuilt += fresh[at++];
          }
          takeRemoved(at);
          at = end;
        }
        takeRemoved(fresh.length);
        assert.equal(rebuilt, old);
      }),
      { numRuns: 2000 },
    );
    assert.ok(compared > 100);
  });
});

describe("the removed text of an edit", () => {
  it("is shown within the line that took its place", () => {
    const shown = paint([{ line: 1, isBelow: false, lines: ["let b = 1;"], hunk: 0 }], [{ startLine: 1, endLine: 2 }]);
    assert.deepEqual(ghosts(["a", "let b = 2;"], shown), [
      {
        line: 1,
        removed: [{ at: 8, text: "1", isTrailing: false }],
        inserted: [{ start: 8, end: 9 }],
        hover: ["let b = 1;"],
      },
    ]);
  });

  it("is shown behind the line above where nothing took its place, and behind the last one at the end", () => {
    const removed = { isBelow: false, lines: ["  gone();", "  too();"], hunk: 0 };
    const [inside] = ghosts(["above", "below"], paint([{ ...removed, line: 1 }]));
    assert.deepEqual(inside, {
      line: 0,
      removed: [{ at: 5, text: "gone(); ⏎ too();", isTrailing: true }],
      inserted: [],
      hover: removed.lines,
    });
    const [atEnd] = ghosts(["above", "last"], paint([{ ...removed, line: 1, isBelow: true }]));
    assert.equal(atEnd?.line, 1);
    const [atBeginning] = ghosts(["below"], paint([{ ...removed, line: 0 }]));
    assert.deepEqual(atBeginning?.removed[0], { at: 0, text: "gone(); ⏎ too();", isTrailing: true });
  });

  it("is cut where it is long, whole in the hover, and a sign where it was an empty line", () => {
    const long = "word ".repeat(100);
    const [cut] = ghosts(["above"], paint([{ line: 0, isBelow: true, lines: [long], hunk: 0 }]));
    assert.equal(cut?.removed[0]?.text.length, 120);
    assert.match(cut!.removed[0]!.text, /…$/);
    assert.deepEqual(cut?.hover, [long]);
    const [empty] = ghosts(["above"], paint([{ line: 0, isBelow: true, lines: [""], hunk: 0 }]));
    assert.equal(empty?.removed[0]?.text, "⏎");
  });

  it("keeps every old line where there are fewer new ones, whatever the lines are", () => {
    const line = fc.constantFrom("const a = 1;", "const b = 1;", "}", "", "other text here");
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), fc.array(line, { maxLength: 5 }), (old, fresh) => {
        const document = ["above", ...fresh, "below"];
        const inserted = fresh.length > 0 ? [{ startLine: 1, endLine: 1 + fresh.length }] : [];
        const all = ghosts(document, paint([{ line: 1, isBelow: false, lines: old, hunk: 0 }], inserted));
        for (const ghost of all) {
          const { length } = document[ghost.line]!;
          assert.deepEqual(ghost.hover, old);
          for (const { at } of ghost.removed) assert.ok(at >= 0 && at <= length);
          for (const { start, end } of ghost.inserted) assert.ok(start < end && end <= length);
        }
        // The last ghost shows all the lines that are left over.
        const shown = all.flatMap(({ removed }) => removed.map(({ text }) => text)).join(" ");
        for (const left of old.slice(Math.max(1, fresh.length))) assert.ok(shown.includes(left.trim()));
      }),
    );
  });
});
