// Groups the blocks of an answer, so that the browser neither lays out, draws nor even visits what is out of sight.

/**
 * Characters of Markdown in a section, sections in a part, and parts in a larger part. For each frame the page visits the
 * parts, the parts and sections of the last of them, and the blocks of the last section: so none of them may get long.
 */
const sectionLength = 2000;
const perPart = 6;

export class Sections {
  private readonly container: HTMLElement;
  /** Where in the document each section begins. */
  private readonly starts: number[] = [];
  /** The last large part, its last part, and the last section of that. */
  private open: HTMLElement[] = [];

  constructor(container: HTMLElement) {
    this.container = container;
  }

  /** Adds the element of a block that begins at a position of the document. Same text, same groups, however it arrived. */
  add(element: HTMLElement, position: number): void {
    const start = this.starts[this.starts.length - 1];
    if (start === undefined || position - start >= sectionLength) this.beginSection(position);
    this.open[2]!.append(element);
  }

  /** Takes the last section away if its only block turned out to show nothing. */
  removeIfEmpty(): void {
    if (!this.open[2] || this.open[2].firstChild) return;
    this.starts.pop();
    for (const group of [...this.open].reverse()) if (!group.firstChild) group.remove();
    this.open = lastGroups(this.container);
  }

  private beginSection(position: number): void {
    const index = this.starts.length;
    this.starts.push(position);
    if (index % (perPart * perPart) === 0) this.open = [appendGroup(this.container, "markdown-part")];
    if (index % perPart === 0) this.open[1] = appendGroup(this.open[0]!, "markdown-part");
    this.open[2] = appendGroup(this.open[1]!, "markdown-section");
  }
}

function lastGroups(container: HTMLElement): HTMLElement[] {
  const groups: HTMLElement[] = [];
  for (let group = container.lastElementChild; group && groups.length < 3; group = group.lastElementChild) {
    groups.push(group as HTMLElement);
  }
  return groups;
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
