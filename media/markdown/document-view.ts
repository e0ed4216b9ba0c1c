// Keeps the page in step with the block tree: one element for each block, changed only where the block changed.
import type { BlockParser } from "./blocks.ts";
import { CodeText } from "./code-text.ts";
import { type CodeContext, CodeView } from "./code-view.ts";
import { inlineSource, mayBeTask } from "./inline-source.ts";
import { type LeafContext, LeafView } from "./leaf-view.ts";
import type { Block } from "./nodes.ts";
import { groupFor, removeFromGroup, Sections, ungrouped } from "./sections.ts";
import { looksLikeHeader } from "./table-rows.ts";
import { type RowView, TableView } from "./table-view.ts";

export type ViewContext = LeafContext & CodeContext;

type BlockView =
  | { readonly kind: "box"; readonly element: HTMLElement }
  | { readonly kind: "leaf"; readonly element: HTMLElement; readonly leaf: LeafView }
  | { readonly kind: "table" | "preview"; readonly element: HTMLElement; readonly table: TableView }
  | { readonly kind: "row"; readonly element: HTMLElement; readonly row: RowView }
  | { readonly kind: "code"; readonly element: HTMLElement; readonly code: CodeView }
  | { readonly kind: "html"; readonly element: HTMLElement; readonly lines: CodeText };

export class DocumentView {
  private readonly context: ViewContext;
  private readonly sections: Sections;
  /** Views of open blocks; a closed block does not change any more. */
  private readonly views = new Map<Block, BlockView>();
  /** Leaves that would change if a label were defined. */
  private readonly waitingForLabel = new Map<string, Set<LeafView>>();

  constructor(container: HTMLElement, context: ViewContext) {
    this.context = context;
    this.sections = new Sections(container);
  }

  update(parser: BlockParser): void {
    const blocks = parser.takeTouched();
    for (const block of blocks) this.updateBlock(block);
    // Only now, because what is inside a block that has closed may still have been waiting for its view.
    for (const block of blocks) if (!block.open) this.views.delete(block);
    for (const label of parser.takeNewLabels()) this.showLinksOf(label);
  }

  private updateBlock(block: Block): void {
    if (block.type === "document") return;
    let view = this.views.get(block);
    if (block.removed || isDefinition(block)) {
      if (view) this.remove(block, view);
      return;
    }
    const tag = tagOf(block);
    const preview = isPreview(block);
    if (!view) view = this.create(block, preview);
    else if ((view.kind === "preview") !== preview || (view.kind === "leaf" && view.leaf.element.localName !== tag)) {
      view = this.replace(block, view, preview);
    }
    this.show(block, view);
  }

  private show(block: Block, view: BlockView): void {
    switch (view.kind) {
      case "box":
        if (block.type === "list") view.element.className = block.loose ? "loose" : "tight";
        return;
      case "leaf":
        view.leaf.update(inlineSource(block), !block.open);
        if (mayBeTask(block)) markTask(view.element);
        if (!block.open) this.awaitLabels([view.leaf]);
        return;
      case "preview":
        return view.table.preview(block.content);
      case "table":
        return;
      case "row":
        view.row.update(block);
        if (!block.open) this.awaitLabels(view.row.leaves);
        return;
      case "code":
        return view.code.update(block);
      case "html":
        view.lines.append(block.fresh);
        block.fresh = "";
        return;
      default:
        return view satisfies never;
    }
  }

  private create(block: Block, preview: boolean): BlockView {
    const parent = block.parent!;
    if (block.type === "row") {
      const table = this.views.get(parent);
      if (table?.kind !== "table") throw new Error("a row without its table");
      const row = table.table.addRow(block);
      return this.keep(block, { kind: "row", element: row.element, row });
    }
    const view = this.build(block, preview);
    if (parent.type === "document") this.sections.add(view.element, block.position);
    else groupFor(this.views.get(parent)!.element, block.index).append(view.element);
    return this.keep(block, view);
  }

