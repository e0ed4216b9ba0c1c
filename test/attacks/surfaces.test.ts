/** Words reach VS Code's own surfaces by src/editor/surfaces alone: nothing else names what shows them there. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const door = "src/editor/surfaces/";

/** What the rest may take from `vscode.window`: nothing that shows words of ours. File dialogs have constant words only. */
const members = [
  "activeTextEditor",
  "visibleTextEditors",
  "activeTerminal",
  "tabGroups",
  "state",
  "showTextDocument",
  "showOpenDialog",
  "showSaveDialog",
  "createOutputChannel",
  "createTextEditorDecorationType",
  "registerWebviewViewProvider",
  "onDidChangeActiveTextEditor",
  "onDidChangeVisibleTextEditors",
  "onDidChangeTextEditorSelection",
  "onDidChangeWindowState",
];

/** Names of VS Code's API that show words wherever they are written, whatever they are taken from. */
const names = new RegExp(
  String.raw`\b(?:${[
    "show(?:Information|Warning|Error)Message",
    "setStatusBarMessage",
    "withProgress",
    "withScmProgress",
    "(?:show|create)QuickPick",
    "(?:show|create)InputBox",
    "showWorkspaceFolderPick",
    "createStatusBarItem",
    "createLanguageStatusItem",
    "create(?:WebviewPanel|WebviewTextEditorInset|TreeView|Terminal|SourceControl|CommentController|TestController)",
    "register(?:TreeDataProvider|HoverProvider|CompletionItemProvider|InlayHintsProvider|SignatureHelpProvider)",
    "register(?:DocumentLinkProvider|TerminalLinkProvider|FileDecorationProvider|UriHandler)",
    "createDiagnosticCollection",
    "register(?:TextEditor)?Command",
    "MarkdownString",
    "MarkedString",
    "CodeLens",
    "Hover",
    "InlayHint",
    "TreeItem",
    "CompletionItem",
    "Diagnostic",
    "MessageItem",
    "QuickPick(?:Item)?",
    "InputBox",
    "StatusBarItem",
    "validationMessage",
    "accessibilityInformation",
    "contentText",
    "badge",
    "vscode\\.(?:diff|changes)",
  ].join("|")})\b`,
  "g",
);

/** Words that hold such a name and show nothing. */
const harmless = /\b(?:register)?CodeLensProvider\b|\bQuickPickItemKind\b|const \{ (?:(?:env|l10n),? )+\} = vscode;/g;

/** What this file does though only the door may, in words. */
function violations(path: string, text: string): string[] {
  if (path.startsWith(door)) return [];
  const code = text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, "").replace(harmless, "");
  const found = [...code.matchAll(names)].map(([name]) => `${path}: ${name}`);
  // Only the API has a `window` in the host; under another name nobody could follow it.
  if (/^src\/(?:.+\/host\/|editor\/|(?:extension|commands)\.ts)/.test(path)) {
    for (const { 0: whole, 1: member, index } of code.matchAll(/\bwindow\b(?:\s*\.\s*(\w+))?/g)) {
      // A word of a sentence.
      const isWord = /["'`][^"'`\n]*$/.test(code.slice(0, index));
      if ((member === undefined && !isWord) || (member !== undefined && !members.includes(member)))
        found.push(`${path}: ${whole}`);
    }
    for (const [whole] of code.matchAll(/\bvscode\s*(?:\[|[,;)\]}]|as\b|=>)/g)) found.push(`${path}: ${whole}`);
    for (const [whole] of code.matchAll(/\bhoverMessage\b(?!: codeHover\()/g)) found.push(`${path}: ${whole}`);
    for (const [whole] of code.matchAll(/\b(?:panel|view|webviewView)\.(?:title|description)\s*=/g))
      found.push(`${path}: ${whole}`);
  }
  return found;
}

function* sources(): Generator<[path: string, text: string]> {
  for (const entry of readdirSync(join(root, "src"), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith(".ts")) continue;
    const path = join(entry.parentPath, entry.name);
    yield [relative(root, path).split(sep).join("/"), readFileSync(path, "utf8")];
  }
}

describe("What shows words in VS Code", () => {
  it("is used in one place", () => {
    assert.deepEqual(
      [...sources()].flatMap(([path, text]) => violations(path, text)),
      [],
    );
  });

  /** In a string of its own: the test of who may import whom would take the lines below for imports. */
  const api = "vscode";
  const planted: [text: string, found: boolean][] = [
    ["void vscode.window.showInformationMessage(text);", true],
    ["const { window } = vscode;\nwindow.showErrorMessage(text);", true],
    ["const { window: w } = vscode;", true],
    ["const { showWarningMessage: warn } = vscode.window;", true],
    [`import { window } from "${api}";\nwindow.withProgress(options, task);`, true],
    [`import { window as w } from "${api}";`, true],
    ["const w = vscode.window;", true],
    ['vscode["window"]["show" + kind + "Message"](text);', true],
    ["const api = vscode;", true],
    ["call(vscode);", true],
    ["const { window: { createQuickPick } } = vscode;", true],
    ["vscode.window\n  .showQuickPick(items);", true],
    ["vscode.window.createSomethingNew(text);", true],
    ["new vscode.MarkdownString(text)", true],
    [`import { MarkdownString } from "${api}";`, true],
    ["new vscode.CodeLens(range, { title })", true],
    ["return { range, hoverMessage: text };", true],
    ["return { range, hoverMessage: codeHover(title, code, language) };", false],
    ["renderOptions: { after: { contentText: text } }", true],
    ['vscode.commands.executeCommand("vscode.diff", one, other, title);', true],
    ["vscode.commands.registerCommand(id, run);", true],
    ["panel.title = text;", true],
    ["const editor = vscode.window.activeTextEditor;", false],
    ["class Lenses implements vscode.CodeLensProvider {}", false],
    ["// vscode.window.showInformationMessage is used by the door alone\nconst { l10n } = vscode;", false],
  ];
  for (const [text, found] of planted)
    it(`${found ? "finds" : "allows"} ${JSON.stringify(text)}`, () => {
      assert.equal(violations("src/chat/host/a.ts", text).length > 0, found);
    });

  it("is free to the door itself", () => {
    assert.deepEqual(violations("src/editor/surfaces/a.ts", "vscode.window.showInformationMessage(text);"), []);
  });
});
