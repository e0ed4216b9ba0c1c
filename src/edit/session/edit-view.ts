/** What an edit looks like at this moment, as the editor's side shows it. */

import { hunksOf } from "../diff/hunks.ts";
import type { LineWriter } from "../diff/line-writer.ts";
import type { TextRange } from "../diff/text-range.ts";
import type { EditHunk, EditState, EditView } from "./edit-state.ts";
import type { HunkReview, ReviewHunk } from "./hunk-review.ts";

export function viewOfStream(state: EditState, writer: LineWriter): EditView {
  const { range } = writer.text();
  const hunks = hunksOf(writer.applied).map((hunk, id): EditHunk => {
    const startLine = range.start.line + hunk.newStart;
    return {
      id,
      startLine,
      endLine: startLine + hunk.newLines.length,
      oldLines: hunk.oldLines,
      newLines: hunk.newLines,
      isBelow: startLine > range.end.line,
      touched: false,
    };
  });
  return { ...summary(state, range, hunks), nextLine: range.start.line + writer.newLineCount };
}

export function viewOfReview(state: EditState, { hunks, region }: HunkReview): EditView {
  const undecided = hunks.filter(({ decision }) => decision === "undecided").map(shownHunk);
  return summary(state, region.range, undecided);
}

function shownHunk({ id, anchor, range, oldLines, newLines, touched }: ReviewHunk): EditHunk {
  const startLine = anchor === "below" ? range.start.line + 1 : range.start.line;
  const endLine = anchor === "above" && range.end.character === 0 ? range.end.line : range.end.line + 1;
  return { id, startLine, endLine, oldLines, newLines, isBelow: anchor === "below" && startLine === endLine, touched };
}

function summary(state: EditState, range: TextRange, hunks: EditHunk[]): EditView {
  const sum = (count: (hunk: EditHunk) => number): number => hunks.reduce((total, hunk) => total + count(hunk), 0);
  return {
    state,
    startLine: range.start.line,
    endLine: range.end.line + 1,
    hunks,
    addedLines: sum(({ newLines }) => newLines.length),
    removedLines: sum(({ oldLines }) => oldLines.length),
  };
}
