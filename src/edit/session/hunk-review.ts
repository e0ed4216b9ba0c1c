/** The hunks of an edit while a person decides on them, each keeping its place under whatever else is typed. */
import { type Hunk, hunksOf, hunkText } from "../diff/hunks.ts";
import type { DiffLine } from "../diff/line-diff.ts";
import { applyChange, compare, isEmpty, type TextChange, type TextRange, textAt } from "../diff/text-range.ts";
import { type AtEnds, atEndsOfLines, type TrackedText, trackRange, trackText } from "../diff/tracked-range.ts";
import type { LineAnchor } from "../diff/whole-lines.ts";

export interface ReviewHunk {
  id: number;
  anchor: LineAnchor;
  range: TextRange;
  oldText: string;
  newText: string;
  oldLines: readonly string[];
  newLines: readonly string[];
  decision: "undecided" | "accepted" | "rejected";
  /** Which of its texts stands in the document: a rejected one holds the new text until the change is applied. */
  holds: "old" | "new";
  touched: boolean;
}

export interface HunkReview {
  readonly hunks: readonly ReviewHunk[];
  /** All that was edited, decided or not. */
  readonly region: TrackedText;
  /** The text of the region when everything that is undecided is rejected. */
  rejectedText(): string;
  decide(decision: "accepted" | "rejected", id?: number): void;
  /** What puts the old lines of rejected hunks back, from top to bottom. */
  next(): TextChange[];
  /** What `next` last gave is in the document now. */
  settle(): void;
  /** Someone else changed the document. */
  follow(change: TextChange, isUndo: boolean): void;
}

export function createHunkReview(diff: readonly DiffLine[], text: TrackedText): HunkReview {
  const newLines = diff.filter(({ type }) => type !== "old").map(({ line }) => line);
  const hunks = hunksOf(diff).map((hunk, id) => reviewHunk(hunk, id, newLines, text));
  let region = text;
  let given: ReviewHunk[] = [];
  const restored = ({ range, oldText }: ReviewHunk): TextChange => ({ range, text: oldText });

  return {
    hunks,
    get region() {
      return region;
    },
    rejectedText() {
      const undecided = hunks.filter(({ decision, holds }) => decision !== "accepted" && holds === "new");
      // From the last to the first, so that the places of those before stay true.
      return undecided.reduceRight((text, hunk) => applyChange(text, restored(hunk), region.range.start), region.text);
    },
    decide(decision, id) {
      for (const hunk of hunks) {
        if (hunk.decision === "undecided" && (id === undefined || hunk.id === id)) hunk.decision = decision;
      }
    },
    next() {
      given = [];
      for (const hunk of hunks) {
        if (hunk.decision !== "rejected" || hunk.holds === "old") continue;
        // Two that meet in one place go one after the other: an editor may not keep their order.
        const last = given.at(-1);
        if (last === undefined || compare(last.range.end, hunk.range.start) < 0) given.push(hunk);
      }
      return given.map(restored);
    },
    settle() {
      // From the last to the first, so that the places of those before stay true.
      for (const hunk of given.toReversed()) {
        const change = restored(hunk);
        region = trackText(region, change, "inside");
        hunk.range = trackRange(hunk.range, change, "inside").range;
        hunk.holds = "old";
        for (const later of hunks.slice(hunk.id + 1)) later.range = trackRange(later.range, change).range;
      }
      given = [];
    },
    follow(change, isUndo) {
      // An undone change of ours may have begun or ended where the range does.
      const atEnds = (range: TextRange, anchor?: LineAnchor): AtEnds =>
        isUndo ? "inside" : anchor === "below" ? "outside" : atEndsOfLines(range, change);
      const isAtBeginning = compare(change.range.end, region.range.start) <= 0;
      region = trackText(region, change, atEnds(region.range));
      for (const hunk of hunks) {
        // Lines are gone here: they come back before what is typed in their place, unless it stands before the whole edit.
        if (!isUndo && !isAtBeginning && isInsertionAt(change, hunk.range)) continue;
        const isInside =
          compare(change.range.start, hunk.range.start) >= 0 && compare(change.range.end, hunk.range.end) <= 0;
        const { range, touched } = trackRange(hunk.range, change, atEnds(hunk.range, hunk.anchor));
        hunk.range = range;
        if (!touched) continue;
        hunk.touched = true;
        // What a person wrote over the edge of a hunk cannot be told from it any more, so it stands.
        if (!isInside && hunk.decision === "undecided") hunk.decision = "accepted";
      }
      if (isUndo) for (const hunk of hunks) recognise(hunk, textAt(region.text, hunk.range, region.range.start));
    },
  };
}

/** The range is empty, and the change puts something exactly there. */
function isInsertionAt(change: TextChange, range: TextRange): boolean {
  return isEmpty(range) && isEmpty(change.range) && compare(change.range.start, range.start) === 0;
}

function reviewHunk(hunk: Hunk, id: number, newLines: readonly string[], { range }: TrackedText): ReviewHunk {
  const { oldLines, newLines: ownLines } = hunk;
  const text = hunkText(hunk, newLines, range.start);
  return { id, ...text, oldLines, newLines: ownLines, decision: "undecided", holds: "new", touched: false };
}

/** After an undo or redo: a hunk holds again what it held before a decision, or after it. */
function recognise(hunk: ReviewHunk, text: string): void {
  const normal = text.replaceAll("\r\n", "\n");
  if (hunk.holds === "old" && normal === hunk.newText) {
    hunk.holds = "new";
    hunk.decision = "undecided";
  } else if (hunk.holds === "new" && normal === hunk.oldText) {
    hunk.holds = "old";
    hunk.decision = "rejected";
  }
}
