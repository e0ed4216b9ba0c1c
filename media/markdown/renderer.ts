// Shows Markdown while it streams in: what is on the page is never made anew, and at the end it is what a whole parse gives.
import { type CodeTexts, codeTextOf } from "./code-view.ts";
import { MarkdownDocument } from "./document.ts";
import { DocumentView } from "./document-view.ts";
import { createEntityDecoder } from "./entities.ts";
import { IdleQueue } from "./idle.ts";

export { type CodeTexts, codeTextOf };

export interface MarkdownOptions {
  /** The page; the global one if it is left out. */
  readonly document?: Document;
  /** What the buttons of code blocks are called. */
  readonly texts: CodeTexts;
  /**
   * Lets emphasis begin and end between punctuation and a Chinese, Japanese or Korean letter, as in `**강조(설명)**는`,
   * where CommonMark shows the asterisks. Off by default: with it the page is what CommonMark and GFM say, exactly.
   */
  readonly cjkEmphasis?: boolean;
}

export interface MarkdownRenderer {
  /** Everything that was appended. */
  readonly text: string;
  /** Takes what arrived since the last call, cut anywhere. To be called at most once for each frame. */
  append(text: string): void;
  /** Ends the text. Resolves when the page shows all of it: code in its colours, links whose address came last. */
  finish(): Promise<void>;
  /** Stops all work and empties the container. */
  dispose(): void;
}

/** What a call of `append` may take; the rest of a long text is shown in slices afterwards. */
const longestAppend = 8;

export function createMarkdownRenderer(container: HTMLElement, options: MarkdownOptions): MarkdownRenderer {
  const document = options.document ?? container.ownerDocument;
  const decodeNamed = createEntityDecoder(document);
  const markdown = new MarkdownDocument(decodeNamed);
  const idle = new IdleQueue(document.defaultView!);
  container.classList.add("markdown");
  let text = "";
  let slicing = false;
  let finished = false;
  /** The text as it was written, where it could not be shown as Markdown. */
  let plain: Text | undefined;
  const view = new DocumentView(container, {
    document,
    texts: options.texts,
    decodeNamed,
    idle,
    references: markdown.blocks.references,
    cjkEmphasis: options.cjkEmphasis ?? false,
    get live() {
      return !slicing && !finished;
    },
  });

  const advance = (): boolean => {
    try {
      const more = markdown.advance();
      if (!more && finished) markdown.end();
      view.update(markdown.blocks);
      return more;
    } catch (error) {
      // One text that meets a mistake of ours must not take the page with it.
      console.error(error);
      showPlain();
      return false;
    }
  };
  const showPlain = (): void => {
    idle.dispose();
    const root = document.createElement("div");
    root.className = "markdown-plain";
    plain = document.createTextNode(text);
    root.append(plain);
    container.replaceChildren(root);
  };
  const advanceInSlices = (): void => {
    slicing = true;
    idle.add(function* () {
      while (advance()) yield;
      slicing = false;
    }, true);
  };

  return {
    get text() {
      return text;
    },
    append(arrived) {
      if (finished || arrived === "") return;
      text += arrived;
      if (plain) return plain.appendData(arrived);
      markdown.push(arrived);
      if (slicing) return;
      const end = performance.now() + longestAppend;
      while (advance()) if (performance.now() >= end) return advanceInSlices();
    },
    finish() {
      if (!finished) {
        finished = true;
        if (!slicing && !plain) advance();
      }
      return idle.drained();
    },
    dispose() {
      finished = true;
      idle.dispose();
      container.replaceChildren();
    },
  };
}
