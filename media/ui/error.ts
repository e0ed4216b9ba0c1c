/** The box under an answer that went wrong: what happened, the provider's own words on demand, and what to do about it. */
import type { ErrorAction, ErrorView } from "../../src/core/error-view.ts";
import { element, icon, textButton } from "./dom.ts";

export interface ErrorBoxOptions {
  /** What the disclosure of the provider's own words is called. */
  showDetails: string;
  press(action: ErrorAction): void;
}

export function createErrorBox(error: ErrorView, { showDetails, press }: ErrorBoxOptions): HTMLElement {
  const buttons = error.actions.map(({ action, label }, index) => {
    const button = textButton(label, index === 0 ? "primary" : "secondary", () => press(action));
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
          element("summary", {}, icon("chevron-right"), showDetails),
          element("pre", { tabindex: "0", "aria-label": showDetails }, error.detail),
        ),
      buttons.length > 0 && element("div", { class: "button-row" }, ...buttons),
    ),
  );
}
