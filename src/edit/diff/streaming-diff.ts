/** Compares old lines with new ones while these still arrive, line by line. */
import { type DiffLine, diffNumberedLines } from "./line-diff.ts";
import { createLineNumbers, isTrivial } from "./line-numbers.ts";

export interface StreamingDiff {
  /** What is now certain, in order. The results of all calls and of `end` together obey the laws of a diff. */
  push(newLine: string): DiffLine[];
  /** What was still held, and the old lines that were not reached. */
  end(): DiffLine[];
  /** After `end`: the same texts compared anew as a whole, with fewer changes and tidier hunks. */
  final(): DiffLine[];
}

/** Lines that are held at most while it is unsure whether they continue the old text. */
const MOST_HELD = 16;
/** Places of one line that are tried. */
const MOST_PLACES = 32;

/**
 * New lines are told at once, unless they stand in the old text ahead: then they are held until enough of them in a row
 * do, and the old lines up to there are told as gone. Nothing told is ever taken back.
 */
export function createStreamingDiff(oldLines: readonly string[]): StreamingDiff {
  const numbers = createLineNumbers();
  const old = oldLines.map(numbers.of);
  const { first, next, weights } = index(oldLines, old, numbers.count);
  const newLines: string[] = [];
  const current: number[] = [];
  /** The first old line not told. */
  let at = 0;
  /** How many of the last new lines are held. */
  let held = 0;
  let isInHunk = false;

  const tellSame = (place: number, length: number, told: DiffLine[]): void => {
    while (at < place) told.push({ type: "old", line: oldLines[at++]! });
    for (let count = 0; count < length; count++) told.push({ type: "same", line: oldLines[at++]! });
    held -= length;
    isInHunk = false;
  };
  const tellNew = (told: DiffLine[]): void => {
    told.push({ type: "new", line: newLines[newLines.length - held--]! });
    isInHunk = true;
  };
  /** The nearest place ahead where all held lines stand in a row. */
  const findHeld = (): number => {
    const from = current.length - held;
    const number = current[from]!;
    let place = first[number] ?? -1;
    while (place !== -1 && place < at) place = next[place]!;
    if (first[number] !== undefined) first[number] = place;
    for (let tries = 0; place !== -1 && tries < MOST_PLACES; tries++) {
      let length = 1;
      while (length < held && old[place + length] === current[from + length]) length++;
      if (length === held) return place;
      place = next[place]!;
    }
    return -1;
  };
  const weightOfHeld = (place: number): number => {
    let sum = 0;
    for (let offset = 0; offset < held; offset++) sum += weights[place + offset]!;
    return sum;
  };

  return {
    push(line) {
      const number = numbers.of(line);
      newLines.push(line);
      current.push(number);
      held++;
      const told: DiffLine[] = [];
      if (held === 1 && !isInHunk && old[at] === number) {
        tellSame(at, 1, told);
        return told;
      }
      while (held > 0) {
        const place = findHeld();
        if (place === -1 || held > MOST_HELD) tellNew(told);
        else if (weightOfHeld(place) >= neededWeight(place - at)) tellSame(place, held, told);
        else break;
      }
      return told;
    },
    end() {
      const told: DiffLine[] = [];
      const place = old.length - held;
      const isTail =
        place >= at && current.slice(current.length - held).every((number, i) => old[place + i] === number);
      if (held > 0 && isTail) tellSame(place, held, told);
      while (held > 0) tellNew(told);
      while (at < oldLines.length) told.push({ type: "old", line: oldLines[at++]! });
      return told;
    },
    final: () => diffNumberedLines(oldLines, newLines, old, current, numbers.count),
  };
}

/** The farther the jump, the surer it must be: lines between that come later after all could no longer be matched. */
function neededWeight(distance: number): number {
  // The very line that is awaited may be one of two.
  if (distance === 0) return 1;
  if (distance <= 50) return 2;
  return distance <= 500 ? 4 : 8;
}

/** For each line number its first place, for each place the next one with the same line, and what each tells. */
function index(lines: readonly string[], numbers: readonly number[], count: number) {
  const first: number[] = new Array(count).fill(-1);
  const next = new Int32Array(lines.length);
  for (let place = lines.length - 1; place >= 0; place--) {
    const number = numbers[place]!;
    next[place] = first[number]!;
    first[number] = place;
  }
  const counts = new Int32Array(count);
  for (const number of numbers) counts[number]!++;
  // A rare line tells its place by itself; common ones do only when many stand in a row.
  const weights = lines.map((line, place) => (isTrivial(line) ? 0 : Math.max(2 / counts[numbers[place]!]!, 0.25)));
  return { first, next, weights };
}
