/** The changes of a diff as hunks that are accepted or rejected one by one. */
import type { DiffLine } from "./line-diff.ts";
import { endOf, position, type TextChange, type TextRange } from "./text-range.ts";

/** Lines that changed together. Line numbers count from 0 in the old text and in the new one. */
export interface Hunk {
  oldStart: number;
  oldLines: string[];
  newStart: number;
  newLines: string[];
}

/** A hunk as text: what stands at `range` in the new text, and what stood there before. */
export interface HunkText {
  range: TextRange;
  newText: string;
  oldText: string;
}

export function hunksOf(diff: readonly DiffLine[]): Hunk[] {
  const hunks: Hunk[] = [];
  let open: Hunk | undefined;
  let oldLine = 0;
  let newLine = 0;
  for (const { type, line } of diff) {
    if (type === "same") {
      open = undefined;
      oldLine++;
      newLine++;
      continue;
    }
    if (open === undefined) {
      open = { oldStart: oldLine, oldLines: [], newStart: newLine, newLines: [] };
      hunks.push(open);
    }
    if (type === "old") {
      open.oldLines.push(line);
      oldLine++;
    } else {
      open.newLines.push(line);
      newLine++;
    }
  }
  return hunks;
}

/**
 * The hunk as a piece of a text whose lines are `newLines` and which begins at `origin`. Where one side has no lines, a
 * line end goes with the other's: the one behind them, or the one before them at the end of the text, so that a last line
 * without a line end stays without one.
 */
export function hunkText(hunk: Hunk, newLines: readonly string[], origin = position(0, 0)): HunkText {
  const from = hunk.newStart;
  const to = from + hunk.newLines.length;
  const startOf = (line: number) => position(origin.line + line, line === 0 ? origin.character : 0);
  const textOf = (lines: readonly string[]): string => {
    if (hunk.oldLines.length > 0 && hunk.newLines.length > 0) return lines.join("\n");
    if (to < newLines.length) return lines.map((line) => `${line}\n`).join("");
    return lines.map((line) => `\n${line}`).join("");
  };
  const oldText = textOf(hunk.oldLines);
  const newText = textOf(hunk.newLines);
  const isAtEnd = to === newLines.length && (hunk.oldLines.length === 0 || hunk.newLines.length === 0);
  const start = isAtEnd && from > 0 ? endOf(startOf(from - 1), newLines[from - 1]!) : startOf(from);
  return { range: { start, end: endOf(start, newText) }, newText, oldText };
}

/** Puts the old lines back. Accepting needs no change: the document holds the new text of every undecided hunk. */
export function rejectChange({ range, oldText }: HunkText): TextChange {
  return { range, text: oldText };
}
