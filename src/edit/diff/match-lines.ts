/** Finds which lines of two texts belong together, with the fewest changes wherever the time for that is not felt. */
import { longestCommon, MOST_WORDS, wordsFor } from "./longest-common.ts";

/** Where many changes are taken for granted, and another way is tried; the cost grows with the square of this. */
const MAXIMUM_CHANGES = 300;

/** For each line its partner in the other text, or -1. */
export interface Matches {
  ofOld: Int32Array;
  ofNew: Int32Array;
}

/** Lines are given as numbers below `count`. */
export function matchLines(oldLines: ArrayLike<number>, newLines: ArrayLike<number>, count: number): Matches {
  const ofOld = new Int32Array(oldLines.length).fill(-1);
  const ofNew = new Int32Array(newLines.length).fill(-1);
  const seenInOld = new Int32Array(count);
  const seenInNew = new Int32Array(count);
  const pair = (old: number, current: number): void => {
    ofOld[old] = current;
    ofNew[current] = old;
  };

  /** Matches the lines from `oldStart` to before `oldEnd` with those from `newStart` to before `newEnd`. */
  const match = (oldStart: number, oldEnd: number, newStart: number, newEnd: number): void => {
    while (oldStart < oldEnd && newStart < newEnd && oldLines[oldStart] === newLines[newStart]) {
      pair(oldStart++, newStart++);
    }
    while (oldStart < oldEnd && newStart < newEnd && oldLines[oldEnd - 1] === newLines[newEnd - 1]) {
      pair(--oldEnd, --newEnd);
    }
    if (oldStart === oldEnd || newStart === newEnd) return;
    for (let index = oldStart; index < oldEnd; index++) seenInOld[oldLines[index]!]!++;
    for (let index = newStart; index < newEnd; index++) seenInNew[newLines[index]!]!++;
    // A line that the other side has not cannot have a partner: leaving it out changes nothing but the cost.
    const old = indexes(oldLines, oldStart, oldEnd, seenInNew);
    const current = indexes(newLines, newStart, newEnd, seenInOld);
    const anchors = (): [old: number, current: number][] => {
      const isAnchor = (line: number): boolean => seenInOld[line] === 1 && seenInNew[line] === 1;
      return longestRising(
        old.filter((index) => isAnchor(oldLines[index]!)),
        current.filter((index) => isAnchor(newLines[index]!)),
        oldLines,
        newLines,
      );
    };
    const path = fewestChanges(old, current, oldLines, newLines);
    const isLarge = wordsFor(old.length, current.length) > MOST_WORDS;
    const fixed = path.isWhole || !isLarge ? [] : anchors();
    for (let index = oldStart; index < oldEnd; index++) seenInOld[oldLines[index]!] = 0;
    for (let index = newStart; index < newEnd; index++) seenInNew[newLines[index]!] = 0;
    if (!path.isWhole && !isLarge) {
      const numbersOf = (indexes: readonly number[], lines: ArrayLike<number>) => indexes.map((index) => lines[index]!);
      const common = longestCommon(numbersOf(old, oldLines), numbersOf(current, newLines), count);
      for (const [one, other] of common) pair(old[one]!, current[other]!);
      return;
    }
    if (fixed.length === 0) {
      for (const [one, other] of path.pairs) pair(one, other);
      // What was given up on goes on from where the search had come.
      if (!path.isWhole) match(path.oldEnd, oldEnd, path.newEnd, newEnd);
      return;
    }
    for (const [one, other] of fixed) {
      pair(one, other);
      match(oldStart, one, newStart, other);
      oldStart = one + 1;
      newStart = other + 1;
    }
    match(oldStart, oldEnd, newStart, newEnd);
  };

  match(0, oldLines.length, 0, newLines.length);
  return { ofOld, ofNew };
}

function indexes(lines: ArrayLike<number>, start: number, end: number, seen: Int32Array): number[] {
  const found: number[] = [];
  for (let index = start; index < end; index++) if (seen[lines[index]!]! > 0) found.push(index);
  return found;
}

interface Path {
  pairs: [old: number, current: number][];
  isWhole: boolean;
  /** The first lines behind a path that is not whole. */
  oldEnd: number;
  newEnd: number;
}

