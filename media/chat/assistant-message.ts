/** An answer: thinking, Markdown that grows, what went wrong, and the line of state, figures and buttons under it. */

import type { ViewMessage } from "../../src/chat/protocol.ts";
import type { ErrorAction } from "../../src/core/error-view.ts";
import { confirmPress, element, iconButton, textButton } from "../ui/dom.ts";
import { createErrorBox } from "../ui/error.ts";
import { createProse, type Prose } from "../ui/prose.ts";
import { createWait } from "../ui/wait.ts";
import type { Chat } from "./chat.ts";
import { createShell, type MessageElement, showState } from "./message.ts";
import { showMeta } from "./meta.ts";
import { noticeLines } from "./other-message.ts";
import { createStatus } from "./status.ts";
import { createThinking, type Thinking } from "./thinking.ts";

export function createAssistantMessage(chat: Chat, first: ViewMessage): MessageElement {
  const { texts } = chat;
  const { id } = first;
  const { root, article } = createShell(first, texts);
  const before = element("div", { class: "before" });
  const after = element("div", { class: "after" });
  const status = createStatus(texts);
  const goOn = textButton(texts.continueAnswer, "secondary", () => {
    if (!chat.busy) chat.post({ type: "error-action", id, action: "continue" });
  });
  goOn.classList.add("small");
  goOn.dataset.testid = "continue";
  const again = textButton(texts.retry, "secondary", () => {
    if (!chat.busy) chat.post({ type: "regenerate", id });
  });
  again.classList.add("small");
  again.dataset.testid = "retry";
  const wait = createWait({
    cancelWait: texts.cancelWait,
    cancel: () => chat.post({ type: "stop" }),
    refocus: chat.focusComposer,
  });
  const press = (action: ErrorAction) => {
    if (!chat.busy) chat.post({ type: "error-action", id, action });
  };
  const meta = element("div", { class: "meta", "data-testid": "message-meta" });
  const tools = element(
    "div",
    { class: "tools" },
    iconButton({
      icon: "copy",
      label: texts.copyAnswer,
      testId: "copy-answer",
      press(button) {
        chat.post({ type: "copy-text", text: shown.text });
        confirmPress(button, texts.copied);
        chat.announce(texts.copied);
      },
    }),
    iconButton({
      icon: "refresh",
      label: texts.regenerate,
      testId: "regenerate",
      press: () => {
        if (!chat.busy) chat.post({ type: "regenerate", id });
      },
    }),
  );
  const line = element("div", { class: "foot-line" }, status.root, meta);
  const foot = element("div", { class: "foot" }, line, tools);
  let text = createProse(chat, "message-text");
  let thinking: Thinking | undefined;
  let shown = first;
  let filled = false;
  let finished = false;
  let seamsShown = 0;
  article.append(before, text.root, after, wait.root, foot);

  function appendWithSeams(prose: Prose, message: ViewMessage): void {
    const cuts = (message.seams ?? []).filter((seam) => seam <= message.text.length);
    let from = 0;
    for (const cut of cuts) {
      if (cut > from) prose.append(message.text.slice(from, cut));
      prose.seam();
      from = cut;
    }
    if (from < message.text.length) prose.append(message.text.slice(from));
    seamsShown = cuts.length;
  }

  function appendThinking(added: string): void {
    if (thinking === undefined) {
      thinking = createThinking(chat);
      before.append(thinking.root);
      thinking.update(shown);
    }
    thinking.append(added);
  }

  /** An answer that may go on is left open: a renderer that has finished takes no more text. */
  function finishUnlessContinuable(message: ViewMessage): void {
    if (message.state === "streaming" || finished || mayContinue(message)) return;
    finished = true;
    text.finish();
  }

  /** An answer that was thought to be over goes on after all, and is rendered once more from its start. */
  function reopen(message: ViewMessage): void {
    const old = text;
    finished = false;
    text = createProse(chat, "message-text");
    // A long text takes a few frames; meanwhile the page must not shrink under the reader.
    text.root.style.minHeight = `${old.root.offsetHeight}px`;
    appendWithSeams(text, message);
    old.root.replaceWith(text.root);
    old.dispose();
  }

  function showRest(message: ViewMessage): void {
    showState(article, message);
    thinking?.update(message);
    wait.update(message.wait);
    status.update(message);
    // Stopped before anything came, or with nothing but thoughts: there is nothing to go on from.
    if (message.state === "stopped" && message.canContinue !== true && message.text.trim() === "")
      status.root.after(again);
    else again.remove();
    if (message.canContinue === true && !offersContinue(message) && message.state !== "streaming")
      status.root.after(goOn);
    else goOn.remove();
    tools.hidden = message.state === "streaming" || message.text === "";
    showMeta(meta, message, texts);
    foot.hidden = tools.hidden && meta.hidden && status.root.childNodes.length === 0;
    after.replaceChildren(
      ...noticeLines(message),
      ...(message.error === undefined
        ? []
        : [createErrorBox(message.error, { showDetails: texts.showDetails, press })]),
    );
  }

  showRest(first);
  return {
    root,
    get shown() {
      return shown;
    },
    fill() {
      if (filled) return false;
      filled = true;
      if (shown.thinking) appendThinking(shown.thinking);
      appendWithSeams(text, shown);
      finishUnlessContinuable(shown);
      return true;
    },
    append(delta, message) {
      const began = shown.text === "" && delta.text !== "";
      const waited = shown.text === "" && (shown.thinking ?? "") === "";
      shown = message;
      if (!filled) return;
      if (delta.thinking !== "") appendThinking(delta.thinking);
      if (began) thinking?.update(message);
      if (began || waited) status.update(message);
      if (delta.text !== "") text.append(delta.text);
    },
    update(message) {
      shown = message;
      if (filled) {
        if (finished && message.state === "streaming") reopen(message);
        else if ((message.seams?.length ?? 0) > seamsShown) {
          text.seam();
          seamsShown += 1;
        }
        finishUnlessContinuable(message);
      }
      const focused = article.contains(document.activeElement);
      showRest(message);
      // The button that was pressed is gone, as Continue is once the answer goes on.
      if (focused && !article.contains(document.activeElement)) chat.focusComposer();
    },
    dispose() {
      status.dispose();
      wait.dispose();
      thinking?.dispose();
      text.dispose();
    },
  };
}

/** True when the error under the answer has a button to go on. */
function offersContinue(message: ViewMessage): boolean {
  return message.error?.actions.some(({ action }) => action === "continue") === true;
}

function mayContinue(message: ViewMessage): boolean {
  return message.canContinue === true || offersContinue(message);
}
