// Builds the block tree of a Markdown document line by line (CommonMark's appendix on parsing, with GFM tables).
import { canContain, continueBlock } from "./block-continue.ts";
import { type StartContext, startBlock } from "./block-starts.ts";
import type { NamedEntityDecoder } from "./characters.ts";
import { LineCursor } from "./cursor.ts";
import { fenceEndUndecided, lineUndecided } from "./hold.ts";
import { endsHtmlBlock } from "./html-patterns.ts";
import { parseDefinition } from "./link-parts.ts";
import { Block, type BlockType, type Reference } from "./nodes.ts";

/** A longer paragraph is not searched for definitions: that would be one task without a pause. */
const longestDefinitions = 65_536;

/**
 * A line may be given whole, or in pieces once its beginning decides its place: what is on the page then never has to
 * be taken back, and a piece costs what the piece is long.
 */
export class BlockParser implements StartContext {
  readonly cursor = new LineCursor();
  readonly document = new Block("document", undefined, 1, 0);
  readonly references = new Map<string, Reference>();
  tip: Block = this.document;
  allMatched = true;
  private touched: Block[] = [];
  private newLabels: string[] = [];
  private lastMatched: Block = this.document;
  /** The deepest open block when the line began. */
  private oldTip: Block = this.document;
  private lineNumber = 0;
  private position = 0;
  /** The leaf that takes the rest of the line, the line's text where its end matters, and whether it waits for code to follow. */
  private openLine: { readonly leaf: Block | undefined; html: string; held: boolean } | undefined;
  private readonly decodeNamed: NamedEntityDecoder;

  constructor(decodeNamed: NamedEntityDecoder) {
    this.decodeNamed = decodeNamed;
  }

  /** Blocks that changed since the last call, parents before children. */
  takeTouched(): Block[] {
    const blocks = this.touched;
    this.touched = [];
    for (const block of blocks) block.touched = false;
    return blocks;
  }

  takeNewLabels(): string[] {
    const labels = this.newLabels;
    this.newLabels = [];
    return labels;
  }

  /** Takes a whole line, without its line end. */
  writeLine(line: string): void {
    this.startLine(line);
    this.endLine();
  }

  /** Takes the beginning of a line if it decides the line's place; false means: come again with more of it. */
  tryStartLine(line: string): boolean {
    const container = this.matchContainers(line);
    const { cursor } = this;
    if (container === "fence-end" || cursor.blank) return false;
    const verbatim = container.type === "code" || container.type === "html";
    if (container.fence && fenceEndUndecided(cursor.rest, cursor.indent, container.fence.character)) return false;
    if (!verbatim && lineUndecided(line)) return false;
    this.startLine(line);
    return true;
  }

  continueLine(text: string): void {
    const line = this.openLine!;
    const { leaf } = line;
    this.position += text.length;
    if (!leaf || text === "") return;
    if (leaf.type === "html") line.html += text;
    this.extend(leaf, text);
  }

  endLine(): void {
    const { leaf, html, held } = this.openLine!;
    this.openLine = undefined;
    this.position++;
    if (leaf?.type !== "code" && leaf?.type !== "html") return;
    if (held) leaf.heldBlankLines += "\n";
    else this.extend(leaf, "\n");
    if (leaf.type === "html" && endsHtmlBlock(leaf.htmlKind, html)) this.close(leaf, this.lineNumber);
  }

  end(): void {
    if (this.openLine) this.endLine();
    while (this.tip !== this.document) this.close(this.tip, this.lineNumber);
    this.document.open = false;
  }

  // What block starts use.

  touch(block: Block): void {
    if (block.touched) return;
    block.touched = true;
    this.touched.push(block);
  }

  closeUnmatched(): void {
    if (this.allMatched) return;
    while (this.oldTip !== this.lastMatched) {
      const parent = this.oldTip.parent!;
      this.close(this.oldTip, this.lineNumber - 1);
      this.oldTip = parent;
    }
    this.allMatched = true;
  }

  add(type: BlockType): Block {
    while (!canContain(this.tip, type)) this.close(this.tip, this.lineNumber - 1);
    const parent = this.tip;
    const block = new Block(type, parent, this.lineNumber, this.position);
    const previous = parent.lastChild;
    if (previous && this.lineNumber - previous.endLine > 1) this.loosen(parent);
    parent.children.push(block);
    this.tip = block;
    this.touch(block);
    return block;
  }

