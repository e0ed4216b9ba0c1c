/** Puts the old text back where an edit was, whatever the document holds there by then. */
import { splitLines, type TextChange, type TextRange } from "../diff/text-range.ts";
import { type TrackedText, trackText } from "../diff/tracked-range.ts";
import { replaceLines } from "../diff/whole-lines.ts";

export interface Restorer {
  readonly isDone: boolean;
  readonly range: TextRange;
  /** What is still to be changed: only the lines that differ. */
  next(): TextChange[];
  settle(): void;
  follow(change: TextChange, isUndo: boolean): void;
}

export function createRestorer(text: TrackedText, oldLines: readonly string[]): Restorer {
  let current = text;
  let given = false;
  const next = (): TextChange[] => {
    const lines = splitLines(current.text);
    let from = 0;
    while (from < lines.length && from < oldLines.length && lines[from] === oldLines[from]) from++;
    let behind = 0;
    const most = Math.min(lines.length, oldLines.length) - from;
    while (behind < most && lines.at(-1 - behind) === oldLines.at(-1 - behind)) behind++;
    if (from + behind === lines.length && lines.length === oldLines.length) return [];
    const replacement = oldLines.slice(from, oldLines.length - behind);
    const { range, text } = replaceLines(lines, from, lines.length - behind, replacement, current.range.start);
    return [{ range, text }];
  };
  const follow = (change: TextChange, isOwn: boolean): void => {
    current = trackText(current, change, isOwn ? "inside" : "outside");
  };
  return {
    get range() {
      return current.range;
    },
    get isDone() {
      return next().length === 0;
    },
    next() {
      given = true;
      return next();
    },
    settle() {
      // The same as was given, in the place where the text stands by now.
      if (given) for (const change of next()) follow(change, true);
      given = false;
    },
    follow,
  };
}
