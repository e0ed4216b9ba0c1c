/** Where the removed text of an edit is shown: within the new lines where they are alike, else behind them. */
import type { EditPaint } from "../session/decorations.ts";

export interface GhostText {
  /** Of the document. */
  line: number;
  /** Pieces of old text, each at a character of the line; `isTrailing` stands behind the line. */
  removed: { at: number; text: string; isTrailing: boolean }[];
  /** Pieces of the new line that the old one did not have. */
  inserted: { start: number; end: number }[];
  /** All the old lines of the hunk. */
  hover: readonly string[];
}

/** Characters of old text that one line shows; the hover shows all. */
const LONGEST = 120;
/** Two lines are shown as one with changes in it when at least this part of the longer one stayed. */
const ALIKE = 0.5;
/** Longer lines are not compared word by word. */
const LONGEST_COMPARED = 500;

export function ghostsOf({ removed, inserted }: EditPaint, lineText: (line: number) => string): GhostText[] {
  return removed.flatMap(({ line, isBelow, lines }) => {
    const newLines = inserted.find(({ startLine }) => startLine === line);
    if (newLines !== undefined && !isBelow) return withinLines(line, newLines.endLine, lines, lineText);
    // Nothing stands in their place: they are shown behind the line before, or at the very beginning of the text.
    const shownAt = isBelow ? line : Math.max(0, line - 1);
    const at = line === 0 && !isBelow ? 0 : lineText(shownAt).length;
    return [{ line: shownAt, removed: [{ at, text: joined(lines), isTrailing: true }], inserted: [], hover: lines }];
  });
}

/** Each new line shows the old one that stood in its place; the last one shows all that are left. */
function withinLines(
  start: number,
  end: number,
  lines: readonly string[],
  lineText: (line: number) => string,
): GhostText[] {
  const ghosts: GhostText[] = [];
  for (let line = start; line < end && line - start < lines.length; line++) {
    const text = lineText(line);
    const isLast = line === end - 1;
    const own = lines[line - start]!;
    const left = isLast ? lines.slice(line - start + 1) : [];
    const changes = compareWords(own, text);
    const removed = changes
      ? changes.removed.map((piece) => ({ ...piece, isTrailing: false }))
      : [{ at: text.length, text: joined([own, ...left]), isTrailing: true }];
    if (changes && left.length > 0) removed.push({ at: text.length, text: joined(left), isTrailing: true });
    ghosts.push({ line, removed, inserted: changes?.inserted ?? [], hover: lines });
  }
  return ghosts;
}

function joined(lines: readonly string[]): string {
  const text = lines.map((line) => line.trim()).join(" ⏎ ");
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text === "" ? "⏎" : text;
}

interface WordChanges {
  removed: { at: number; text: string }[];
  inserted: { start: number; end: number }[];
}

/** Words, runs of white space, and other signs one by one; letters of every script are words. */
const pieces = /[\p{L}\p{N}\p{M}_$]+|\s+|./gsu;

/** What changed within a line, or undefined when the two have too little in common to be read as one. */
export function compareWords(oldLine: string, newLine: string): WordChanges | undefined {
  if (Math.max(oldLine.length, newLine.length) > LONGEST_COMPARED) return undefined;
  const old = oldLine.match(pieces) ?? [];
  const fresh = newLine.match(pieces) ?? [];
  const kept = longestCommon(old, fresh);
  const same = kept.reduce((sum, [index]) => sum + old[index]!.trim().length, 0);
  const longer = Math.max(oldLine.replace(/\s/g, "").length, newLine.replace(/\s/g, "").length);
  if (same < longer * ALIKE) return undefined;
  const changes: WordChanges = { removed: [], inserted: [] };
  let oldAt = 0;
  let freshAt = 0;
  let character = 0;
  for (const [oldIndex, freshIndex] of [...kept, [old.length, fresh.length] as const]) {
    const gone = old.slice(oldAt, oldIndex).join("");
    const come = fresh.slice(freshAt, freshIndex).join("");
    if (gone !== "") changes.removed.push({ at: character, text: gone });
    if (come !== "") changes.inserted.push({ start: character, end: character + come.length });
    character += come.length + (fresh[freshIndex]?.length ?? 0);
    oldAt = oldIndex + 1;
    freshAt = freshIndex + 1;
  }
  return changes;
}

/** Pairs of indices of a longest common subsequence. */
function longestCommon(one: readonly string[], other: readonly string[]): [number, number][] {
  const width = other.length + 1;
  const lengths = new Uint16Array((one.length + 1) * width);
  for (let i = one.length - 1; i >= 0; i--) {
    for (let j = other.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        one[i] === other[j]
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!);
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < one.length && j < other.length; ) {
    if (one[i] === other[j]) pairs.push([i++, j++]);
    else if (lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!) i++;
    else j++;
  }
  return pairs;
}
