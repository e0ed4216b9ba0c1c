/** What every part of the page may ask of the whole: the texts, the state the host last told, and who hears of an event. */
import type { FromWebview, ViewState } from "../../src/chat/protocol.ts";
import type { ChatTexts } from "../../src/chat/texts.ts";

export interface Chat {
  readonly texts: ChatTexts;
  readonly state: ViewState;
  readonly locale: string;
  /** True while an answer is being streamed. */
  readonly busy: boolean;
  post(message: FromWebview): void;
  /** Says something once to people who listen to a screen reader. */
  announce(text: string): void;
  focusComposer(): void;
}
