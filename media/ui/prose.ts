/** One piece of Markdown on the page: the renderer, the language of its text, and the marks where it was continued. */
import { guessLanguage } from "../../src/core/language.ts";
import { type CodeTexts, createMarkdownRenderer } from "../markdown/renderer.ts";
import { element } from "./dom.ts";

export interface Prose {
  readonly root: HTMLElement;
  append(text: string): void;
  /** What comes from here on was asked for later, after the answer had been cut off. */
  seam(): void;
  /** No more text will come; after this, `append` does nothing. */
  finish(): void;
  dispose(): void;
}

export interface ProseContext {
  /** Without `continuedMark` there are no seams. */
  readonly texts: CodeTexts & { continuedMark?: string };
  /** Of the interface. */
  readonly locale: string;
}

/** Enough text to tell a language by. */
const enough = 40;

export function createProse(context: ProseContext, testId?: string): Prose {
  const { texts } = context;
  const root = element("div", { class: "markdown", "data-testid": testId });
  const renderer = createMarkdownRenderer(root, { texts, cjkEmphasis: true });
  const seams: number[] = [];
  let marked: Element[] = [];
  let languageSeen = 0;

  const tellLanguage = () => {
    if (languageSeen >= enough) return;
    const { text } = renderer;
    languageSeen = text.length;
    const language = guessLanguage(text, context.locale);
    if (language !== undefined) root.lang = language;
  };
  const markSeams = () => {
    // The renderer may put another element in the place of a block that is still open.
    if (marked.length === seams.length && marked.every((block) => block.isConnected)) return;
    const blocks = blocksOf(root);
    marked = seams.map((index) => blocks[index]).filter((block) => block !== undefined);
    for (const block of marked) block.setAttribute("data-seam", texts.continuedMark ?? "");
  };
  return {
    root,
    append(text) {
      renderer.append(text);
      tellLanguage();
      markSeams();
    },
    async seam() {
      seams.push(await blockAtEnd(renderer.text, context));
      markSeams();
    },
    async finish() {
      await renderer.finish();
      markSeams();
    },
    dispose: () => renderer.dispose(),
  };
}

/**
 * The index of the block in which `text` goes on: the one after a blank line, else the last. The page may still be busy
 * showing this text, so it is counted on one of its own.
 */
async function blockAtEnd(text: string, { texts }: ProseContext): Promise<number> {
  const root = element("div");
  const renderer = createMarkdownRenderer(root, { texts, cjkEmphasis: true });
  renderer.append(text);
  await renderer.finish();
  const { length } = blocksOf(root);
  renderer.dispose();
  return text.endsWith("\n\n") ? length : Math.max(0, length - 1);
}

function blocksOf(root: HTMLElement): NodeListOf<Element> {
  return root.querySelectorAll(".markdown-section > *");
}
