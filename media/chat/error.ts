/** The box under an answer that went wrong: what happened, the provider's own words on demand, and what to do about it. */
import type { ErrorView } from "../../src/shared/protocol.ts";
import type { Chat } from "./chat.ts";
import { element, icon, textButton } from "./dom.ts";

export function createErrorBox(chat: Chat, id: string, error: ErrorView): HTMLElement {
  const buttons = error.actions.map(({ action, label }, index) => {
    const button = textButton(label, index === 0 ? "primary" : "secondary", () => {
      if (!chat.busy) chat.post({ type: "error-action", id, action });
    });
    button.dataset.testid = action;
    return button;
  });
  return element(
    "div",
    { class: "error-box", "data-testid": "error", "data-kind": error.kind },
    // What can go on has not failed.
    icon(error.actions.some(({ action }) => action === "continue") ? "warning" : "error"),
    element(
      "div",
      { class: "error-content" },
      element("p", { class: "error-text" }, error.text),
      error.attempts !== undefined &&
        element(
          "ul",
          { class: "error-attempts" },
          ...error.attempts.map(({ target, text }) =>
            element("li", {}, element("span", { class: "error-target" }, target), element("span", {}, text)),
          ),
        ),
      error.detail !== undefined &&
        element(
          "details",
          { class: "error-detail" },
          element("summary", {}, icon("chevron-right"), chat.texts.showDetails),
          element("pre", { tabindex: "0", "aria-label": chat.texts.showDetails }, error.detail),
        ),
      buttons.length > 0 && element("div", { class: "button-row" }, ...buttons),
    ),
  );
}
