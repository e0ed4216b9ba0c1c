// Shows the inline text of one block while it grows, at a cost that depends on what arrived and not on what is there.

import type { NamedEntityDecoder } from "./characters.ts";
import { buildInlines, buildText, patchInlines } from "./inline-view.ts";
import { type InlineResult, parseInlines } from "./inlines.ts";
import type { Inline, References } from "./nodes.ts";
import { splitInvisible } from "./visible-text.ts";

/** Inline text beyond this is plain text: nobody writes such a paragraph, and parsing one must not stop the page. */
export const longestInline = 65_536;
/** Text that is set aside as soon as there is so much of it, if no markup is open across. */
const settleBeyond = 320;
/** Markup that stays open for longer is shown raw until its block ends. */
const longestOpen = 4096;
const plainChunk = 4096;

export interface LeafContext {
  readonly document: Document;
  readonly references: References;
  readonly decodeNamed: NamedEntityDecoder;
  readonly cjkEmphasis: boolean;
}

export class LeafView {
  readonly element: HTMLElement;
  readonly missingLabels = new Set<string>();
  private readonly context: LeafContext;
  private readonly task: boolean;
  private source = "";
  /** Characters of the source whose nodes will not change any more. */
  private settled = 0;
  /** Child nodes that belong to them, without the text node at the seam, which still grows. */
  private settledChildren = 0;
  private tail: readonly Inline[] = [];
  private plainShown = 0;

  constructor(element: HTMLElement, context: LeafContext, task = false) {
    this.element = element;
    this.context = context;
    this.task = task;
  }

  /** Shows the whole text so far; `finished` if it is all there is. */
  update(source: string, finished: boolean): void {
    this.source = source;
    if (source.length > longestInline) return this.showPlain();
    if (this.plainShown > 0) return this.showAgain();
    if (!finished && source.length - this.settled > longestOpen) return this.showTail(this.rawTail());
    const settle = !finished && source.length - this.settled > settleBeyond;
    const { nodes, settled } = this.parse(this.settled, source.length, { unfinished: !finished, settle });
    this.showTail(nodes);
    if (settled > 0) this.settle(this.settled + settled);
  }

  /** Parses everything anew, because a label that was missing has been defined. */
  showAgain(): void {
    if (this.source.length > longestInline) return;
    this.missingLabels.clear();
    this.plainShown = 0;
    this.settled = 0;
    this.settledChildren = 0;
    this.tail = this.parse(0, this.source.length).nodes;
    this.element.replaceChildren(...buildInlines(this.context.document, this.tail));
  }

  private parse(start: number, end: number, { unfinished = false, settle = false } = {}): InlineResult {
    const { references, decodeNamed, cjkEmphasis } = this.context;
    const task = this.task && start === 0;
    const options = { references, decodeNamed, cjkEmphasis, task, unfinished, settle };
    const result = parseInlines(this.source.slice(start, end), options);
    for (const label of result.missingLabels) this.missingLabels.add(label);
    return result;
  }

  private showTail(tail: Inline[]): void {
    const nodes = this.atSeam(tail);
    patchInlines(this.element, this.settledChildren, this.tail, nodes);
    this.tail = nodes;
  }

  private rawTail(): Inline[] {
    return splitInvisible(this.source.slice(this.settled));
  }

  /** Behind settled text there always is a text node, if an empty one, for the node at the seam to grow by. */
  private atSeam(nodes: Inline[]): Inline[] {
    if (this.settled > 0 && nodes[0]?.type !== "text") nodes.unshift({ type: "text", text: "" });
    return nodes;
  }

  /** Sets the text up to a position aside. The nodes on the page stay; only who counts them changes. */
  private settle(end: number): void {
    this.settledChildren += this.atSeam(this.parse(this.settled, end).nodes).length - 1;
    this.settled = end;
    this.tail = this.atSeam(this.parse(end, this.source.length, { unfinished: true }).nodes);
  }

  /** Plain text in blocks of its own, so that the browser lays out only the last of them when it grows. */
  private showPlain(): void {
    const { document } = this.context;
    if (this.plainShown === 0 || this.plainShown > this.source.length) {
      this.element.replaceChildren();
      this.plainShown = 0;
    }
    for (let index = Math.floor(Math.max(0, this.plainShown - 1) / plainChunk); ; index++) {
      const start = wholeCharacters(this.source, index * plainChunk);
      if (start >= this.source.length) break;
      const text = this.source.slice(start, wholeCharacters(this.source, (index + 1) * plainChunk));
      let chunk = this.element.children[index];
      if (!chunk) {
        chunk = document.createElement("span");
        chunk.className = "plain-text";
        this.element.append(chunk);
      }
      chunk.replaceChildren(...buildText(document, text));
    }
    this.plainShown = this.source.length;
  }
}

/** The position itself, or the next one if it lies inside a surrogate pair. */
function wholeCharacters(text: string, position: number): number {
  const unit = text.charCodeAt(position);
  return unit >= 0xdc00 && unit <= 0xdfff ? position + 1 : position;
}
