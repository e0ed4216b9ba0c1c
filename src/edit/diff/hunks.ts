/** The changes of a diff as hunks, each a piece of the new text that can be put back as it was. */
import type { DiffLine } from "./line-diff.ts";
import { isTrivial } from "./line-numbers.ts";
import { applyChange, position, splitLines, type TextChange, type TextRange } from "./text-range.ts";
import { anchoredText, type LineAnchor, replaceLines } from "./whole-lines.ts";

/** Lines that changed together. Line numbers count from 0 in the old text and in the new one. */
export interface Hunk {
  oldStart: number;
  oldLines: string[];
  newStart: number;
  newLines: string[];
}

/** A hunk as text: what stands at `range` in the new text, and what stood there before. */
export interface HunkText {
  anchor: LineAnchor;
  range: TextRange;
  newText: string;
  oldText: string;
}

export function hunksOf(diff: readonly DiffLine[]): Hunk[] {
  const hunks: Hunk[] = [];
  let open: Hunk | undefined;
  /** Lines that stayed since the last hunk. */
  let between: string[] = [];
  let oldStart = 0;
  let newStart = 0;
  const close = (): void => {
    if (open === undefined) return;
    const last = hunks.at(-1);
    if (last !== undefined && belongTogether(last, between, open)) {
      last.oldLines.push(...between, ...open.oldLines);
      last.newLines.push(...between, ...open.newLines);
    } else hunks.push(open);
    open = undefined;
    between = [];
  };
  for (const { type, line } of diff) {
    if (type === "same") {
      close();
      between.push(line);
    } else {
      open ??= { oldStart, oldLines: [], newStart, newLines: [] };
      (type === "old" ? open.oldLines : open.newLines).push(line);
    }
    if (type !== "new") oldStart++;
    if (type !== "old") newStart++;
  }
  close();
  return hunks;
}

/** A rewritten function is one hunk, not one for each blank line or lone brace in it that happened to stay. */
function belongTogether(one: Hunk, between: readonly string[], other: Hunk): boolean {
  const isSmall = ({ oldLines, newLines }: Hunk): boolean =>
    Math.min(oldLines.length, newLines.length) <= between.length;
  return !isSmall(one) && !isSmall(other) && between.every(isTrivial);
}

/** The hunk as a piece of a text whose lines are `newLines` and which begins at `origin`. */
export function hunkText(hunk: Hunk, newLines: readonly string[], origin = position(0, 0)): HunkText {
  const from = hunk.newStart;
  const { anchor, range, text } = replaceLines(newLines, from, from + hunk.newLines.length, hunk.oldLines, origin);
  return { anchor, range, newText: anchoredText(hunk.newLines, anchor), oldText: text };
}

/** Puts the old lines back. Accepting needs no change: the document holds the new text of every undecided hunk. */
function rejectChange({ range, oldText }: HunkText): TextChange {
  return { range, text: oldText };
}

/** The new text with only the hunks that `isAccepted` names; its line ends stay as they are. */
export function textWith(newText: string, hunks: readonly Hunk[], isAccepted: (hunk: Hunk) => boolean): string {
  const lines = splitLines(newText);
  const lineEnd = /\r\n|\r|\n/.exec(newText)?.[0] ?? "\n";
  let text = newText;
  // From the last to the first, so that the places of those before stay true.
  for (const hunk of hunks.toReversed()) {
    if (isAccepted(hunk)) continue;
    const { range, text: old } = rejectChange(hunkText(hunk, lines));
    text = applyChange(text, { range, text: old.replaceAll("\n", lineEnd) });
  }
  return text;
}
