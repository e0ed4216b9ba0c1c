// What may begin a block on a line, tried in CommonMark's order.
import { skipQuoteMarker } from "./block-continue.ts";
import { isSpaceOrTab, type LineCursor } from "./cursor.ts";
import { htmlBlockKind, longestMarkupLine } from "./html-patterns.ts";
import type { Block, BlockType, ListMarker } from "./nodes.ts";
import { parseDelimiterRow, splitCells } from "./table-rows.ts";

/** The part of the block parser that the starts use. */
export interface StartContext {
  readonly cursor: LineCursor;
  readonly tip: Block;
  /** True if the line belongs to every open block. */
  readonly allMatched: boolean;
  closeUnmatched(): void;
  add(type: BlockType): Block;
  /** Takes link reference definitions off the beginning of a paragraph. */
  takeDefinitions(paragraph: Block): void;
  touch(block: Block): void;
}

/** Deeper containers are text: no person reads them, and the page must not nest without bound. */
const deepestContainer = 40;

/** "leaf": the rest of the line is its text; "line": the whole line was markup. */
export type Start = "none" | "container" | "leaf" | "line";

const maybeStart = /^[#`~*+_=<>0-9:|-]/;
const headingMarker = /^#{1,6}(?:[ \t]+|$)/;
const openingFence = /^(?:`{3,}(?!.*`)|~{3,})/;
const underline = /^(?:=+|-+)[ \t]*$/;
const rule = /^(?:(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|(?:-[ \t]*){3,})$/;
const listMarker = /^(?:[*+-]|(\d{1,9})([.)]))/;

export function startBlock(context: StartContext, container: Block): Start {
  const { cursor } = context;
  if (cursor.indented) return startIndentedCode(context);
  const rest = cursor.rest;
  if (!maybeStart.test(rest)) return "none";
  if (rest[0] === ">") return startQuote(context, container);
  if (rest[0] === "#") return startHeading(context, rest);
  if (rest[0] === "`" || rest[0] === "~") return startFence(context, rest);
  if (rest[0] === "<") return startHtml(context, container, rest);
  if (container.type === "paragraph" && underline.test(rest) && underlineParagraph(context, container, rest))
    return "line";
  if (rule.test(rest)) {
    context.closeUnmatched();
    context.add("rule");
    return "line";
  }
  if (startItem(context, container, rest)) return "container";
  return container.type === "paragraph" && startTable(context, container, rest) ? "line" : "none";
}

function startQuote(context: StartContext, container: Block): Start {
  if (container.depth >= deepestContainer) return "none";
  skipQuoteMarker(context.cursor);
  context.closeUnmatched();
  context.add("quote");
  return "container";
}

function startHeading(context: StartContext, rest: string): Start {
  const marker = headingMarker.exec(rest);
  if (!marker) return "none";
  context.cursor.skipToNonspace();
  context.cursor.skipCharacters(marker[0].length);
  context.closeUnmatched();
  context.add("heading").level = marker[0].trimEnd().length;
  return "leaf";
}

function startFence(context: StartContext, rest: string): Start {
  const fence = openingFence.exec(rest);
  if (!fence || rest.length > longestMarkupLine) return "none";
  const indent = context.cursor.indent;
  context.closeUnmatched();
  const block = context.add("code");
  block.fence = { character: rest[0]!, length: fence[0].length, indent };
  block.info = rest.slice(fence[0].length).trim();
  return "line";
}

function startHtml(context: StartContext, container: Block, rest: string): Start {
  const kind = htmlBlockKind(rest);
  if (kind === 0) return "none";
  const maybeLazy = !context.allMatched && context.tip.type === "paragraph";
  if (kind === 7 && (container.type === "paragraph" || maybeLazy)) return "none";
  context.closeUnmatched();
  context.add("html").htmlKind = kind;
  return "leaf";
}

function underlineParagraph(context: StartContext, paragraph: Block, rest: string): boolean {
  context.takeDefinitions(paragraph);
  if (paragraph.content === "") return false;
  paragraph.type = "heading";
  paragraph.level = rest[0] === "=" ? 1 : 2;
  paragraph.underlined = true;
  context.touch(paragraph);
  return true;
}

function startItem(context: StartContext, container: Block, rest: string): boolean {
  const marker = readListMarker(context.cursor, container, rest);
  if (!marker) return false;
  context.closeUnmatched();
  let list = context.tip;
  if (list.type !== "list" || !sameList(list.list!, marker)) {
    list = context.add("list");
    list.list = marker;
  }
  context.add("item").list = marker;
  return true;
}

function sameList(one: ListMarker, other: ListMarker): boolean {
  return one.ordered === other.ordered && one.delimiter === other.delimiter;
}

function readListMarker(cursor: LineCursor, container: Block, rest: string): ListMarker | undefined {
  const found = listMarker.exec(rest);
  if (!found || container.depth >= deepestContainer) return undefined;
  const length = found[0].length;
  if (length < rest.length && !isSpaceOrTab(rest[length])) return undefined;
  const start = found[1] === undefined ? 0 : Number(found[1]);
  const interrupts = container.type === "paragraph";
  if (interrupts && ((found[1] !== undefined && start !== 1) || rest.slice(length).trim() === "")) return undefined;

  const markerOffset = cursor.indent;
  cursor.skipToNonspace();
  cursor.skipCharacters(length);
  const afterMarker = cursor.save();
  const column = cursor.column;
  do cursor.skipColumns(1);
  while (cursor.column - column < 5 && isSpaceOrTab(cursor.line[cursor.offset]));
  const spaces = cursor.column - column;
  const blankItem = cursor.offset >= cursor.line.length;
  let padding = length + spaces;
  if (spaces >= 5 || spaces < 1 || blankItem) {
    padding = length + 1;
    cursor.restore(afterMarker);
    cursor.skipOneSpace();
  }
  return { ordered: found[1] !== undefined, delimiter: found[2] ?? found[0], start, markerOffset, padding };
}

/** The last line of the paragraph becomes the header of a table if the line is a delimiter row of as many cells. */
function startTable(context: StartContext, paragraph: Block, rest: string): boolean {
  const alignments = parseDelimiterRow(rest);
  if (!alignments) return false;
  const lineStart = paragraph.content.lastIndexOf("\n") + 1;
  const header = paragraph.content.slice(lineStart);
  if (splitCells(header).length !== alignments.length) return false;
  context.closeUnmatched();
  let table = paragraph;
  if (lineStart === 0) {
    table.type = "table";
    table.content = "";
  } else {
    paragraph.content = paragraph.content.slice(0, lineStart - 1);
    table = context.add("table");
    table.startLine--;
  }
  table.alignments = alignments;
  context.touch(paragraph);
  context.add("row").content = header;
  return true;
}

function startIndentedCode(context: StartContext): Start {
  if (context.tip.type === "paragraph" || context.cursor.blank) return "none";
  context.cursor.skipColumns(4);
  context.closeUnmatched();
  context.add("code");
  return "leaf";
}