  takeDefinitions(paragraph: Block): void {
    if (paragraph.content.length > longestDefinitions) return;
    let start = 0;
    while (paragraph.content[start] === "[") {
      const definition = parseDefinition(paragraph.content, start, this.decodeNamed);
      if (!definition) break;
      start = definition.end;
      if (this.references.has(definition.label)) continue;
      this.references.set(definition.label, definition.reference);
      this.newLabels.push(definition.label);
    }
    if (start === 0) return;
    paragraph.content = paragraph.content.slice(start);
    this.touch(paragraph);
  }

  /** A list is loose if a blank line lies between its items, or between the blocks of one of them. */
  private loosen(parent: Block): void {
    const list = parent.type === "item" ? parent.parent! : parent;
    if (list.type !== "list" || list.loose) return;
    list.loose = true;
    this.touch(list);
  }

  private startLine(line: string): void {
    this.lineNumber++;
    this.oldTip = this.tip;
    const matched = this.matchContainers(line);
    if (matched === "fence-end") this.close(this.tip, this.lineNumber);
    const leaf = matched === "fence-end" ? undefined : this.placeLine(matched);
    this.openLine = { leaf, html: "", held: false };
    if (leaf) this.addText(leaf);
    this.position += line.length;
  }

  /** The deepest open block that the line belongs to; leaves the cursor behind its markers and changes nothing. */
  private matchContainers(line: string): Block | "fence-end" {
    this.cursor.start(line);
    let container = this.document;
    for (;;) {
      const child = container.lastChild;
      if (!child?.open) return container;
      this.cursor.findNextNonspace();
      const continuation = continueBlock(child, this.cursor);
      if (continuation === "fence-end") return "fence-end";
      if (continuation === "failed") return container;
      container = child;
    }
  }

  /** Opens what the line begins, closes what it ends, and gives the leaf its text belongs to. */
  private placeLine(matched: Block): Block | undefined {
    const { cursor } = this;
    let container = matched;
    this.lastMatched = matched;
    this.allMatched = matched === this.oldTip;
    if (matched.type === "code" || matched.type === "html") {
      this.closeUnmatched();
      return matched;
    }
    for (;;) {
      cursor.findNextNonspace();
      const start = startBlock(this, container);
      if (start === "line") return undefined;
      if (start === "none") break;
      container = this.tip;
      if (start === "leaf") return container;
    }
    cursor.skipToNonspace();
    // A line of text that belongs to fewer blocks than are open still continues an open paragraph, lazily.
    if (!this.allMatched && !cursor.blank && this.tip.type === "paragraph") return this.tip;
    this.closeUnmatched();
    if (cursor.blank) return undefined;
    if (container.type === "paragraph") return container;
    return this.add(container.type === "table" ? "row" : "paragraph");
  }

  private addText(leaf: Block): void {
    const text = this.cursor.takeRest();
    if (leaf.type === "code" && !leaf.fence) return this.addIndentedCode(leaf, text);
    if (leaf.type === "paragraph" && leaf.content !== "") leaf.content += "\n";
    if (leaf.type === "html") this.openLine!.html = text;
    this.extend(leaf, text);
  }

  private extend(leaf: Block, text: string): void {
    leaf.content += text;
    if (leaf.type === "code" || leaf.type === "html") leaf.fresh += text;
    this.touch(leaf);
  }

  private addIndentedCode(leaf: Block, text: string): void {
    if (text.trim() === "") {
      leaf.heldBlankLines += text;
      this.openLine!.held = true;
      return;
    }
    this.extend(leaf, leaf.heldBlankLines + text);
    leaf.heldBlankLines = "";
    leaf.endLine = this.lineNumber;
  }

  private close(block: Block, line: number): void {
    block.open = false;
    if (block.type === "item" || block.type === "list") block.endLine = block.lastChild?.endLine ?? block.startLine;
    else if (block.type !== "code" || block.fence) block.endLine = line;
    if (block.type === "paragraph") {
      this.takeDefinitions(block);
      if (block.content === "") block.removed = true;
    }
    this.tip = block.parent!;
    this.touch(block);
  }
}
