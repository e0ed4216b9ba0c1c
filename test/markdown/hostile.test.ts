// Hostile text costs little more than friendly text of its length, whole or streamed, and nests no deeper than a page can.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { MarkdownDocument } from "../../media/markdown/document.ts";
import { cellSources, inlineSource } from "../../media/markdown/inline-source.ts";
import { parseInlines } from "../../media/markdown/inlines.ts";
import { longestInline } from "../../media/markdown/leaf-view.ts";
import type { Block, Inline } from "../../media/markdown/nodes.ts";
import { processorTime } from "../support/processor-time.ts";
import { hostile } from "./support/hostile.ts";
import { decodeNamed } from "./support/html.ts";

/** What would take minutes if its cost grew with the square; a busy machine may be slow, but not by that much. */
const longest = 2500;

/** Parses as the view does, and gives the depth of what there is to show. */
function parse(text: string, pieceLength: number): number {
  const document = new MarkdownDocument(decodeNamed);
  for (let start = 0; start < text.length; start += pieceLength) {
    document.push(text.slice(start, start + pieceLength));
    while (document.advance());
  }
  document.end();
  return depthOf(document.blocks.document, document);
}

function depthOf(block: Block, document: MarkdownDocument): number {
  const { references } = document.blocks;
  const sources = block.type === "row" ? cellSources(block) : [inlineSource(block)];
  const inline = ["paragraph", "heading", "row"].includes(block.type)
    ? sources
        .filter(({ length }) => length <= longestInline)
        .map((source) => parseInlines(source, { references, decodeNamed }))
    : [];
  const depths = [
    ...inline.map(({ nodes }) => inlineDepth(nodes)),
    ...block.children.map((child) => depthOf(child, document)),
  ];
  return 1 + depths.reduce((deepest, depth) => Math.max(deepest, depth), 0);
}

function inlineDepth(nodes: readonly Inline[]): number {
  return nodes.reduce((deepest, node) => Math.max(deepest, "children" in node ? 1 + inlineDepth(node.children) : 1), 0);
}

describe("hostile Markdown", () => {
  for (const [name, text] of Object.entries(hostile)) {
    it(name, () => {
      const begin = processorTime();
      const depth = parse(text, text.length);
      assert.ok(depth <= 100, `nests ${depth} deep`);
      const whole = processorTime() - begin;
      assert.ok(whole < longest, `whole: ${whole.toFixed()} ms`);
      parse(text.slice(0, 100_000), 16);
      const streamed = processorTime() - begin - whole;
      assert.ok(streamed < longest, `streamed: ${streamed.toFixed()} ms`);
    });
  }
});
