/** What neither a person nor the model said: a note of the host's, or a message of a kind that this version does not know. */
import type { ViewMessage } from "../../src/chat/protocol.ts";
import { element, icon } from "../ui/dom.ts";
import type { Chat } from "./chat.ts";
import { createShell, type MessageElement, showState } from "./message.ts";

export function createOtherMessage(chat: Chat, first: ViewMessage): MessageElement {
  const { root, article } = createShell(first, chat.texts);
  const text = element("div", { class: "question", "data-testid": "message-text" });
  const after = element("div", { class: "after" });
  article.append(text, after);
  let shown = first;

  const show = (message: ViewMessage): void => {
    shown = message;
    showState(article, message);
    text.textContent = message.text;
    text.hidden = message.text === "";
    after.replaceChildren(...noticeLines(message));
  };
  show(first);
  return {
    root,
    get shown() {
      return shown;
    },
    fill: () => false,
    append: (_delta, message) => show(message),
    update: show,
    dispose() {},
  };
}

/** What happened on the way to a message, or what of it cannot be shown. */
export function noticeLines({ notices = [] }: ViewMessage): HTMLElement[] {
  return notices.map((notice) =>
    element("p", { class: "notice", "data-testid": "notice" }, icon("info"), element("span", {}, notice)),
  );
}
