/** An extension of the end-to-end tests: shows a text on a surface of VS Code, through the door that Runnel uses. */
import * as vscode from "vscode";
import { codeHover, codeLens, drawnText, type Lens } from "../../../src/editor/surfaces/editor-texts.ts";
import { askText, TextInput } from "../../../src/editor/surfaces/inputs.ts";
import {
  addCommand,
  ask,
  showError,
  showInformation,
  showInStatusBar,
  showWarning,
  withNotification,
} from "../../../src/editor/surfaces/messages.ts";
import { Pick, pickMany, pickOne } from "../../../src/editor/surfaces/picks.ts";
import { StatusItem } from "../../../src/editor/surfaces/status-item.ts";
import { createTab } from "../../../src/editor/surfaces/tabs.ts";

export function activate({ subscriptions }: vscode.ExtensionContext): void {
  const lenses = new vscode.EventEmitter<void>();
  let words: string | undefined;
  const drawn = vscode.window.createTextEditorDecorationType({});
  const item = new StatusItem("show.item", { name: "Show", command: "show.none", priority: 1 });
  const lens = (): Lens[] => {
    const range = new vscode.Range(0, 0, 0, 0);
    if (words === undefined) return [];
    return [
      codeLens(range, { icon: "check", text: words, tooltip: words, command: "show.none" }),
      codeLens(range, { text: words }),
    ];
  };
  let end = (): void => {};
  const shown: Record<string, (text: string) => unknown> = {
    notifications: (text) => {
      void showInformation(text, text.slice(0, 20));
      void showWarning(text);
      void showError(text);
    },
    progress: (text) => void withNotification(text, () => new Promise<void>((resolve) => (end = resolve))),
    dialog: (text) => void ask({ text, detail: text, buttons: [text] }),
    status: (text) => {
      showInStatusBar(text, 20_000);
      item.show([{ icon: "check", text }], [[text, text]], false);
    },
    pick: (text) => void pickOne([{ icon: "check", label: text, description: text, detail: text }], { title: text }),
    described: (text) => void pickOne([{ label: "x", description: text, detail: text }], { title: text }),
    picks: (text) => void pickMany([{ label: text, description: text, picked: true }], { title: text }),
    open: (text) => {
      const pick = new Pick();
      pick.title = text;
      pick.placeholder = text;
      pick.items = [
        { label: text, kind: vscode.QuickPickItemKind.Separator },
        { icon: "check", label: text, description: text, detail: text, alwaysShow: true },
      ];
      pick.show();
    },
    input: (text) => void askText({ title: text, prompt: text, value: "a", validate: () => text }),
    prompt: (text) => void askText({ title: text, prompt: text }),
    problem: (text) => {
      const input = new TextInput();
      input.title = text;
      input.prompt = text;
      input.buttons = [{ iconPath: new vscode.ThemeIcon("add"), tooltip: text }];
      input.show();
      input.problem = text;
    },
    editor: (text) => {
      words = text;
      lenses.fire();
      const range = new vscode.Range(0, 0, 0, 3);
      const hoverMessage = codeHover(text, text, text);
      const renderOptions = { after: drawnText(text.slice(0, 60)) };
      vscode.window.activeTextEditor?.setDecorations(drawn, [{ range, hoverMessage, renderOptions }]);
    },
    tab: (text) => void createTab("show.tab", text, {}),
    error: (text) => {
      throw new Error(text);
    },
    over: () => {
      end();
      words = undefined;
      lenses.fire();
    },
  };
  for (const [name, show] of Object.entries(shown)) subscriptions.push(addCommand(`show.${name}`, show));
  subscriptions.push(
    item,
    vscode.languages.registerCodeLensProvider(
      { scheme: "*" },
      {
        onDidChangeCodeLenses: lenses.event,
        provideCodeLenses: lens,
      },
    ),
  );
}
