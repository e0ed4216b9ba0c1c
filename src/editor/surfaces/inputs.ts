/** The only way to show an input box: its title, prompt and remarks are made inert. */
import * as vscode from "vscode";
import { inert } from "../../core/inert-text.ts";
import { inertButton } from "./picks.ts";

export interface TextQuestion {
  title: string;
  prompt?: string;
  /** What stands in the box at first. */
  value?: string;
  valueSelection?: [number, number];
  password?: boolean;
  ignoreFocusOut?: boolean;
  /** What is wrong with what was typed; undefined when nothing is. */
  validate?(value: string): string | undefined;
}

/** What the person types; undefined when they give up. */
export async function askText(question: TextQuestion): Promise<string | undefined> {
  const { title, prompt, validate, ...rest } = question;
  return vscode.window.showInputBox({
    ...rest,
    title: inert("title", title),
    ...(prompt === undefined ? {} : { prompt: inert("prompt", prompt) }),
    ...(validate === undefined ? {} : { validateInput: (value: string) => inertProblem(validate(value)) }),
  });
}

function inertProblem(problem: string | undefined): string | undefined {
  return problem === undefined ? undefined : inert("prompt", problem);
}

/** An input box with buttons. Its members are those of `vscode.InputBox`. */
export class TextInput implements vscode.Disposable {
  readonly #input = vscode.window.createInputBox();
  readonly onDidAccept: vscode.Event<void> = this.#input.onDidAccept;
  readonly onDidHide: vscode.Event<void> = this.#input.onDidHide;
  readonly onDidChangeValue: vscode.Event<string> = this.#input.onDidChangeValue;
  readonly onDidTriggerButton: vscode.Event<vscode.QuickInputButton> = this.#input.onDidTriggerButton;

  set title(title: string) {
    this.#input.title = inert("title", title);
  }

  set prompt(prompt: string) {
    this.#input.prompt = inert("prompt", prompt);
  }

  set password(password: boolean) {
    this.#input.password = password;
  }

  set ignoreFocusOut(ignore: boolean) {
    this.#input.ignoreFocusOut = ignore;
  }

  set buttons(buttons: readonly vscode.QuickInputButton[]) {
    this.#input.buttons = buttons.map(inertButton);
  }

  get value(): string {
    return this.#input.value;
  }

  /** What is wrong with what was typed. */
  set problem(problem: string | undefined) {
    this.#input.validationMessage = inertProblem(problem);
  }

  show(): void {
    this.#input.show();
  }

  hide(): void {
    this.#input.hide();
  }

  dispose(): void {
    this.#input.dispose();
  }
}
