/** One piece of Markdown on the page: the renderer, the language of its text, and the marks where it was continued. */
import { guessLanguage } from "../../src/shared/language.ts";
import { createMarkdownRenderer } from "../markdown/renderer.ts";
import type { Chat } from "./chat.ts";
import { element } from "./dom.ts";

export interface Prose {
  readonly root: HTMLElement;
  append(text: string): void;
  /** What comes from here on was asked for later, after the answer had broken off. */
  seam(): void;
  finish(): void;
  dispose(): void;
}

/** Enough text to tell a language by. */
const enough = 40;

export function createProse(chat: Chat, testId?: string): Prose {
  const { texts } = chat;
  const root = element("div", { class: "markdown", "data-testid": testId });
  const renderer = createMarkdownRenderer(root, { texts });
  const seams: number[] = [];
  let seen = "";
  let lastCharacters = "";

  const tellLanguage = () => {
    const language = guessLanguage(seen, chat.locale);
    if (language !== undefined && root.lang !== language) root.lang = language;
  };
  const markSeams = () => {
    for (const index of seams) {
      const block = root.children[index];
      if (block !== undefined && !block.hasAttribute("data-seam")) block.setAttribute("data-seam", texts.continuedMark);
    }
  };
  return {
    root,
    append(text) {
      renderer.append(text);
      lastCharacters = (lastCharacters + text).slice(-2);
      if (seen.length < enough) {
        seen = (seen + text).slice(0, 600);
        tellLanguage();
      }
      markSeams();
    },
    seam() {
      // After a blank line a new block begins, else the joint is inside the last one.
      const inside = lastCharacters !== "\n\n" && root.children.length > 0;
      seams.push(root.children.length - (inside ? 1 : 0));
      markSeams();
    },
    finish() {
      renderer.finish();
      markSeams();
    },
    dispose: () => renderer.dispose(),
  };
}
