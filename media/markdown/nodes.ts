// The words of a Markdown document: blocks, which change while text arrives, and inline nodes, which are values.

export type BlockType =
  | "document"
  | "quote"
  | "list"
  | "item"
  | "paragraph"
  | "heading"
  | "rule"
  | "code"
  | "html"
  | "table"
  | "row";

export interface ListMarker {
  readonly ordered: boolean;
  /** The bullet character, or the character after the number: a different one starts another list. */
  readonly delimiter: string;
  readonly start: number;
  readonly markerOffset: number;
  readonly padding: number;
}

export interface Fence {
  readonly character: string;
  readonly length: number;
  readonly indent: number;
}

export type Alignment = "left" | "center" | "right" | undefined;

/** One class for all block types: a paragraph may turn into a heading or a table while it is open. */
export class Block {
  type: BlockType;
  parent: Block | undefined;
  readonly depth: number;
  /** Its place among the children of its parent. */
  readonly index: number;
  readonly children: Block[] = [];
  open = true;
  removed = false;
  startLine: number;
  endLine: number;
  /** Characters of the document before the block's first line: decides where a section of the page ends. */
  readonly position: number;
  /** Inline text of a paragraph, heading or row; whole text of code and html. */
  content = "";
  /** Text of code and html that arrived since the view last took it: reading `content` costs its whole length. */
  fresh = "";
  level = 0;
  /** A heading by an underline: unlike one by `#`, it keeps the `#` at its end. */
  underlined = false;
  list: ListMarker | undefined;
  loose = false;
  fence: Fence | undefined;
  info = "";
  htmlKind = 0;
  /** Blank lines of indented code, which count only if code follows. */
  heldBlankLines = "";
  alignments: Alignment[] = [];
  /** Cells added to rows that were too short, counted so that a hostile table stays small. */
  filledCells = 0;
  /** True while the block waits for the view to look at it. */
  touched = false;

  constructor(type: BlockType, parent: Block | undefined, line: number, position: number) {
    this.type = type;
    this.parent = parent;
    this.depth = parent ? parent.depth + 1 : 0;
    this.index = parent ? parent.children.length : 0;
    this.startLine = line;
    this.endLine = line;
    this.position = position;
  }

  get lastChild(): Block | undefined {
    return this.children[this.children.length - 1];
  }
}

export interface Reference {
  readonly address: string;
  readonly title: string;
}
/** Keys are normalised labels. */
export type References = ReadonlyMap<string, Reference>;

export type Inline =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "invisible"; readonly codePoint: number }
  | { readonly type: "break" }
  | { readonly type: "code"; readonly text: string }
  | { readonly type: "html"; readonly text: string }
  | { readonly type: "task"; readonly checked: boolean }
  | { readonly type: "emphasis" | "strong" | "strikethrough"; readonly children: readonly Inline[] }
  | {
      readonly type: "link" | "image";
      readonly address: string;
      readonly title: string;
      readonly children: readonly Inline[];
    };
