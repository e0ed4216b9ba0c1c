// Groups the blocks of an answer, so that the browser neither lays out, draws nor even visits what is out of sight.

/**
 * Characters of Markdown in a section, and sections in a part. For each frame the page visits every part, every section of
 * the last part and every block of the last section: with two levels none of the three gets long.
 */
const sectionLength = 2000;
const sectionsPerPart = 16;

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
    part.lastElementChild?.remove();
    if (!part.firstChild) part.remove();
  }

  private beginSection(position: number): void {
    if (this.starts.length % sectionsPerPart === 0) appendGroup(this.container, "markdown-part");
    this.starts.push(position);
    appendGroup(this.container.lastElementChild!, "markdown-section");
  }
}

/** Nothing is added to a group once another follows it, so all but the last may be skipped when they are out of sight. */
function appendGroup(parent: Element, className: string): HTMLElement {
  const group = parent.ownerDocument.createElement("div");
  group.className = className;
  parent.append(group);
  return group;
}

/** A list or a quote has so many children of its own; those beyond lie in groups of so many. */
export const ungrouped = 64;
const groupSize = 32;

/** Where the child of a block goes: into the element of the block, or, if the block is very long, into its last group. */
export function groupFor(parent: HTMLElement, index: number): HTMLElement {
  if (index < ungrouped) return parent;
  const name = String(Math.floor((index - ungrouped) / groupSize));
  const last = parent.lastElementChild as HTMLElement;
  if (last.dataset.group === name) return last;
  const group = appendGroup(parent, "markdown-group");
  group.dataset.group = name;
  // For who listens, the items are still the list's own.
  group.setAttribute("role", "none");
  return group;
}

/** Takes an element off, and its group too if it was alone in it. */
export function removeFromGroup(element: HTMLElement): void {
  const group = element.parentElement;
  element.remove();
  if (group?.dataset.group !== undefined && !group.firstChild) group.remove();
}
