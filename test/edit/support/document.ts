/** A document as an editor holds it: edits come as one batch in its present coordinates, and it tells what changed. */
import { applyChange, compare, type TextChange } from "../../../src/edit/diff/text-range.ts";

export interface TestDocument {
  readonly text: string;
  /** Applies all at once and returns them as the editor tells them: from the last to the first. */
  change(changes: readonly TextChange[]): TextChange[];
}

export function createDocument(initial: string): TestDocument {
  let text = initial;
  return {
    get text() {
      return text;
    },
    change(changes) {
      const fromLast = changes.toSorted((one, other) => compare(other.range.start, one.range.start));
      for (const [index, change] of fromLast.entries()) {
        const next = fromLast[index + 1];
        if (next && compare(next.range.end, change.range.start) > 0)
          throw new Error("Overlapping ranges are not allowed");
        text = applyChange(text, change);
      }
      return fromLast;
    },
  };
}
