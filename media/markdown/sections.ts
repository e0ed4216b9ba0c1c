// Groups the blocks of an answer, so that the browser neither lays out, draws nor even visits what is out of sight.

/**
 * Characters of Markdown in a section, and sections in a part. For each frame the page visits every part, every section of
 * the last part and every block of the last section: with two levels none of the three gets long.
 */
const sectionLength = 2000;
const sectionsPerPart = 8;

export class Sections {
  private readonly container: HTMLElement;
  /** Where in the document each section begins. */
  private readonly starts: number[] = [];

  constructor(container: HTMLElement) {
    this.container = container;
  }

  /** Adds the element of a block that begins at a position of the document. Same text, same groups, however it arrived. */
  add(element: HTMLElement, position: number): void {
    const start = this.starts[this.starts.length - 1];
    if (start === undefined || position - start >= sectionLength) this.beginSection(position);
    this.container.lastElementChild!.lastElementChild!.append(element);
  }

  /** Takes the last section away if its only block turned out to show nothing. */
  removeIfEmpty(): void {
    const part = this.container.lastElementChild;
    if (!part || part.lastElementChild?.firstChild) return;
    this.starts.pop();
    removeLast(part);
    if (!part.firstChild) removeLast(this.container);
  }

  private beginSection(position: number): void {
    if (this.starts.length % sectionsPerPart === 0) appendGroup(this.container, "markdown-part");
    this.starts.push(position);
    appendGroup(this.container.lastElementChild!, "markdown-section");
  }
}

/** Nothing is added to a group once another follows it: what is closed may be skipped when it is out of sight. */
function appendGroup(parent: Element, className: string): void {
  parent.lastElementChild?.classList.add("closed");
  const group = parent.ownerDocument.createElement("div");
  group.className = className;
  parent.append(group);
}

function removeLast(parent: Element): void {
  parent.lastElementChild?.remove();
  parent.lastElementChild?.classList.remove("closed");
}
