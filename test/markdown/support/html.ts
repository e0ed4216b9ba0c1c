// Writes a block tree as the HTML that CommonMark's and marked's examples expect, to compare parsers without a browser.

import { unescapeText } from "../../../media/markdown/characters.ts";
import { MarkdownDocument } from "../../../media/markdown/document.ts";
import { cellSources, inlineSource, mayBeTask } from "../../../media/markdown/inline-source.ts";
import { parseInlines } from "../../../media/markdown/inlines.ts";
import type { Block, Inline, References } from "../../../media/markdown/nodes.ts";
import { plainText } from "../../../media/markdown/pieces.ts";

const entities: Record<string, string> = {
  nbsp: "\u00a0",
  amp: "&",
  copy: "©",
  AElig: "Æ",
  Dcaron: "Ď",
  frac34: "¾",
  HilbertSpace: "ℋ",
  DifferentialD: "ⅆ",
  ClockwiseContourIntegral: "∲",
  ngE: "≧̸",
  quot: '"',
  ouml: "ö",
  auml: "ä",
  lt: "<",
  gt: ">",
  rarr: "→",
  hellip: "…",
};

/** A few named entities in place of the browser's table. */
export function decodeNamed(entity: string): string | undefined {
  return entities[entity.slice(1, -1)];
}

function parseWhole(text: string): MarkdownDocument {
  const document = new MarkdownDocument(decodeNamed);
  document.push(text);
  while (document.advance());
  document.end();
  return document;
}

export function toHtml(text: string): string {
  return writeHtml(parseWhole(text));
}

export function writeHtml({ blocks }: MarkdownDocument): string {
  return writeChildren(blocks.document, blocks.references, false);
}

function writeChildren(parent: Block, references: References, tight: boolean): string {
  return parent.children
    .filter((child) => !child.removed)
    .map((child) => writeBlock(child, references, tight))
    .join("");
}

function writeBlock(block: Block, references: References, tight: boolean): string {
  const inline = () =>
    parseInlines(inlineSource(block), { references, decodeNamed, task: mayBeTask(block) })
      .nodes.map(writeInline)
      .join("");
  switch (block.type) {
    case "paragraph":
      return tight ? `${inline()}\n` : `<p>${inline()}</p>\n`;
    case "heading":
      return `<h${block.level}>${inline()}</h${block.level}>\n`;
    case "rule":
      return "<hr />\n";
    case "code": {
      const language = unescapeText(block.info, decodeNamed).split(/\s/)[0];
      const attribute = language ? ` class="language-${escapeHtml(language)}"` : "";
      return `<pre><code${attribute}>${escapeHtml(block.content)}</code></pre>\n`;
    }
    case "html":
      return block.content;
    case "quote":
      return `<blockquote>\n${writeChildren(block, references, false)}</blockquote>\n`;
    case "list": {
      const tag = block.list!.ordered ? "ol" : "ul";
      const start = block.list!.ordered && block.list!.start !== 1 ? ` start="${block.list!.start}"` : "";
      return `<${tag}${start}>\n${writeChildren(block, references, !block.loose)}</${tag}>\n`;
    }
    case "item":
      return `<li>${writeChildren(block, references, tight)}</li>\n`;
    case "table":
      return writeTable(block, references);
    default:
      throw new Error(`unexpected ${block.type}`);
  }
}

function writeTable(table: Block, references: References): string {
  const rows = table.children.map((row, index) => {
    const tag = index === 0 ? "th" : "td";
    const cells = cellSources(row);
    return `<tr>\n${table.alignments
      .map((alignment, column) => {
        const text = parseInlines(cells[column] ?? "", { references, decodeNamed })
          .nodes.map(writeInline)
          .join("");
        return `<${tag}${alignment ? ` align="${alignment}"` : ""}>${text}</${tag}>\n`;
      })
      .join("")}</tr>\n`;
  });
  const body = rows.length > 1 ? `<tbody>\n${rows.slice(1).join("")}</tbody>\n` : "";
  return `<table>\n<thead>\n${rows[0]}</thead>\n${body}</table>\n`;
}

function writeInline(node: Inline): string {
  const children = () => ("children" in node ? node.children.map(writeInline).join("") : "");
  switch (node.type) {
    case "text":
      return escapeHtml(node.text);
    case "invisible":
      return String.fromCodePoint(node.codePoint);
    case "break":
      return "<br />\n";
    case "code":
      return `<code>${escapeHtml(node.text)}</code>`;
    case "html":
      return node.text;
    case "task":
      return `<input ${node.checked ? 'checked="" ' : ""}disabled="" type="checkbox"> `;
    case "emphasis":
      return `<em>${children()}</em>`;
    case "strong":
      return `<strong>${children()}</strong>`;
    case "strikethrough":
      return `<del>${children()}</del>`;
    case "link":
      return `<a href="${escapeHtml(encode(node.address))}"${title(node.title)}>${children()}</a>`;
    case "image":
      return `<img src="${escapeHtml(encode(node.address))}" alt="${escapeHtml(plainText(node.children))}"${title(node.title)} />`;
    default:
      return node satisfies never;
  }
}

function title(text: string): string {
  return text === "" ? "" : ` title="${escapeHtml(text)}"`;
}

function encode(address: string): string {
  return encodeURI(address)
    .replace(/%25([0-9a-fA-F]{2})/g, "%$1")
    .replace(/%5B/g, "%5B");
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
