/** A text field that grows with its text and is safe with input methods: the composer and the editor of a question. */
import { element } from "./dom.ts";

export interface TextInputOptions {
  label: string;
  placeholder?: string;
  testId: string;
  sendKey(): "enter" | "ctrlEnter";
  submit(): void;
  changed?(): void;
}

export interface TextInput {
  readonly root: HTMLTextAreaElement;
  readonly empty: boolean;
  /** Replaces everything, also what undo knew; puts the cursor at the end. */
  set(text: string): void;
  /** Replaces everything so that undo brings the old text back. */
  replace(text: string): void;
}

/** The longest time between the end of a composition and the keydown of the key that ended it, in milliseconds. */
const sameKeyPress = 60;
const mostLines = 12;

export function createTextInput(options: TextInputOptions): TextInput {
  const root = element("textarea", {
    class: "text-input",
    rows: "1",
    placeholder: options.placeholder,
    "aria-label": options.label,
    "data-testid": options.testId,
    autocomplete: "off",
    spellcheck: "false",
    dir: "auto",
  });
  const isSendingEnter = watchComposition(root);
  root.addEventListener("keydown", (event) => {
    if (isComposing(event)) return;
    if (undoOrRedo(event)) return;
    if (event.key !== "Enter" || event.altKey) return;
    if (!isSendingEnter(event)) {
      event.preventDefault();
      return;
    }
    const modified = event.ctrlKey || event.metaKey;
    const sends = options.sendKey() === "ctrlEnter" ? modified && !event.shiftKey : !event.shiftKey;
    if (!sends) return;
    event.preventDefault();
    if (!event.repeat) options.submit();
  });
  const grow = CSS.supports("field-sizing", "content") ? () => {} : () => setRows(root);
  const changed = () => {
    grow();
    options.changed?.();
  };
  root.addEventListener("input", changed);
  return {
    root,
    get empty() {
      return root.value.trim() === "";
    },
    set(text) {
      root.value = text;
      root.setSelectionRange(text.length, text.length);
      changed();
    },
    replace(text) {
      root.focus();
      root.select();
      if (!document.execCommand("insertText", false, text)) this.set(text);
    },
  };
}

/** True for every key that belongs to the input method; Windows often tells by 229 alone. */
export function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}

/**
 * Some input methods end the composition first and then let the Enter that ended it through as a plain key. That Enter
 * only chose the characters. Where its keydown had already come during the composition (Hangul on macOS), the plain key
 * that follows is meant.
 */
function watchComposition(root: HTMLTextAreaElement): (event: KeyboardEvent) => boolean {
  let endedAt = Number.NEGATIVE_INFINITY;
  let enterSeen = false;
  root.addEventListener("keydown", (event) => {
    if (isComposing(event) && (event.key === "Enter" || event.code === "Enter")) enterSeen = true;
  });
  root.addEventListener("keyup", () => {
    enterSeen = false;
  });
  root.addEventListener("compositionend", (event) => {
    endedAt = event.timeStamp;
  });
  return (event) => enterSeen || event.timeStamp - endedAt > sameKeyPress;
}

/** VS Code takes these keys from the webview and may undo in an editor instead, so they are answered here. */
function undoOrRedo(event: KeyboardEvent): boolean {
  const undoKey = event.keyCode === 90;
  if (!(event.ctrlKey || event.metaKey) || event.altKey || !(undoKey || event.keyCode === 89)) return false;
  event.preventDefault();
  event.stopPropagation();
  document.execCommand(undoKey && !event.shiftKey ? "undo" : "redo");
  return true;
}

/** For browsers without `field-sizing`: counts lines instead of measuring, so typing never forces a layout. */
function setRows(root: HTMLTextAreaElement): void {
  let lines = 1;
  for (let at = root.value.indexOf("\n"); at >= 0 && lines < mostLines; at = root.value.indexOf("\n", at + 1))
    lines += 1;
  if (root.rows !== lines) root.rows = lines;
}
