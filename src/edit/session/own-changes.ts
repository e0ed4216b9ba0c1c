/** Tells the changes of a document that an edit made itself from those that came in between. */
import { compare, splitLines, type TextChange } from "../diff/text-range.ts";

/**
 * `isOwn` when all of `given` are among `changes`, whatever their order and line ends. An editor may add others to them
 * in the same moment, such as trimming white space it had put in itself.
 */
export function partOwnChanges(
  changes: readonly TextChange[],
  given: readonly TextChange[],
): { isOwn: boolean; others: TextChange[] } {
  const others = [...changes];
  for (const expected of given) {
    const index = others.findIndex((change) => isSame(change, expected));
    if (index === -1) return { isOwn: false, others: [...changes] };
    others.splice(index, 1);
  }
  return { isOwn: given.length > 0, others };
}

function isSame(one: TextChange, other: TextChange): boolean {
  return (
    compare(one.range.start, other.range.start) === 0 &&
    compare(one.range.end, other.range.end) === 0 &&
    splitLines(one.text).join("\n") === splitLines(other.text).join("\n")
  );
}