  private replace(block: Block, old: BlockView, preview: boolean): BlockView {
    const view = this.build(block, preview);
    old.element.replaceWith(view.element);
    return this.keep(block, view);
  }

  private keep(block: Block, view: BlockView): BlockView {
    this.views.set(block, view);
    return view;
  }

  private remove(block: Block, view: BlockView): void {
    removeFromGroup(view.element);
    this.views.delete(block);
    if (block.parent!.type === "document") this.sections.removeIfEmpty();
  }

  private build(block: Block, preview: boolean): BlockView {
    const { context } = this;
    const { document } = context;
    if (block.type === "table" || preview) {
      const table = new TableView(context);
      return { kind: preview ? "preview" : "table", element: table.element, table };
    }
    if (block.type === "code") {
      const code = new CodeView(block, context);
      return { kind: "code", element: code.element, code };
    }
    const element = document.createElement(tagOf(block));
    if (block.type === "paragraph" || block.type === "heading") {
      return { kind: "leaf", element, leaf: new LeafView(element, context, mayBeTask(block)) };
    }
    if (block.type === "html") {
      element.className = "raw-html";
      return { kind: "html", element, lines: new CodeText(document, element) };
    }
    if (block.list?.ordered) numberItem(block, element);
    return { kind: "box", element };
  }

  private awaitLabels(leaves: readonly LeafView[]): void {
    for (const leaf of leaves) {
      for (const label of leaf.missingLabels) {
        let waiting = this.waitingForLabel.get(label);
        if (!waiting) {
          waiting = new Set();
          this.waitingForLabel.set(label, waiting);
        }
        waiting.add(leaf);
      }
    }
  }

  /** A label defined after its use: the texts that use it are shown again, a few at a time. */
  private showLinksOf(label: string): void {
    const leaves = this.waitingForLabel.get(label);
    if (!leaves) return;
    this.waitingForLabel.delete(label);
    this.context.idle.add(function* () {
      for (const leaf of leaves) {
        leaf.showAgain();
        yield;
      }
    }, true);
  }
}

/** Only the first number counts in Markdown; a group that is skipped would count anew, so long lists say every number. */
function numberItem(block: Block, element: HTMLElement): void {
  const { start } = block.list!;
  if (block.type === "list" && start !== 1) (element as HTMLOListElement).start = start;
  const first = block.parent!.list!;
  if (block.type === "item" && block.index >= ungrouped) (element as HTMLLIElement).value = first.start + block.index;
}

/** A class on the item, because finding it by its task box would cost the browser a search for each change. */
function markTask(paragraph: HTMLElement): void {
  const task = paragraph.firstElementChild?.localName === "input";
  const item = paragraph.parentElement!;
  if (task !== item.classList.contains("task")) item.classList.toggle("task", task);
}

function tagOf(block: Block): string {
  switch (block.type) {
    case "quote":
      return "blockquote";
    case "list":
      return block.list!.ordered ? "ol" : "ul";
    case "item":
      return "li";
    case "heading":
      return `h${block.level}`;
    case "rule":
      return "hr";
    case "paragraph":
      return "p";
    default:
      return "div";
  }
}

const definitionBegun = /^\[[^\]]{0,80}(?:\](?::\s*\S*(?:\s+["'(][^"')]*["')]?)?\s*)?)?$/;

/** A paragraph that so far is link definitions, the last of them perhaps unfinished: it shows nothing. */
function isDefinition(block: Block): boolean {
  const { content } = block;
  if (block.type !== "paragraph" || !block.open || content[0] !== "[" || content.length > 4000) return false;
  return !mayBeTask(block) && content.split("\n").every((line) => definitionBegun.test(line));
}

function isPreview(block: Block): boolean {
  return block.type === "paragraph" && block.open && looksLikeHeader(block.content);
}
