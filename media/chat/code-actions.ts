/** The buttons of code blocks, which the Markdown renderer makes and one listener for the whole transcript answers. */
import { codeTextOf } from "../markdown/renderer.ts";
import { confirmPress } from "../ui/dom.ts";
import type { Chat } from "./chat.ts";

export function answerCodeButtons(root: HTMLElement, chat: Chat): void {
  root.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button?.dataset.testid === "copy-code") {
      chat.post({ type: "copy-text", text: codeTextOf(button).text });
      confirmPress(button, chat.texts.copied);
      chat.announce(chat.texts.copied);
    } else if (button?.dataset.testid === "insert-code") {
      chat.post({ type: "insert-code", ...codeTextOf(button) });
    } else if (button?.dataset.testid === "apply-code") {
      chat.post({ type: "apply-code", ...codeTextOf(button) });
    } else if (button?.dataset.testid === "new-file") {
      chat.post({ type: "new-file", ...codeTextOf(button) });
    }
  });
}
