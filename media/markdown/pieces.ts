// The flat pieces an inline scan leaves behind, and how they become a tree.
import { type Autolink, findAddress, findMailAddresses } from "./autolinks.ts";
import type { Inline } from "./nodes.ts";
import { splitInvisible } from "./visible-text.ts";

export type Wrapper =
  | { readonly type: "emphasis" | "strong" | "strikethrough" }
  | { readonly type: "link" | "image"; readonly address: string; readonly title: string };

export interface Piece {
  /** Literal text, of a delimiter what is left of it. */
  text: string;
  readonly position: number;
  /** A finished node in place of text. */
  readonly node?: Inline;
  /** How many wrappers end before the text. */
  closes: number;
  /** What begins behind the text, innermost first. */
  readonly opens: Wrapper[];
  /** True if the text equals the source at its position, so that the source may be cut inside it. */
  readonly verbatim: boolean;
  /** True if an address inside was not looked for yet, because a bracket was open that might have been a link. */
  readonly unlinked: boolean;
}

/** Deeper emphasis is shown without its wrapper: the page must not nest without bound. */
const deepestInline = 24;

interface Level {
  readonly wrapper: Wrapper | undefined;
  readonly children: Inline[];
}

export function buildTree(pieces: readonly Piece[]): Inline[] {
  return new TreeBuilder().build(pieces);
}

class TreeBuilder {
  private readonly levels: Level[] = [{ wrapper: undefined, children: [] }];
  private links = 0;
  private text = "";
  private unlinked = false;
  private surplus = 0;

  build(pieces: readonly Piece[]): Inline[] {
    for (const piece of pieces) {
      for (let count = piece.closes; count > 0; count--) this.close();
      if (piece.node) this.addNode(piece.node);
      else if (piece.text !== "") {
        this.text += piece.text;
        this.unlinked ||= piece.unlinked;
      }
      for (let index = piece.opens.length - 1; index >= 0; index--) this.open(piece.opens[index]!);
    }
    this.flush();
    return this.levels[0]!.children;
  }

  private get top(): Level {
    return this.levels[this.levels.length - 1]!;
  }

  private addNode(node: Inline): void {
    if (node.type === "link" && this.links > 0) {
      // No link lies inside a link: of an address in angle brackets only the text remains.
      for (const child of node.children) if (child.type === "text") this.text += child.text;
      return;
    }
    this.flush();
    this.top.children.push(node);
  }

  private open(wrapper: Wrapper): void {
    if (this.levels.length > deepestInline) {
      this.surplus++;
      return;
    }
    this.flush();
    if (wrapper.type === "link") this.links++;
    this.levels.push({ wrapper, children: [] });
  }

  private close(): void {
    if (this.surplus > 0) {
      this.surplus--;
      return;
    }
    this.flush();
    const { wrapper, children } = this.levels.pop()!;
    if (wrapper!.type === "link") this.links--;
    this.top.children.push({ ...wrapper!, children });
  }

  private flush(): void {
    const { text, unlinked } = this;
    if (text === "") return;
    this.text = "";
    this.unlinked = false;
    const { children } = this.top;
    if (this.links > 0) children.push(...splitInvisible(text));
    else addLinked(children, text, unlinked);
  }
}

function addLinked(children: Inline[], text: string, withAddresses: boolean): void {
  let start = 0;
  for (const link of withAddresses ? allAddresses(text) : findMailAddresses(text)) {
    children.push(...splitInvisible(text.slice(start, link.start)));
    children.push({
      type: "link",
      address: link.address,
      title: "",
      children: splitInvisible(text.slice(link.start, link.end)),
    });
    start = link.end;
  }
  children.push(...splitInvisible(text.slice(start)));
}

function allAddresses(text: string): Autolink[] {
  const found: Autolink[] = [];
  for (let next = findAddress(text, 0, text.length); next; next = findAddress(text, next.end, text.length))
    found.push(next);
  const mail = findMailAddresses(text).filter((one) =>
    found.every(({ start, end }) => one.end <= start || one.start >= end),
  );
  return [...found, ...mail].sort((one, other) => one.start - other.start);
}

/** Plain text of inline nodes: what a screen reader hears of an image, and what a link seems to say. */
export function plainText(nodes: readonly Inline[]): string {
  let text = "";
  for (const node of nodes) {
    if (node.type === "text" || node.type === "code" || node.type === "html") text += node.text;
    else if (node.type === "break") text += "\n";
    else if ("children" in node) text += plainText(node.children);
  }
  return text;
}
