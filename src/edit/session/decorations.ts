/** What to paint over a document for an edit, computed from the edit's view; the editor's side only draws it. */
import type { EditView } from "./edit-state.ts";

/** Lines of the document; `endLine` is not part of it. */
export interface LineRange {
  startLine: number;
  endLine: number;
}

export interface EditPaint {
  inserted: LineRange[];
  /** Old lines that no longer stand in the document, and the line above which (or below which) they stood. */
  removed: { line: number; isBelow: boolean; lines: readonly string[]; hunk: number }[];
  /** The line that the model wrote last. */
  streamingLine?: number;
  /** The old lines that the answer has not reached. */
  waiting?: LineRange;
  /** Where buttons go: one for the whole edit, on top, then one for each hunk once they can be decided. */
  lenses: { line: number; hunk?: number; added: number; removed: number }[];
}

export function paintOf(view: EditView): EditPaint {
  const { hunks, state } = view;
  const isStreaming = state.name === "streaming";
  const isReview = state.name === "review";
  const next = view.nextLine;
  const lenses: EditPaint["lenses"] = [];
  if (isStreaming || isReview) {
    lenses.push({ line: view.startLine, added: view.addedLines, removed: view.removedLines });
  }
  // With one hunk alone the buttons of the whole edit say the same.
  if (isReview && hunks.length > 1) {
    for (const { id, startLine, newLines, oldLines, isBelow } of hunks) {
      lenses.push({
        line: isBelow ? startLine - 1 : startLine,
        hunk: id,
        added: newLines.length,
        removed: oldLines.length,
      });
    }
  }
  return {
    inserted: hunks
      .filter(({ startLine, endLine }) => endLine > startLine)
      .map(({ startLine, endLine }) => ({ startLine, endLine })),
    removed: hunks
      .filter(({ oldLines }) => oldLines.length > 0)
      .map(({ id, startLine, oldLines, isBelow }) => ({
        line: isBelow ? startLine - 1 : startLine,
        isBelow,
        lines: oldLines,
        hunk: id,
      })),
    ...(isStreaming && next !== undefined && next > view.startLine ? { streamingLine: next - 1 } : {}),
    ...(isStreaming && next !== undefined && next < view.endLine
      ? { waiting: { startLine: next, endLine: view.endLine } }
      : {}),
    lenses,
  };
}
