/** A question: a quiet bubble with what it took along, and an editor in its place when it is asked anew. */

import type { ViewMessage } from "../../src/chat/protocol.ts";
import { guessLanguage } from "../../src/core/language.ts";
import { element, icon, iconButton, textButton } from "../ui/dom.ts";
import { createTextInput, isComposing } from "../ui/text-input.ts";
import type { Chat } from "./chat.ts";
import { createShell, type MessageElement, showState } from "./message.ts";
import { noticeLines } from "./other-message.ts";

export function createUserMessage(chat: Chat, first: ViewMessage): MessageElement {
  const { texts } = chat;
  const { root, article } = createShell(first, texts);
  let shown = first;
  const text = element(
    "div",
    { class: "question", "data-testid": "message-text", lang: guessLanguage(first.text, chat.locale) },
    first.text,
  );
  const change = iconButton({ icon: "edit", label: texts.editMessage, testId: "edit-message", press: edit });
  const bubble = element("div", { class: "bubble" }, attachments(chat, first), text, ...noticeLines(first), change);
  article.append(bubble);
  text.hidden = first.text === "";

  function edit(): void {
    if (chat.busy || !bubble.isConnected) return;
    const editor = createEditor(chat, shown, () => {
      editor.replaceWith(bubble);
      change.focus();
    });
    bubble.replaceWith(editor);
    editor.querySelector("textarea")?.focus();
  }

  return {
    root,
    get shown() {
      return shown;
    },
    fill: () => false,
    append() {},
    update(message) {
      shown = message;
      showState(article, message);
    },
    edit,
    dispose() {},
  };
}

function attachments(chat: Chat, message: ViewMessage): HTMLElement | undefined {
  const { attachments: items, id } = message;
  if (items === undefined || items.length === 0) return undefined;
  return element(
    "div",
    { class: "chips" },
    ...items.map((item, index) => {
      const content = [icon("file"), element("span", { class: "chip-label" }, item.label)];
      const attributes = { class: "chip", title: item.path, "data-testid": "attachment" };
      // What came from a terminal is nowhere to be opened.
      if (item.uri === undefined) return element("span", attributes, ...content);
      const chip = element("button", { type: "button", ...attributes }, ...content);
      chip.addEventListener("click", () => chat.post({ type: "open-attachment", id, index }));
      return chip;
    }),
  );
}

function createEditor(chat: Chat, message: ViewMessage, close: () => void): HTMLElement {
  const { texts } = chat;
  const save = () => {
    if (input.empty) return;
    if (chat.busy) {
      chat.announce(texts.stopFirstHint);
      return;
    }
    // The editor stays until the old question is taken away: the person may be asked first, and say no.
    chat.post({ type: "edit-message", id: message.id, text: input.root.value });
  };
  const input = createTextInput({
    label: texts.editMessage,
    testId: "edit-input",
    sendKey: () => chat.state.sendKey,
    submit: save,
  });
  input.set(message.text);
  const editor = element(
    "div",
    { class: "editor" },
    attachments(chat, message),
    input.root,
    element(
      "div",
      { class: "button-row" },
      textButton(texts.cancelEdit, "secondary", close),
      textButton(texts.saveEdit, "primary", save),
    ),
  );
  editor.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || isComposing(event)) return;
    event.preventDefault();
    event.stopPropagation();
    close();
  });
  return editor;
}
