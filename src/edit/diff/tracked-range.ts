/** A range that keeps its place while a document around it changes; an idea of Cody's. */
import {
  applyChange,
  compare,
  endOf,
  isEmpty,
  position,
  shift,
  type TextChange,
  type TextRange,
  textAt,
} from "./text-range.ts";

export interface TrackedRange {
  range: TextRange;
  /** The change fell inside the range or over one of its ends. */
  touched: boolean;
}

/** Whether what is put exactly at an end of a range becomes part of it. */
export type AtEnds = "outside" | "inside";

/**
 * Where `range` lies after `change`. A change before it moves it, one behind it leaves it alone, and so do insertions
 * exactly at its ends, unless `atEnds` says otherwise. One inside makes it longer or shorter. Of a change over one of its
 * ends the new text stays outside, so that the range never holds text from elsewhere.
 */
export function trackRange(range: TextRange, change: TextChange, atEnds: AtEnds = "outside"): TrackedRange {
  const { start, end } = change.range;
  const startsInside = compare(start, range.start) >= 0;
  const endsInside = compare(end, range.end) <= 0;
  const isInside = startsInside && endsInside;
  if (!(isInside && atEnds === "inside")) {
    if (compare(end, range.start) <= 0) {
      return { range: { start: shift(range.start, change), end: shift(range.end, change) }, touched: false };
    }
    if (compare(start, range.end) >= 0) return { range, touched: false };
  }
  if (isInside) return { range: { start: range.start, end: shift(range.end, change) }, touched: true };
  const endOfText = endOf(start, change.text);
  if (endsInside) return { range: { start: endOfText, end: shift(range.end, change) }, touched: true };
  if (startsInside) return { range: { start: range.start, end: start }, touched: true };
  return { range: { start: endOfText, end: endOfText }, touched: true };
}

/** For a range of whole lines: blanks put right before it are the indentation of its first line, as a formatter does it. */
export function atEndsOfLines(range: TextRange, change: TextChange): AtEnds {
  const isIndentation = /^[\t ]+$/.test(change.text) && isEmpty(change.range) && !isEmpty(range);
  return isIndentation && compare(change.range.start, range.start) === 0 ? "inside" : "outside";
}

/** A tracked range and what stands in it, known without asking the document. */
export interface TrackedText {
  range: TextRange;
  text: string;
}

/** These lines, of which the first is `line` of the document. */
export function textFrom(line: number, lines: readonly string[]): TrackedText {
  const start = position(line, 0);
  const text = lines.join("\n");
  return { range: { start, end: endOf(start, text) }, text };
}

/** The changes before or behind a range of whole lines, and those that touch it; each in the order given. */
export function partChanges(
  changes: readonly TextChange[],
  lines: TextRange,
): [elsewhere: TextChange[], inside: TextChange[]] {
  const isElsewhere = (change: TextChange): boolean =>
    atEndsOfLines(lines, change) === "outside" &&
    (compare(change.range.end, lines.start) <= 0 || compare(change.range.start, lines.end) >= 0);
  return [changes.filter(isElsewhere), changes.filter((change) => !isElsewhere(change))];
}

export function trackText({ range, text }: TrackedText, change: TextChange, atEnds: AtEnds = "outside"): TrackedText {
  const tracked = trackRange(range, change, atEnds);
  if (!tracked.touched) return { range: tracked.range, text };
  const { start, end } = change.range;
  const startsInside = compare(start, range.start) >= 0;
  const endsInside = compare(end, range.end) <= 0;
  if (startsInside && endsInside) return { range: tracked.range, text: applyChange(text, change, range.start) };
  const kept = startsInside
    ? { start: range.start, end: start }
    : { start: endsInside ? end : range.end, end: range.end };
  return { range: tracked.range, text: textAt(text, kept, range.start) };
}
