/** Whole lines of a text: ranges that are put together, and the block around a line as its indentation shows it. */

/** Counted from 0; both lines belong to it. */
export interface LineRange {
  first: number;
  last: number;
}

/** In the order of the text; those that overlap or touch become one. */
export function mergeRanges(ranges: readonly LineRange[]): LineRange[] {
  const merged: LineRange[] = [];
  for (const range of [...ranges].sort((one, other) => one.first - other.first)) {
    const before = merged.at(-1);
    if (before && range.first <= before.last + 1) before.last = Math.max(before.last, range.last);
    else merged.push({ ...range });
  }
  return merged;
}

/** What a line must begin with to close what another line at its indentation has opened. */
const CLOSER = /^\s*(?:[)\]}]|<\/|end\b)/;

/**
 * The innermost block around a line: a line, all that is indented deeper below it, and the line that closes it. Between
 * the blocks at the left margin it is the paragraph; on a blank line that is in no block, only that line.
 */
export function blockAround(lines: readonly string[], line: number, tabSize = 4): LineRange {
  const blank = (at: number): boolean => lines[at]!.trim() === "";
  const closes = (at: number): boolean => CLOSER.test(lines[at] ?? "");
  /** Beyond the ends of the text everything lies at the left margin. */
  const depth = (at: number): number => indentation(lines[at] ?? "", tabSize);
  /** The nearest line in a direction that is not blank; one beyond the end when there is none. */
  const next = (from: number, step: 1 | -1): number => {
    let at = from + step;
    while (at >= 0 && at < lines.length && blank(at)) at += step;
    return at;
  };
  /** The nearest line above that lies less deep; -1 when there is none. */
  const openerOf = (at: number, inside: number): number => {
    let above = next(at, -1);
    while (above >= 0 && depth(above) >= inside) above = next(above, -1);
    return above;
  };
  /** A blank line lies as deep as what it is among: behind a line that opens, before one that closes. */
  const depthOfBlank = (at: number): number => {
    const [above, below] = [next(at, -1), next(at, 1)];
    return closes(below) ? Math.max(depth(above), depth(below)) : depth(below);
  };

  const here = blank(line) ? depthOfBlank(line) : depth(line);
  const isEdge = !blank(line) && (depth(next(line, 1)) > here || closes(line));
  let first = isEdge ? line : here > 0 ? openerOf(line, here) : -1;
  if (first < 0) return paragraph(lines, line);
  // A line such as "} else {" or ") {" goes on with what was opened above it.
  while (closes(first)) {
    const above = openerOf(first, depth(first) + 1);
    if (above < 0 || depth(above) < depth(first)) break;
    first = above;
  }
  let last = first;
  for (let at = next(first, 1); at < lines.length; at = next(at, 1)) {
    if (depth(at) < depth(first) || (depth(at) === depth(first) && !closes(at))) break;
    last = at;
  }
  // A blank line at the end of a block that closes further out is still this block's.
  return { first, last: Math.max(last, line) };
}

/** The lines around one up to the next blank ones. */
function paragraph(lines: readonly string[], line: number): LineRange {
  const written = (at: number): boolean => (lines[at] ?? "").trim() !== "";
  const range = { first: line, last: line };
  if (!written(line)) return range;
  while (written(range.first - 1)) range.first--;
  while (written(range.last + 1)) range.last++;
  return range;
}

/** The column of the first character that is not white space. */
function indentation(text: string, tabSize: number): number {
  let column = 0;
  for (const character of text) {
    if (character === "\t") column += tabSize - (column % tabSize);
    else if (character === " ") column++;
    else break;
  }
  return column;
}
