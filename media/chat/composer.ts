/** Where a person writes: the text field, what the question takes along, the model, and one button that sends or stops. */

import { element, icon, iconButton, setIcon } from "../ui/dom.ts";
import { createTextInput } from "../ui/text-input.ts";
import type { Chat } from "./chat.ts";
import { recall, remember } from "./host.ts";

export interface Composer {
  readonly root: HTMLElement;
  /** Shows the model, the pending context and whether an answer is on its way. */
  update(): void;
  focus(): void;
  /** Puts an example into the field, ready to be changed or sent. */
  fill(text: string): void;
}

export interface ComposerEvents {
  sent(): void;
  editLast(): void;
}

/** A click meant for the button's other meaning must not hit this one, in milliseconds. */
const settleTime = 400;
const draftDelay = 100;

export function createComposer(chat: Chat, events: ComposerEvents): Composer {
  const { texts } = chat;
  const input = createTextInput({
    label: texts.composerLabel,
    placeholder: texts.composerPlaceholder,
    testId: "composer",
    sendKey: () => chat.state.sendKey,
    submit: send,
    changed: () => {
      showHint(false);
      showSendable();
      saveDraftSoon();
    },
  });
  const glyph = icon("send");
  const action = element("button", { type: "button", class: "icon-button send-or-stop" }, glyph);
  const model = createModelPicker(chat);
  const pending = element("div", { class: "chips pending" });
  const attach = iconButton({
    icon: "add",
    label: texts.attach,
    testId: "attach",
    press: () => chat.post({ type: "attach" }),
  });
  const hint = element("span", { class: "composer-hint" }, texts.stopFirstHint);
  const root = element(
    "form",
    { class: "composer" },
    pending,
    input.root,
    hint,
    element("div", { class: "composer-bar" }, attach, model.root, action),
  );

  let shown: "send" | "stop" | undefined;
  let swappedAt = Number.NEGATIVE_INFINITY;
  let pendingShown: unknown;

  function send(): void {
    if (input.empty) return;
    if (chat.busy) {
      showHint(true);
      chat.announce(texts.stopFirstHint);
      return;
    }
    const text = input.root.value;
    input.set("");
    saveDraft();
    chat.post({ type: "send", text });
    events.sent();
  }

  function showAction(): void {
    const next = chat.busy ? "stop" : "send";
    action.title = `${texts[next]} (${next === "stop" ? "Esc" : sendKeyName(chat.state.sendKey)})`;
    if (next === shown) return;
    if (shown !== undefined) swappedAt = performance.now();
    shown = next;
    setIcon(glyph, next === "stop" ? "stop-circle" : "send");
    action.dataset.testid = next;
    action.setAttribute("aria-label", texts[next]);
    showHint(false);
    showSendable();
  }

  function showSendable(): void {
    action.setAttribute("aria-disabled", String(shown === "send" && input.empty));
  }

  function showHint(visible: boolean): void {
    root.toggleAttribute("data-hint", visible);
  }

  function showPending(): void {
    const { pending: items } = chat.state;
    attach.hidden = items === undefined;
    if (items === pendingShown) return;
    pendingShown = items;
    pending.replaceChildren(
      ...(items ?? []).map((item, index) =>
        element(
          "span",
          { class: "chip", title: item.path },
          icon("file"),
          element("span", { class: "chip-label" }, item.label),
          iconButton({
            icon: "close",
            label: texts.removeAttachment.replace("{name}", () => item.label),
            press: () => {
              chat.post({ type: "remove-pending", index });
              input.root.focus();
            },
          }),
        ),
      ),
    );
  }

  let draftTimer: number | undefined;
  function saveDraft(): void {
    window.clearTimeout(draftTimer);
    draftTimer = undefined;
    remember({ draft: input.root.value === "" ? undefined : input.root.value });
  }
  function saveDraftSoon(): void {
    draftTimer ??= window.setTimeout(saveDraft, draftDelay);
  }
  function saveDraftNow(): void {
    if (draftTimer !== undefined) saveDraft();
  }

  root.addEventListener("submit", (event) => event.preventDefault());
  // The whole box is the field to the eye, so a press beside the text goes into the text.
  root.addEventListener("mousedown", (event) => {
    if (event.target instanceof Element && event.target.closest("button, textarea") === null) {
      event.preventDefault();
      input.root.focus();
    }
  });
  action.addEventListener("click", () => {
    if (performance.now() - swappedAt < settleTime) return;
    if (shown === "stop") chat.post({ type: "stop" });
    else {
      input.root.focus();
      send();
    }
  });
  input.root.addEventListener("focus", () => chat.post({ type: "composer-focused" }));
  input.root.addEventListener("blur", () => {
    saveDraftNow();
    chat.post({ type: "composer-blurred" });
  });
  window.addEventListener("pagehide", saveDraftNow);
  input.root.addEventListener("keydown", (event) => {
    const plain = !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.key !== "ArrowUp" || !plain || event.isComposing || input.root.value !== "" || chat.busy) return;
    event.preventDefault();
    events.editLast();
  });
  input.set(recall().draft ?? "");

  return {
    root,
    update() {
      showAction();
      showPending();
      model.update();
    },
    focus: () => input.root.focus(),
    fill: (text) => input.replace(text),
  };
}

function sendKeyName(sendKey: "enter" | "ctrlEnter"): string {
  if (sendKey === "enter") return "Enter";
  return navigator.platform.startsWith("Mac") ? "⌘Enter" : "Ctrl+Enter";
}

function createModelPicker(chat: Chat): { root: HTMLElement; update(): void } {
  const { texts } = chat;
  const label = element("span", { class: "model-label" });
  const badge = element("span", { class: "badge", title: texts.demoBadge }, texts.demoMark);
  const root = element(
    "button",
    { type: "button", class: "model-picker", "data-testid": "model-picker" },
    label,
    badge,
    icon("chevron-down"),
  );
  root.addEventListener("click", () => chat.post({ type: "choose-model" }));
  return {
    root,
    update() {
      const { model } = chat.state;
      label.textContent = model?.label ?? texts.noModel;
      badge.hidden = model?.scripted !== true;
      root.title =
        model === undefined ? texts.modelPicker : `${texts.modelPicker}: ${model.target} (${model.providerName})`;
      root.setAttribute("aria-label", `${texts.modelPicker}: ${model?.label ?? texts.noModel}`);
    },
  };
}
