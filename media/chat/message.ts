/** What the transcript knows of a message on the page, whoever wrote it. */
import type { ViewMessage } from "../../src/chat/protocol.ts";
import type { ChatTexts } from "../../src/chat/texts.ts";
import { element, setAttributes } from "../ui/dom.ts";

export interface MessageElement {
  /** The list item. */
  readonly root: HTMLElement;
  /** What the page shows of it. */
  readonly shown: ViewMessage;
  /** Makes the heavy part when that was put off; returns whether there was anything to do. */
  fill(): boolean;
  /** Adds to a streaming answer; costs only what is added. */
  append(delta: { text: string; thinking: string }, message: ViewMessage): void;
  /** Shows everything of `message` but its text and thinking, which only grow by `append`. */
  update(message: ViewMessage): void;
  /** Opens the editor, where there is one. */
  edit?(): void;
  dispose(): void;
}

export function createShell(message: ViewMessage, texts: ChatTexts): { root: HTMLElement; article: HTMLElement } {
  const article = element("article", {
    class: `message ${message.role}`,
    "data-testid": "message",
    "data-role": message.role,
    "aria-label": labelOf(message, texts),
  });
  // Off screen a message is not laid out; until it has been, this stands for its height and keeps the scrollbar honest.
  const root = element("li", { class: "item", "data-id": message.id }, article);
  root.style.containIntrinsicBlockSize = `auto ${guessHeight(message)}px`;
  showState(article, message);
  return { root, article };
}

/** Undefined for a note, which speaks for itself. */
function labelOf({ role }: ViewMessage, texts: ChatTexts): string | undefined {
  if (role === "user") return texts.you;
  return role === "assistant" ? texts.assistant : undefined;
}

export function showState(article: HTMLElement, message: ViewMessage): void {
  setAttributes(article, { "data-state": message.state, "aria-busy": String(message.state === "streaming") });
}

function guessHeight(message: ViewMessage): number {
  const lines = Math.ceil(message.text.length / 45);
  return 64 + 20 * Math.min(lines, 400);
}
