/** A range that keeps its place while a document around it changes; an idea of Cody's. */
import { compare, endOf, shift, type TextChange, type TextRange } from "./text-range.ts";

export interface TrackedRange {
  range: TextRange;
  /** The change fell inside the range or over one of its ends. */
  touched: boolean;
}

/**
 * Where `range` lies after `change`. A change before it moves it, one behind it leaves it alone, and so do insertions
 * exactly at its ends: what is typed there stays outside. One inside makes it longer or shorter. Of a change over one
 * of its ends the new text stays outside too, so that the range never holds text from elsewhere.
 */
export function trackRange(range: TextRange, change: TextChange): TrackedRange {
  const { start, end } = change.range;
  if (compare(end, range.start) <= 0) {
    return { range: { start: shift(range.start, change), end: shift(range.end, change) }, touched: false };
  }
  if (compare(start, range.end) >= 0) return { range, touched: false };
  const startsInside = compare(start, range.start) >= 0;
  const endsInside = compare(end, range.end) <= 0;
  const endOfText = endOf(start, change.text);
  if (startsInside && endsInside) {
    return { range: { start: range.start, end: shift(range.end, change) }, touched: true };
  }
  if (endsInside) return { range: { start: endOfText, end: shift(range.end, change) }, touched: true };
  if (startsInside) return { range: { start: range.start, end: start }, touched: true };
  return { range: { start: endOfText, end: endOfText }, touched: true };
}
