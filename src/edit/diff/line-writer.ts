/** Brings the lines of a diff into a document step by step: knows what is there already and what to change next. */
import type { DiffLine } from "./line-diff.ts";
import { endOf, position, type TextChange, type TextPosition } from "./text-range.ts";
import type { TrackedText } from "./tracked-range.ts";
import { replaceLines } from "./whole-lines.ts";

export interface LineWriter {
  add(lines: readonly DiffLine[]): void;
  /** Something waits to be applied. */
  readonly isWaiting: boolean;
  /** What brings all that waits into the document, from top to bottom in its present lines. */
  next(): TextChange[];
  /** What `next` last gave is in the document now. */
  settle(): void;
  /** The edited lines begin somewhere else now. */
  moveTo(start: TextPosition): void;
  /** The edited lines as they stand in the document: new ones, then those old ones that were not reached. */
  lines(): string[];
  /** The same as one text in its place. */
  text(): TrackedText;
  /** What has been applied. */
  readonly applied: readonly DiffLine[];
  /** How many of `lines` are applied ones. */
  readonly newLineCount: number;
}

export function createLineWriter(oldLines: readonly string[], startLine: number): LineWriter {
  const applied: DiffLine[] = [];
  const newLines: string[] = [];
  let oldIndex = 0;
  let waiting: DiffLine[] = [];
  /** How many of those that wait `next` has given out. */
  let given = 0;
  let start = position(startLine, 0);
  const apply = (diffLine: DiffLine): void => {
    applied.push(diffLine);
    if (diffLine.type !== "old") newLines.push(diffLine.line);
    if (diffLine.type !== "new") oldIndex++;
  };
  const lines = (): string[] => [...newLines, ...oldLines.slice(oldIndex)];
  return {
    add(more) {
      for (const line of more) {
        // Lines that stay as they are need no change of the document.
        if (waiting.length === 0 && line.type === "same") apply(line);
        else waiting.push(line);
      }
    },
    get isWaiting() {
      return waiting.length > 0;
    },
    next() {
      given = waiting.length;
      return changesFor(waiting, lines(), newLines.length, start);
    },
    settle() {
      let count = given;
      while (waiting[count]?.type === "same") count++;
      for (const line of waiting.slice(0, count)) apply(line);
      waiting = waiting.slice(count);
      given = 0;
    },
    moveTo(place) {
      start = place;
    },
    lines,
    text() {
      const text = lines().join("\n");
      return { range: { start, end: endOf(start, text) }, text };
    },
    applied,
    get newLineCount() {
      return newLines.length;
    },
  };
}

function changesFor(
  diff: readonly DiffLine[],
  lines: readonly string[],
  firstLine: number,
  origin: TextPosition,
): TextChange[] {
  const changes: TextChange[] = [];
  let from = firstLine;
  let to = firstLine;
  let added: string[] = [];
  const close = (): void => {
    if (from < to || added.length > 0) {
      const { range, text } = replaceLines(lines, from, to, added, origin);
      changes.push({ range, text });
    }
    from = to;
    added = [];
  };
  for (const { type, line } of diff) {
    if (type === "new") added.push(line);
    else if (type === "old") to++;
    else {
      close();
      from = ++to;
    }
  }
  close();
  return changes;
}
