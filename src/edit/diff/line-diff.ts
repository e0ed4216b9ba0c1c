/** Compares two whole texts line by line, and lays each hunk where a person would. */
import { limits } from "../../core/limits.ts";
import { createLineNumbers } from "./line-numbers.ts";
import { type Matches, matchLines } from "./match-lines.ts";

/** The old and same lines of a diff, in order, are the old text; its new and same lines are the new text. */
export interface DiffLine {
  type: "same" | "old" | "new";
  line: string;
}

/** How far a hunk is moved in search of a better place. */
const FARTHEST_SLIDE = 100;

export function diffLines(oldLines: readonly string[], newLines: readonly string[]): DiffLine[] {
  const numbers = createLineNumbers();
  const old = oldLines.map(numbers.of);
  const current = newLines.map(numbers.of);
  return diffNumberedLines(oldLines, newLines, old, current, numbers.count);
}

/**
 * The diff of what `applied` leads from and to, with the hunks where a person would lay them; `applied` itself for more
 * lines than are compared once more. `newLines` begin with its new lines.
 */
export function regrouped(
  applied: readonly DiffLine[],
  oldLines: readonly string[],
  newLines: readonly string[],
): readonly DiffLine[] {
  const newCount = applied.reduce((count, { type }) => (type === "old" ? count : count + 1), 0);
  if (oldLines.length + newCount > limits.comparedLines) return applied;
  return diffLines(oldLines, newLines.slice(0, newCount));
}

/** The same when the lines have their numbers already. */
export function diffNumberedLines(
  oldLines: readonly string[],
  newLines: readonly string[],
  oldNumbers: ArrayLike<number>,
  newNumbers: ArrayLike<number>,
  count: number,
): DiffLine[] {
  const { ofOld, ofNew } = matchLines(oldNumbers, newNumbers, count);
  slideHunks(oldLines, oldNumbers, ofOld, ofNew);
  slideHunks(newLines, newNumbers, ofNew, ofOld);
  return toDiffLines(oldLines, newLines, { ofOld, ofNew });
}

function toDiffLines(oldLines: readonly string[], newLines: readonly string[], { ofOld, ofNew }: Matches): DiffLine[] {
  const diff: DiffLine[] = [];
  let old = 0;
  let current = 0;
  while (old < oldLines.length || current < newLines.length) {
    if (old < oldLines.length && ofOld[old] === -1) diff.push({ type: "old", line: oldLines[old++]! });
    else if (current < newLines.length && ofNew[current] === -1) diff.push({ type: "new", line: newLines[current++]! });
    else {
      diff.push({ type: "same", line: oldLines[old++]! });
      current++;
    }
  }
  return diff;
}

/**
 * Where lines were only added (or only removed) the same change can often be told in several places: `}` + a new
 * function, or the function + `}`. Each such hunk goes where its first line is indented least.
 */
function slideHunks(
  lines: readonly string[],
  numbers: ArrayLike<number>,
  partners: Int32Array,
  otherPartners: Int32Array,
): void {
  for (let start = 0; start < lines.length; start++) {
    if (partners[start] !== -1) continue;
    let end = start + 1;
    while (end < lines.length && partners[end] === -1) end++;
    const behind = end;
    const isOneSided = (): boolean =>
      (start === 0 ? 0 : partners[start - 1]! + 1) === (end === lines.length ? otherPartners.length : partners[end]!);
    const isAlone = (): boolean =>
      isOneSided() && (start === 0 || partners[start - 1] !== -1) && (end === lines.length || partners[end] !== -1);
    const up = (): void => {
      move(partners, otherPartners, --start, --end);
    };
    const down = (): void => {
      move(partners, otherPartners, end++, start++);
    };
    let steps = 0;
    for (; steps < FARTHEST_SLIDE && isAlone() && start > 0 && numbers[start - 1] === numbers[end - 1]; steps++) up();
    let best = start;
    for (steps = 0; steps < FARTHEST_SLIDE && isAlone() && end < lines.length; steps++) {
      if (numbers[start] !== numbers[end]) break;
      down();
      if (cost(lines, start, end) <= cost(lines, best, best + end - start)) best = start;
    }
    while (start > best) up();
    start = Math.max(end, behind) - 1;
  }
}

/** The partner of the line at `from` becomes that of the equal line at `to`. */
function move(partners: Int32Array, otherPartners: Int32Array, from: number, to: number): void {
  const partner = partners[from]!;
  partners[from] = -1;
  partners[to] = partner;
  otherPartners[partner] = to;
}

/** Low for a hunk that begins with little indentation, and with something rather than with a bracket or a blank line. */
function cost(lines: readonly string[], start: number, end: number): number {
  const first = lines[start]!;
  const indentation = first.length - first.trimStart().length;
  const beginsMeekly = /^[\])}]*[;,]?$/.test(first.trim()) ? 1 : 0;
  const endsBlank = end - start > 1 && lines[end - 1]!.trim() === "" ? 0.5 : 0;
  return 2 * indentation + beginsMeekly - endsBlank;
}
