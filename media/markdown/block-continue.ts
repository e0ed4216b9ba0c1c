// Says whether a line goes on with an open block, and which blocks lie in which.
import { isSpaceOrTab, type LineCursor } from "./cursor.ts";
import type { Block, BlockType } from "./nodes.ts";

export type Continuation = "matched" | "failed" | "fence-end";

export function canContain(parent: Block, type: BlockType): boolean {
  switch (parent.type) {
    case "document":
    case "quote":
    case "item":
      return type !== "item" && type !== "row";
    case "list":
      return type === "item";
    case "table":
      return type === "row";
    default:
      return false;
  }
}

/** Moves the cursor behind the markers of the block if the line has them; changes nothing else. */
export function continueBlock(block: Block, cursor: LineCursor): Continuation {
  switch (block.type) {
    case "document":
    case "list":
      return "matched";
    case "quote":
      if (cursor.indented || cursor.rest[0] !== ">") return "failed";
      skipQuoteMarker(cursor);
      return "matched";
    case "item":
      return continueItem(block, cursor);
    case "code":
      return block.fence ? continueFence(block, cursor) : continueIndentedCode(cursor);
    case "html":
      return cursor.blank && block.htmlKind >= 6 ? "failed" : "matched";
    case "paragraph":
    case "table":
      return cursor.blank ? "failed" : "matched";
    case "heading":
    case "rule":
    case "row":
      return "failed";
    default:
      return block.type satisfies never;
  }
}

function continueItem(item: Block, cursor: LineCursor): Continuation {
  const { markerOffset, padding } = item.list!;
  if (cursor.blank) {
    if (item.children.length === 0) return "failed";
    cursor.skipToNonspace();
    return "matched";
  }
  if (cursor.indent < markerOffset + padding) return "failed";
  cursor.skipColumns(markerOffset + padding);
  return "matched";
}

function continueFence(block: Block, cursor: LineCursor): Continuation {
  const fence = block.fence!;
  if (!cursor.indented && cursor.line[cursor.nextNonspace] === fence.character) {
    const run = /^(?:`{3,}|~{3,})(?=[ \t]*$)/.exec(cursor.rest);
    if (run && run[0].length >= fence.length) return "fence-end";
  }
  for (let left = fence.indent; left > 0 && isSpaceOrTab(cursor.line[cursor.offset]); left--) cursor.skipColumns(1);
  return "matched";
}

function continueIndentedCode(cursor: LineCursor): Continuation {
  if (cursor.indented) cursor.skipColumns(4);
  else if (cursor.blank) cursor.skipToNonspace();
  else return "failed";
  return "matched";
}

export function skipQuoteMarker(cursor: LineCursor): void {
  cursor.skipToNonspace();
  cursor.skipCharacters(1);
  cursor.skipOneSpace();
}
