/** What every part of a result needs from the page around it. */
import type { CompareTexts } from "../../src/compare/texts.ts";

export interface ResultContext {
  texts: CompareTexts;
  locale: string;
  /** Says something once to people who listen to a screen reader. */
  announce(text: string): void;
}
