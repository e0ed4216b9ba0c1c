// Groups the blocks of an answer into sections, so that the browser neither lays out nor draws what is out of sight.

/**
 * Characters of Markdown in a section. Few sections keep each frame cheap, because the page visits every one of them;
 * small ones keep a frame cheap too, because the last is laid out anew.
 */
const sectionLength = 2000;

export class Sections {
  private readonly container: HTMLElement;
  /** Where in the document each section begins. */
  private readonly starts: number[] = [];

  constructor(container: HTMLElement) {
    this.container = container;
  }

  /** Adds an element of a block that begins at a position of the document. Same text, same sections, however it arrived. */
  add(element: HTMLElement, position: number): void {
    const start = this.starts[this.starts.length - 1];
    if (start === undefined || position - start >= sectionLength) this.begin(position);
    this.last!.append(element);
  }

  /** Takes the last section away if its only block turned out to show nothing. */
  removeIfEmpty(): void {
    const { last } = this;
    if (!last || last.firstChild) return;
    last.remove();
    this.starts.pop();
    this.last?.classList.remove("closed");
  }

  private get last(): Element | null {
    return this.container.lastElementChild;
  }

  private begin(position: number): void {
    this.last?.classList.add("closed");
    const section = this.container.ownerDocument.createElement("div");
    section.className = "markdown-section";
    this.container.append(section);
    this.starts.push(position);
  }
}
