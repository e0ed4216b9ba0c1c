/** Places in a text by line and character, as editors count them; so the line ends of a document do not matter. */

export interface TextPosition {
  line: number;
  character: number;
}

/** `end` is not part of it. */
export interface TextRange {
  start: TextPosition;
  end: TextPosition;
}

/** What stood at `range` is, or shall be, `text`. */
export interface TextChange {
  range: TextRange;
  text: string;
}

export function position(line: number, character: number): TextPosition {
  return { line, character };
}

/** Negative when `one` comes first, 0 when they are the same place. */
export function compare(one: TextPosition, other: TextPosition): number {
  return one.line - other.line || one.character - other.character;
}

export function isEmpty(range: TextRange): boolean {
  return compare(range.start, range.end) === 0;
}

/** The lines of a text; never none, since an empty text is one empty line. */
export function splitLines(text: string): string[] {
  return text.split(/\r\n|\r|\n/);
}

/** Where `text` ends when it begins at `start`. */
export function endOf(start: TextPosition, text: string): TextPosition {
  const lines = splitLines(text);
  const last = lines.at(-1)!.length;
  return lines.length === 1
    ? position(start.line, start.character + last)
    : position(start.line + lines.length - 1, last);
}

/** Where a place at or behind the end of a change lies after it. */
export function shift(place: TextPosition, { range, text }: TextChange): TextPosition {
  const end = endOf(range.start, text);
  return place.line === range.end.line
    ? position(end.line, end.character + place.character - range.end.character)
    : position(place.line + end.line - range.end.line, place.character);
}

/** `text` after `change`, both counted from `origin`, where the text begins. The change must lie within the text. */
export function applyChange(text: string, change: TextChange, origin = position(0, 0)): string {
  const start = offsetAt(text, change.range.start, origin);
  const end = offsetAt(text, change.range.end, origin);
  return text.slice(0, start) + change.text + text.slice(end);
}

/** The part of `text` that stands at `range` when the text begins at `origin`. */
export function textAt(text: string, range: TextRange, origin = position(0, 0)): string {
  return text.slice(offsetAt(text, range.start, origin), offsetAt(text, range.end, origin));
}

function offsetAt(text: string, place: TextPosition, origin: TextPosition): number {
  const lineEnd = /\r\n|\r|\n/g;
  for (let line = origin.line; line < place.line; line++) {
    if (lineEnd.exec(text) === null) return text.length;
  }
  return lineEnd.lastIndex + place.character - (place.line === origin.line ? origin.character : 0);
}
