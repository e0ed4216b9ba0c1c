/** Builds elements from data: attributes and text only, never markup, so no text can become an element. */

export type Child = Node | string | undefined | false;
type Attributes = Record<string, string | undefined>;

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  setAttributes(made, attributes);
  made.append(...children.filter((child) => child !== undefined && child !== false));
  return made;
}

/** An absent value removes the attribute. */
export function setAttributes(target: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined) target.removeAttribute(name);
    else target.setAttribute(name, value);
  }
}

/** The glyphs of icons.css. */
export type IconName =
  | "add"
  | "arrow-down"
  | "check"
  | "chevron-down"
  | "chevron-right"
  | "circle-slash"
  | "close"
  | "copy"
  | "edit"
  | "error"
  | "file"
  | "info"
  | "refresh"
  | "send"
  | "server"
  | "stop-circle"
  | "watch"
  | "warning";

export function icon(name: IconName): HTMLSpanElement {
  return element("span", { class: `codicon codicon-${name}`, "aria-hidden": "true" });
}

export function setIcon(target: Element, name: IconName): void {
  target.className = `codicon codicon-${name}`;
}

export interface IconButton {
  icon: IconName;
  label: string;
  testId?: string;
  press(button: HTMLButtonElement): void;
}

/** A button that shows an icon only; its label is the tooltip and what a screen reader says. */
export function iconButton({ icon: name, label, testId, press }: IconButton): HTMLButtonElement {
  const button = element(
    "button",
    { type: "button", class: "icon-button", title: label, "aria-label": label, "data-testid": testId },
    icon(name),
  );
  button.addEventListener("click", () => press(button));
  return button;
}

export function textButton(label: string, style: "primary" | "secondary", press: () => void): HTMLButtonElement {
  const button = element("button", { type: "button", class: `text-button ${style}` }, label);
  button.addEventListener("click", press);
  return button;
}

/** Shows for a moment that the press of a button did its work. */
export function confirmPress(button: HTMLButtonElement, done: string): void {
  const glyph = button.querySelector(".codicon");
  if (glyph === null || button.dataset.confirmed !== undefined) return;
  const { className } = glyph;
  const label = button.title;
  button.dataset.confirmed = "";
  setIcon(glyph, "check");
  button.title = done;
  setTimeout(() => {
    glyph.className = className;
    button.title = label;
    delete button.dataset.confirmed;
  }, 1500);
}
