/** The only way to show a quick pick: icons are given apart from words, and all words are made inert. */

import * as vscode from "vscode";
import { defined } from "../../core/defined.ts";
import { inert } from "../../core/inert-text.ts";
import { labelText } from "./labels.ts";

/** An item, or with `kind` a line between groups of items. */
export interface PickItem {
  /** A codicon's name; always a constant of ours. */
  icon?: string;
  label: string;
  kind?: vscode.QuickPickItemKind;
  description?: string;
  detail?: string;
  picked?: boolean;
  alwaysShow?: boolean;
  buttons?: readonly vscode.QuickInputButton[];
}

interface ShownItem<Item> extends vscode.QuickPickItem {
  /** What was given. */
  item: Item;
}

function shown<Item extends PickItem>(item: Item): ShownItem<Item> {
  const { icon, label, kind, description, detail, picked, alwaysShow, buttons } = item;
  return {
    item,
    label: labelText("label", { icon, text: label }),
    ...defined({ kind }),
    ...(description === undefined ? {} : { description: inert("description", description) }),
    ...(detail === undefined ? {} : { detail: inert("description", detail) }),
    ...defined({ picked, alwaysShow }),
    ...(buttons === undefined ? {} : { buttons: buttons.map(inertButton) }),
  };
}

/** The item that the person takes, as it was given; undefined when they give up. */
export async function pickOne<Item extends PickItem>(
  items: readonly Item[],
  options: { title: string; placeholder?: string },
): Promise<Item | undefined> {
  const { title, placeholder } = options;
  const picked = await vscode.window.showQuickPick(items.map(shown), {
    title: inert("title", title),
    ...(placeholder === undefined ? {} : { placeHolder: inert("title", placeholder) }),
  });
  return picked?.item;
}

/** The same with check boxes; what is typed is looked for in descriptions too. */
export async function pickMany<Item extends PickItem>(
  items: readonly Item[],
  options: { title: string },
): Promise<Item[] | undefined> {
  const title = inert("title", options.title);
  const picked = await vscode.window.showQuickPick(items.map(shown), {
    title,
    canPickMany: true,
    matchOnDescription: true,
  });
  return picked?.map(({ item }) => item);
}

/** A pick whose items change while it is open. Its members are those of `vscode.QuickPick`. */
export class Pick<Item extends PickItem> implements vscode.Disposable {
  readonly #pick = vscode.window.createQuickPick<ShownItem<Item>>();
  #shown = new Map<Item, ShownItem<Item>>();

  readonly onDidAccept: vscode.Event<void> = this.#pick.onDidAccept;
  readonly onDidHide: vscode.Event<void> = this.#pick.onDidHide;
  readonly onDidChangeValue: vscode.Event<string> = this.#pick.onDidChangeValue;

  set title(title: string) {
    this.#pick.title = inert("title", title);
  }

  set placeholder(placeholder: string) {
    this.#pick.placeholder = inert("title", placeholder);
  }

  set busy(busy: boolean) {
    this.#pick.busy = busy;
  }

  set ignoreFocusOut(ignore: boolean) {
    this.#pick.ignoreFocusOut = ignore;
  }

  set matchOnDescription(match: boolean) {
    this.#pick.matchOnDescription = match;
  }

  /** What the person typed. */
  get value(): string {
    return this.#pick.value;
  }

  set value(value: string) {
    this.#pick.value = value;
  }

  get items(): readonly Item[] {
    return this.#pick.items.map(({ item }) => item);
  }

  set items(items: readonly Item[]) {
    this.#shown = new Map(items.map((item) => [item, shown(item)]));
    this.#pick.items = [...this.#shown.values()];
  }

  get activeItems(): readonly Item[] {
    return this.#pick.activeItems.map(({ item }) => item);
  }

  set activeItems(items: readonly Item[]) {
    this.#pick.activeItems = items.map((item) => this.#shown.get(item)).filter((item) => item !== undefined);
  }

  get selectedItems(): readonly Item[] {
    return this.#pick.selectedItems.map(({ item }) => item);
  }

  onDidTriggerItemButton(listener: (item: Item) => unknown): vscode.Disposable {
    return this.#pick.onDidTriggerItemButton((event) => listener(event.item.item));
  }

  show(): void {
    this.#pick.show();
  }

  hide(): void {
    this.#pick.hide();
  }

  dispose(): void {
    this.#pick.dispose();
  }
}

/** A button of a pick or an input box. */
export function inertButton(button: vscode.QuickInputButton): vscode.QuickInputButton {
  const { tooltip } = button;
  return tooltip === undefined ? button : { ...button, tooltip: inert("title", tooltip) };
}
