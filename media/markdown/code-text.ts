// Shows lines of text that only grow: in groups, so that the browser lays out only the last group when a line arrives.
import { type Run, signature } from "./code-runs.ts";
import { buildText } from "./inline-view.ts";
import { hasSuspicious } from "./visible-text.ts";

/** Lines of one group, and characters of one segment, which is a line or a piece of an endless one. */
const linesPerGroup = 32;
const longestSegment = 2048;

export interface LineGroup {
  readonly element: HTMLElement;
  /** How much of the text it holds. */
  length: number;
  /** How its lines are coloured, or nothing if one of them is not. */
  signature: string | undefined;
}

export class CodeText {
  readonly groups: LineGroup[] = [];
  /** Colours a line when it is complete. */
  private paint: ((line: string) => Run[] | undefined) | undefined;
  private readonly document: Document;
  private readonly parent: Element;
  private group: LineGroup | undefined;
  private segmentsInGroup = 0;
  private segment = "";
  /** Where the nodes of the last segment begin in their group, and the text node it is if it is only one. */
  private segmentStart = 0;
  private segmentNode: Text | undefined;

  constructor(document: Document, parent: Element) {
    this.document = document;
    this.parent = parent;
  }

  append(text: string): void {
    let start = 0;
    while (start < text.length) {
      const room = longestSegment - this.segment.length;
      const lineEnd = text.indexOf("\n", start) + 1;
      let end = Math.min(lineEnd === 0 ? text.length : lineEnd, start + room);
      const cutsPair = end < text.length && isLowSurrogate(text, end);
      if (cutsPair) end--;
      if (end > start) this.grow(text.slice(start, end));
      if (this.segment.endsWith("\n") || this.segment.length >= longestSegment || cutsPair) this.endSegment();
      start = end;
    }
  }

  /** Colours the lines that are complete and, from now on, every line that becomes so. */
  startPainting(textSoFar: string, paint: (line: string) => Run[] | undefined): void {
    const lines = textSoFar.split(/(?<=\n)/).filter((line) => line.endsWith("\n"));
    if (lines.some((line) => line.length > longestSegment)) return;
    const painted = lines.map((line) => paint(line) ?? [{ text: line, className: "" }]);
    for (const [index, group] of this.groups.entries()) {
      if (group === this.group) group.signature = undefined;
      this.repaint(group, painted.slice(index * linesPerGroup, (index + 1) * linesPerGroup));
    }
    if (this.group) this.showSegmentAgain(this.group);
    this.paint = paint;
  }

  /** Shows a group in colours; groups that show them already are left alone. */
  repaint(group: LineGroup, lines: readonly (readonly Run[])[]): void {
    const colors = lines.map(signature).join("\n");
    if (group.signature === colors) return;
    group.signature = colors;
    group.element.replaceChildren(...lines.flatMap((line) => this.buildLine(line)));
  }

  private grow(text: string): void {
    const group = this.group ?? this.startGroup();
    const plain = !hasSuspicious(text) && (this.segment === "" || this.segmentNode !== undefined);
    group.length += text.length;
    this.segment += text;
    if (plain && this.segmentNode) this.segmentNode.appendData(text);
    else if (plain) this.segmentNode = group.element.appendChild(this.document.createTextNode(text));
    else {
      // A joiner may change its meaning with what follows, so a line with deceptive characters is made anew.
      this.segmentNode = undefined;
      this.replaceSegment(group, buildText(this.document, this.segment));
    }
  }

  /** The line that is not complete yet, behind lines that were made anew. */
  private showSegmentAgain(group: LineGroup): void {
    this.segmentStart = group.element.childNodes.length;
    this.segmentNode = undefined;
    if (this.segment === "") return;
    if (hasSuspicious(this.segment)) group.element.append(...buildText(this.document, this.segment));
    else this.segmentNode = group.element.appendChild(this.document.createTextNode(this.segment));
  }

  private replaceSegment(group: LineGroup, nodes: readonly Node[]): void {
    const { element } = group;
    while (element.childNodes.length > this.segmentStart) element.lastChild!.remove();
    element.append(...nodes);
  }

  private buildLine(line: readonly Run[]): Node[] {
    return line.flatMap(({ text, className }) => {
      const nodes = buildText(this.document, text);
      if (className === "") return nodes;
      const span = this.document.createElement("span");
      span.className = className;
      span.append(...nodes);
      return [span];
    });
  }

  private startGroup(): LineGroup {
    const element = this.document.createElement("span");
    element.className = "code-lines";
    this.parent.append(element);
    this.group = { element, length: 0, signature: "" };
    this.groups.push(this.group);
    this.segmentStart = 0;
    return this.group;
  }

  private endSegment(): void {
    const group = this.group!;
    this.paintSegment(group);
    this.segment = "";
    this.segmentNode = undefined;
    this.segmentStart = group.element.childNodes.length;
    if (++this.segmentsInGroup < linesPerGroup) return;
    this.group = undefined;
    this.segmentsInGroup = 0;
  }

  private paintSegment(group: LineGroup): void {
    const line = this.segment.endsWith("\n") ? this.paint?.(this.segment) : undefined;
    if (!line || group.signature === undefined) group.signature = undefined;
    else group.signature += `${this.segmentsInGroup === 0 ? "" : "\n"}${signature(line)}`;
    if (!line || (line.length === 1 && line[0]!.className === "")) return;
    this.replaceSegment(group, this.buildLine(line));
  }
}

function isLowSurrogate(text: string, position: number): boolean {
  const unit = text.charCodeAt(position);
  return unit >= 0xdc00 && unit <= 0xdfff;
}
