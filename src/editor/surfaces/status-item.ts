/** The only way to make an item of the status bar: icons apart from words, and a tooltip of rows in which all is plain. */
import * as vscode from "vscode";
import { inert } from "../../core/inert-text.ts";
import { type Label, labelText } from "./labels.ts";

export class StatusItem implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem;
  #tooltip = "";

  /** On the right; `name` is that in the menu which hides it. */
  constructor(id: string, { name, command, priority }: { name: string; command: string; priority: number }) {
    this.#item = vscode.window.createStatusBarItem(id, vscode.StatusBarAlignment.Right, priority);
    this.#item.name = inert("title", name);
    this.#item.command = command;
    this.#item.show();
  }

  dispose(): void {
    this.#item.dispose();
  }

  /** As VS Code gets it. */
  get text(): string {
    return this.#item.text;
  }

  /** Its rows as a person reads them. */
  get tooltip(): string {
    return this.#tooltip;
  }

  /** Labels one after the other; rows of names and values. */
  show(labels: readonly Label[], rows: readonly [name: string, value: string][], isWarning: boolean): void {
    this.#item.text = labels.map((label) => labelText("status", label)).join(" ");
    const words = labels.map(({ text }) => inert("title", text)).filter((text) => text !== "");
    this.#item.accessibilityInformation = { label: `Runnel: ${words.join(" ")}` };
    this.#item.backgroundColor = isWarning ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
    this.#tooltip = rows.map(([name, value]) => `| ${name} | ${value} |\n`).join("");
    this.#item.tooltip = new vscode.MarkdownString(table(rows));
  }
}

function table(rows: readonly [name: string, value: string][]): string {
  const lines = rows.map(([name, value]) => `| ${inert("cell", name)} | ${inert("cell", value)} |\n`);
  return `| | |\n|---|---|\n${lines.join("")}`;
}
