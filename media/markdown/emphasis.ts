// Pairs the delimiter runs of emphasis, strong emphasis and strikethrough (CommonMark's appendix, with GFM's `~`).
import { characterAt, characterBefore, isPunctuation } from "./characters.ts";
import type { Piece } from "./pieces.ts";

export interface Delimiter {
  readonly character: string;
  /** Length of the run as written, which the rule of multiples of three asks for. */
  readonly length: number;
  /** How much of it is not used yet. */
  count: number;
  readonly position: number;
  readonly piece: Piece;
  readonly canOpen: boolean;
  readonly canClose: boolean;
  previous: Delimiter | undefined;
  next: Delimiter | undefined;
}

const cjkLetter = /^[\p{sc=Hangul}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u;

/** Left and right flanking, as section 6.2 defines them; tildes are looked through, as GitHub does. */
export function flanking(
  source: string,
  start: number,
  end: number,
  cjk = false,
): { canOpen: boolean; canClose: boolean } {
  let outerStart = start;
  let outerEnd = end;
  while (source[outerStart - 1] === "~") outerStart--;
  while (source[outerEnd] === "~") outerEnd++;
  const before = characterBefore(source, outerStart);
  const after = characterAt(source, outerEnd);
  const spaceBefore = before === "" || /^\s/.test(before);
  const spaceAfter = after === "" || /^\s/.test(after);
  const punctuationBefore = isPunctuation(before);
  const punctuationAfter = isPunctuation(after);
  // These scripts put no space between words, so that `**강조(설명)**는` would never close: the letter counts as a space.
  const wordless = cjk && source[start] !== "_";
  const wordlessBefore = wordless && cjkLetter.test(before);
  const wordlessAfter = wordless && cjkLetter.test(after);
  const left = !spaceAfter && (!punctuationAfter || spaceBefore || punctuationBefore || wordlessBefore);
  const right = !spaceBefore && (!punctuationBefore || spaceAfter || punctuationAfter || wordlessAfter);
  if (source[start] !== "_") return { canOpen: left, canClose: right };
  return { canOpen: left && (!right || punctuationBefore), canClose: right && (!left || punctuationAfter) };
}

/** The delimiter runs that are not paired yet, oldest first. */
export class DelimiterStack {
  top: Delimiter | undefined;

  push(delimiter: Omit<Delimiter, "previous" | "next">): void {
    const entry: Delimiter = { ...delimiter, previous: this.top, next: undefined };
    if (this.top) this.top.next = entry;
    this.top = entry;
  }

  /** Pairs everything above `bottom` and takes it off the stack. With `keep`, what may still open stays. */
  pair(bottom: Delimiter | undefined, keep = false): void {
    /** Where the search for an opener of a kind was in vain, by position: no run is searched twice. */
    const searchedDownTo = new Map<string, number>();
    let closer = this.firstAbove(bottom);
    while (closer) {
      if (!closer.canClose) {
        closer = closer.next;
        continue;
      }
      const key = `${closer.character}${closer.canOpen}${closer.character === "~" ? closer.length : closer.length % 3}`;
      const opener = findOpener(closer, bottom, searchedDownTo.get(key) ?? -1);
      if (opener) {
        closer = this.use(opener, closer);
        continue;
      }
      searchedDownTo.set(key, closer.previous?.position ?? -1);
      const next: Delimiter | undefined = closer.next;
      if (!closer.canOpen) this.remove(closer);
      closer = next;
    }
    if (keep) return;
    this.top = bottom;
    if (bottom) bottom.next = undefined;
  }

  private firstAbove(bottom: Delimiter | undefined): Delimiter | undefined {
    let first: Delimiter | undefined;
    for (let entry = this.top; entry && entry !== bottom; entry = entry.previous) first = entry;
    return first;
  }

  /** Pairs two runs as far as both reach once; gives the next closer to look at. */
  private use(opener: Delimiter, closer: Delimiter): Delimiter | undefined {
    const strikethrough = closer.character === "~";
    const used = strikethrough ? closer.count : closer.count >= 2 && opener.count >= 2 ? 2 : 1;
    opener.count -= used;
    closer.count -= used;
    opener.piece.text = opener.piece.text.slice(used);
    closer.piece.text = closer.piece.text.slice(used);
    opener.piece.opens.push({ type: strikethrough ? "strikethrough" : used === 2 ? "strong" : "emphasis" });
    closer.piece.closes++;
    opener.next = closer;
    closer.previous = opener;
    if (opener.count === 0) this.remove(opener);
    if (closer.count > 0) return closer;
    const { next } = closer;
    this.remove(closer);
    return next;
  }

  private remove(entry: Delimiter): void {
    if (entry.previous) entry.previous.next = entry.next;
    if (entry.next) entry.next.previous = entry.previous;
    else this.top = entry.previous;
  }
}

function findOpener(closer: Delimiter, bottom: Delimiter | undefined, above: number): Delimiter | undefined {
  for (let entry = closer.previous; entry && entry !== bottom && entry.position > above; entry = entry.previous) {
    if (entry.character !== closer.character || !entry.canOpen) continue;
    if (closer.character === "~") {
      if (entry.length === closer.length) return entry;
      continue;
    }
    const eitherDoesBoth = closer.canOpen || entry.canClose;
    const multiplesOfThree = closer.length % 3 === 0 || (entry.length + closer.length) % 3 !== 0;
    if (!eitherDoesBoth || multiplesOfThree) return entry;
  }
  return undefined;
}