/** Myers' greedy algorithm; when too much has changed, the path that came farthest. */
function fewestChanges(
  old: readonly number[],
  current: readonly number[],
  oldLines: ArrayLike<number>,
  newLines: ArrayLike<number>,
): Path {
  const limit = Math.min(MAXIMUM_CHANGES, old.length + current.length);
  /** For each diagonal (old index minus new index) how far in the old lines it was followed. */
  const reached = new Int32Array(2 * limit + 3);
  const middle = limit + 1;
  const history: Int32Array[] = [];
  let bestDiagonal = 0;
  let isWhole = false;
  let changes = 0;
  for (; changes <= limit && !isWhole; changes++) {
    let farthest = -1;
    for (let diagonal = -changes; diagonal <= changes; diagonal += 2) {
      const goesDown =
        diagonal === -changes ||
        (diagonal !== changes && reached[middle + diagonal - 1]! < reached[middle + diagonal + 1]!);
      let one = goesDown ? reached[middle + diagonal + 1]! : reached[middle + diagonal - 1]! + 1;
      let other = one - diagonal;
      while (one < old.length && other < current.length && oldLines[old[one]!] === newLines[current[other]!]) {
        one++;
        other++;
      }
      reached[middle + diagonal] = one;
      if (one <= old.length && other <= current.length && one + other > farthest) {
        farthest = one + other;
        bestDiagonal = diagonal;
      }
      if (one === old.length && other === current.length) {
        bestDiagonal = diagonal;
        isWhole = true;
        break;
      }
    }
    history.push(reached.slice(middle - changes - 1, middle + changes + 2));
  }
  return trace(history, bestDiagonal, isWhole, old, current);
}

/** Walks back from where the search ended to its beginning. */
function trace(
  history: readonly Int32Array[],
  endDiagonal: number,
  isWhole: boolean,
  old: readonly number[],
  current: readonly number[],
): Path {
  const pairs: [number, number][] = [];
  let diagonal = endDiagonal;
  // In each row of the history, diagonal 0 lies one behind the number of changes.
  const lastRow = history.length - 1;
  const farthest = history[lastRow]![lastRow + 1 + diagonal]!;
  let one = farthest;
  let other = one - diagonal;
  const oldEnd = one < old.length ? old[one]! : (old.at(-1) ?? -1) + 1;
  const newEnd = other < current.length ? current[other]! : (current.at(-1) ?? -1) + 1;
  for (let row = lastRow; row >= 0; row--) {
    let start = 0;
    let previousDiagonal = diagonal;
    if (row > 0) {
      const before = history[row - 1]!;
      const middle = row;
      const goesDown =
        diagonal === -row || (diagonal !== row && before[middle + diagonal - 1]! < before[middle + diagonal + 1]!);
      previousDiagonal = goesDown ? diagonal + 1 : diagonal - 1;
      start = goesDown ? before[middle + previousDiagonal]! : before[middle + previousDiagonal]! + 1;
    }
    while (one > start) {
      one--;
      other--;
      pairs.push([old[one]!, current[other]!]);
    }
    if (row > 0) {
      one = history[row - 1]![row + previousDiagonal]!;
      other = one - previousDiagonal;
    }
    diagonal = previousDiagonal;
  }
  return { pairs, isWhole, oldEnd, newEnd };
}

/** Of lines that both sides have exactly once, the most that stand in the same order on both (as in patience diff). */
function longestRising(
  old: readonly number[],
  current: readonly number[],
  oldLines: ArrayLike<number>,
  newLines: ArrayLike<number>,
): [old: number, current: number][] {
  const inNew = new Map(current.map((index) => [newLines[index]!, index]));
  const partners = old.map((index) => inNew.get(oldLines[index]!)!);
  /** For each length, the pair with the smallest partner that ends a rising row of that length. */
  const ends: number[] = [];
  const previous = new Int32Array(old.length).fill(-1);
  for (let index = 0; index < partners.length; index++) {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const half = (low + high) >> 1;
      if (partners[ends[half]!]! < partners[index]!) low = half + 1;
      else high = half;
    }
    if (low > 0) previous[index] = ends[low - 1]!;
    ends[low] = index;
  }
  const rising: [number, number][] = [];
  for (let index = ends.at(-1) ?? -1; index >= 0; index = previous[index]!) {
    rising.push([old[index]!, partners[index]!]);
  }
  return rising.reverse();
}
