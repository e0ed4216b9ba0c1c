// Shows a table row by row while it arrives.
import { cellSources } from "./inline-source.ts";
import { type LeafContext, LeafView } from "./leaf-view.ts";
import type { Alignment, Block } from "./nodes.ts";
import { mostFilledCells, splitCells } from "./table-rows.ts";

export class TableView {
  /** A box of its own, so that a wide table scrolls and the answer does not. */
  readonly element: HTMLElement;
  private readonly context: LeafContext;
  private readonly table: HTMLTableElement;
  private body: HTMLTableSectionElement | undefined;

  constructor(context: LeafContext) {
    const { document } = context;
    this.context = context;
    this.element = document.createElement("div");
    this.element.className = "table-scroll";
    this.table = document.createElement("table");
    this.element.append(this.table);
  }

  addRow(row: Block): RowView {
    const { document } = this.context;
    const element = document.createElement("tr");
    const header = row.parent!.children[0] === row;
    if (header) {
      const head = document.createElement("thead");
      head.append(element);
      this.table.append(head);
    } else {
      if (!this.body) {
        this.body = document.createElement("tbody");
        this.table.append(this.body);
      }
      this.body.append(element);
    }
    const view = new RowView(element, this.context, header ? "th" : "td");
    const { alignments, filledCells } = row.parent!;
    if (filledCells < mostFilledCells) view.addCells(alignments);
    return view;
  }

  /** Shows the line that is probably the header of a table, before its delimiter row has arrived. */
  preview(content: string): void {
    const { document } = this.context;
    const cells = splitCells(content);
    const row = document.createElement("tr");
    const view = new RowView(row, this.context, "th");
    view.addCells(cells.map(() => undefined));
    view.show(cells, true);
    const head = document.createElement("thead");
    head.append(row);
    this.table.replaceChildren(head);
  }
}

export class RowView {
  readonly element: HTMLElement;
  private readonly context: LeafContext;
  private readonly tag: "th" | "td";
  private readonly cells: LeafView[] = [];
  private shown: string[] = [];

  constructor(element: HTMLElement, context: LeafContext, tag: "th" | "td") {
    this.element = element;
    this.context = context;
    this.tag = tag;
  }

  get leaves(): readonly LeafView[] {
    return this.cells;
  }

  /** Adds the cells that are not there yet. */
  addCells(alignments: readonly Alignment[]): void {
    for (const alignment of alignments.slice(this.cells.length)) {
      const cell = this.context.document.createElement(this.tag);
      if (alignment) cell.className = `align-${alignment}`;
      this.element.append(cell);
      this.cells.push(new LeafView(cell, this.context));
    }
  }

  update(row: Block): void {
    const sources = cellSources(row);
    const table = row.parent!;
    this.addCells(table.alignments.slice(0, sources.length));
    this.show(sources, row.open);
    if (row.open) return;
    table.filledCells += table.alignments.length - sources.length;
    if (table.filledCells <= mostFilledCells) return;
    for (const cell of this.cells.splice(sources.length)) cell.element.remove();
  }

  /** Only the last cell can still grow; those before it are shown once. */
  show(sources: readonly string[], open: boolean): void {
    sources.forEach((source, index) => {
      const last = index === sources.length - 1;
      const key = last && open ? `+${source}` : `.${source}`;
      if (this.shown[index] === key) return;
      this.shown[index] = key;
      this.cells[index]!.update(source, !(last && open));
    });
  }
}
