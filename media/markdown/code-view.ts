// Shows a code block: its language, its buttons, and its text.
import { type NamedEntityDecoder, unescapeText } from "./characters.ts";
import { CodeText } from "./code-text.ts";
import { type ColoredBlock, colorWhileOpen, colorWhole } from "./highlight.ts";
import type { IdleQueue } from "./idle.ts";
import { languageOf, languageTitle } from "./languages.ts";
import type { Block } from "./nodes.ts";

export interface CodeTexts {
  readonly copyCode: string;
  readonly insertCode: string;
  readonly applyCode: string;
  readonly newFile: string;
}

export interface CodeContext {
  readonly document: Document;
  readonly texts: CodeTexts;
  readonly decodeNamed: NamedEntityDecoder;
  readonly idle: IdleQueue;
  /** False while a stored answer is shown in one go: colouring line by line would be work done twice. */
  readonly live: boolean;
}

export interface CodeAndLanguage {
  readonly language: string;
  readonly text: string;
}

const shownCode = new WeakMap<Element, () => CodeAndLanguage>();

/**
 * The code a button of a code block stands for, as the model wrote it: where the page marks an invisible character, the
 * text has the character itself.
 */
export function codeTextOf(button: Element): CodeAndLanguage {
  const element = button.closest(".code-block");
  return (element && shownCode.get(element)?.()) ?? { language: "", text: "" };
}

export class CodeView {
  readonly element: HTMLElement;
  private readonly context: CodeContext;
  private readonly colored: ColoredBlock;

  constructor(block: Block, context: CodeContext) {
    const { document } = context;
    this.context = context;
    const language = languageOf(unescapeText(block.info, context.decodeNamed));
    this.element = document.createElement("div");
    this.element.className = "code-block";
    this.element.dataset.language = language;
    const code = document.createElement("code");
    const pre = document.createElement("pre");
    pre.append(code);
    this.element.append(this.buildHeader(languageTitle(language)), pre);
    this.colored = {
      language,
      code: new CodeText(document, code),
      get open() {
        return block.open;
      },
      get length() {
        return block.content.length;
      },
      text: () => block.content,
    };
    shownCode.set(this.element, () => ({ language, text: block.content }));
    if (language !== "" && block.open && context.live) colorWhileOpen(this.colored, context.idle);
  }

  update(block: Block): void {
    const { fresh } = block;
    block.fresh = "";
    if (fresh !== "") this.colored.code.append(fresh);
    if (!block.open && this.colored.language !== "") colorWhole(this.colored, this.context.idle);
  }

  private buildHeader(title: string): HTMLElement {
    const { document, texts } = this.context;
    const header = document.createElement("div");
    header.className = "code-header";
    const label = document.createElement("span");
    label.className = "code-language";
    label.textContent = title;
    header.append(
      label,
      buildButton(document, "copy-code", "codicon-copy", texts.copyCode),
      buildButton(document, "apply-code", "codicon-diff", texts.applyCode),
      buildButton(document, "insert-code", "codicon-insert", texts.insertCode),
      buildButton(document, "new-file", "codicon-new-file", texts.newFile),
    );
    return header;
  }
}

function buildButton(document: Document, testId: string, iconClass: string, label: string): HTMLElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "icon-button";
  button.title = label;
  button.setAttribute("aria-label", label);
  button.dataset.testid = testId;
  const icon = document.createElement("span");
  icon.className = `codicon ${iconClass}`;
  icon.setAttribute("aria-hidden", "true");
  button.append(icon);
  return button;
}
