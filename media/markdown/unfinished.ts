// Calms inline text whose end has not arrived: open markup is shown as if closed, half markup is not shown at all.
import type { Bracket, BracketStack } from "./brackets.ts";
import type { DelimiterStack } from "./emphasis.ts";
import type { Piece, Wrapper } from "./pieces.ts";

/** What of the parser's work is looked at here. */
export interface InlineState {
  readonly source: string;
  readonly pieces: Piece[];
  readonly delimiters: DelimiterStack;
  readonly brackets: BracketStack;
  /** The first position whose meaning text to come could change. */
  readonly firstOpen: number;
}

/** Characters at the very end that the next one may turn into markup: a run of delimiters, half an entity, a backslash. */
const halfMarkup = /(?:[*_~`]+|&#?[A-Za-z0-9]{0,31}|\\|<(?:[A-Za-z][A-Za-z0-9.+-]{0,31})?|!?\[)$/;
/** What may lie between a link text and the end of the text while its target arrives. */
const halfTarget = /^(?:\(\s*(?:<[^<>\n]*>?|[^\s<][^\s]*)?(?:\s+(?:"[^"]*"?|'[^']*'?|\([^()]*\)?)?\s*)?|\[[^[\]]*)?$/;
const longestOpenLink = 500;

export function withoutHalfMarkup(source: string): string {
  let end = source.length;
  // Two rounds: `**` behind which a space arrived is kept, but `[**` is half markup twice over.
  for (let round = 0; round < 2; round++) {
    const half = halfMarkup.exec(source.slice(Math.max(0, end - 40), end));
    if (!half) break;
    end -= half[0].length;
  }
  return source.slice(0, end).trimEnd();
}

/** An open code span behind a letter is more likely an apostrophe gone wrong. */
export function codeMayBeOpen(source: string, position: number, contentStart: number): boolean {
  return contentStart < source.length && !/[A-Za-z0-9]/.test(source[position - 1] ?? "");
}

/** True if what follows a `]` is nothing yet or half a link target. */
export function targetMayFollow(rest: string): boolean {
  return rest.length <= longestOpenLink && halfTarget.test(rest);
}

/** The text of `<https://…` before its `>`. */
export function openAddress(source: string, position: number): string | undefined {
  return /^[A-Za-z][A-Za-z0-9.+-]{1,31}:[^<>\0-\x20]*$/.exec(source.slice(position + 1, position + 1000))?.[0];
}

/** Emphasis that is still open is shown from its opener on. A single `*` inside a word is left alone: it is arithmetic. */
export function openEmphasis(parser: InlineState): void {
  for (let entry = parser.delimiters.top; entry; entry = entry.previous) {
    const insideWord = /[A-Za-z0-9]/.test(parser.source[entry.position - 1] ?? "");
    if (!entry.canOpen || entry.count > 3) continue;
    if (entry.count === 1 && (insideWord || entry.character === "~")) continue;
    const wrappers: Wrapper[] = [];
    if (entry.character === "~") wrappers.push({ type: "strikethrough" });
    else {
      if (entry.count !== 2) wrappers.push({ type: "emphasis" });
      if (entry.count >= 2) wrappers.push({ type: "strong" });
    }
    entry.piece.text = "";
    entry.piece.opens.push(...wrappers);
    closeAtEnd(parser, wrappers.length);
  }
}

function closeAtEnd(parser: InlineState, count: number): void {
  parser.pieces.push({
    text: "",
    position: parser.source.length,
    closes: count,
    opens: [],
    verbatim: false,
    unlinked: false,
  });
}

/** A bracket right behind a word is an index, not a link. */
export function isIndex(bracket: Bracket, source: string): boolean {
  return !bracket.image && /[A-Za-z0-9_\])]/.test(source[bracket.piece.position - 1] ?? "");
}

/** A bracket that is still open is probably a link: its text is shown without it. */
export function hideOpenBrackets(parser: InlineState): void {
  for (let bracket: Bracket | undefined = parser.brackets.top; bracket; bracket = bracket.previous) {
    const { source } = parser;
    if (!isIndex(bracket, source) && source.length - bracket.position <= longestOpenLink) bracket.piece.text = "";
  }
}

/**
 * How much of the source can be set aside: up to a space outside all markup, before everything that may still open,
 * and before the last word. Parsing the two parts apart then gives what parsing the whole gives.
 */
export function settledLength(parser: InlineState): number {
  const { source } = parser;
  let limit = Math.min(parser.firstOpen, source.length - 1);
  for (let entry = parser.delimiters.top; entry; entry = entry.previous) {
    if (entry.canOpen) limit = Math.min(limit, entry.position);
  }
  for (let bracket = parser.brackets.top; bracket; bracket = bracket.previous) {
    limit = Math.min(limit, bracket.piece.position);
  }
  let settled = 0;
  let depth = 0;
  for (const piece of parser.pieces) {
    if (piece.position >= limit) break;
    depth -= piece.closes;
    if (depth === 0 && piece.verbatim) {
      const text = source.slice(piece.position, Math.min(piece.position + piece.text.length, limit));
      const space = text.replace(/ +$/, "").lastIndexOf(" ");
      if (space >= 0) settled = piece.position + space + 1;
    }
    depth += piece.opens.length;
  }
  return settled;
}
