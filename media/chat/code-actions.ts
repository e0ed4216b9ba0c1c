/** The buttons of code blocks, which the Markdown renderer makes and one listener for the whole transcript answers. */
import { codeTextOf } from "../markdown/renderer.ts";
import type { Chat } from "./chat.ts";
import { confirmPress } from "./dom.ts";

export function answerCodeButtons(root: HTMLElement, chat: Chat): void {
  root.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    const name = button?.dataset.testid;
    if (button === null || (name !== "copy-code" && name !== "insert-code")) return;
    const text = codeTextOf(button);
    if (name === "copy-code") {
      chat.post({ type: "copy-text", text });
      confirmPress(button, chat.texts.copied);
      chat.announce(chat.texts.copied);
      return;
    }
    const language = button.closest<HTMLElement>("[data-language]")?.dataset.language ?? "";
    chat.post({ type: "insert-code", text, language });
  });
}
