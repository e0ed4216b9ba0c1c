// Reads the rows of GFM tables: delimiter rows and the cells of any row.
import type { Alignment } from "./nodes.ts";

const delimiterRow = /^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;

/** More columns than this make no table, and more filled cells than this are not added: rows of one character must stay cheap. */
const mostColumns = 200;
export const mostFilledCells = 2000;

/** The alignments a delimiter row gives, or nothing if the line is none. A row without `|` and `:` underlines a heading. */
export function parseDelimiterRow(line: string): Alignment[] | undefined {
  if (!/[:|]/.test(line) || !delimiterRow.test(line)) return undefined;
  const cells = splitCells(line);
  if (cells.length > mostColumns) return undefined;
  return cells.map((cell) => {
    const left = cell.startsWith(":");
    const right = cell.endsWith(":");
    if (left && right) return "center";
    return left ? "left" : right ? "right" : undefined;
  });
}

/** Splits a row at its unescaped `|`, as far as it is asked; `\|` is a `|` inside a cell, even in code. */
export function splitCells(row: string, most = mostColumns + 1): string[] {
  const cells: string[] = [];
  let start = 0;
  let escaped = false;
  const text = row.trim();
  const push = (end: number) => {
    const cell = text.slice(start, end).trim();
    cells.push(escaped ? cell.replaceAll("\\|", "|") : cell);
    escaped = false;
  };
  for (let index = 0; index < text.length && cells.length < most; index++) {
    const character = text.charCodeAt(index);
    if (character === 0x5c && text[index + 1] === "|") {
      escaped = true;
      index++;
    } else if (character === 0x7c) {
      if (index > 0) push(index);
      start = index + 1;
    }
  }
  if (start < text.length && cells.length < most) push(text.length);
  return cells;
}

/** True if a paragraph of one line is probably the header of a table whose delimiter row has not arrived. */
export function looksLikeHeader(content: string): boolean {
  return content.startsWith("|") && content.length > 1 && !content.includes("\n");
}
