// Gives the inline text of a block, without the markup around it.
import type { Block } from "./nodes.ts";
import { splitCells } from "./table-rows.ts";

export function inlineSource(block: Block): string {
  const text = block.content.trim();
  if (block.type !== "heading" || block.underlined) return text;
  return text.replace(/^#+$/, "").replace(/[ \t]+#+$/, "");
}

/** The cells of a row as far as the table has columns; what goes beyond them is dropped, as GFM says. */
export function cellSources(row: Block): string[] {
  return splitCells(row.content, row.parent!.alignments.length);
}

/** True for the paragraph of a list item that may begin with a task box. */
export function mayBeTask(block: Block): boolean {
  return block.type === "paragraph" && block.parent?.type === "item" && block.parent.children[0] === block;
}
