/** What Runnel reads from and writes to text editors: the code a question is about, and code put at the cursor. */

import * as vscode from "vscode";
import type { Attachment } from "../core/conversation.ts";
import { defined } from "../core/defined.ts";
import { editorLanguage } from "./fence-language.ts";
import { showWarning } from "./surfaces/messages.ts";
import { type PickItem, pickOne } from "./surfaces/picks.ts";
import { definitionsAround, documentSymbols } from "./symbols.ts";

/** Lines around the cursor that are taken when there is neither a selection nor a symbol. */
const AROUND = 40;

/** The selection, else the innermost symbol around the cursor, else the lines around it; undefined for an empty file. */
export async function codeInQuestion(editor: vscode.TextEditor): Promise<Attachment | undefined> {
  const { document, selection } = editor;
  const range = selection.isEmpty ? await rangeAround(document, selection.active) : wholeLines(document, selection);
  const text = document.getText(range);
  if (text.trim() === "") return undefined;
  return attachmentOf(document, range);
}

/** Characters; a larger file is not sent whole. */
const LARGEST_FILE = 200_000;

/** The whole file; undefined, with a sentence, when it is empty, too large or not text. */
export async function wholeFile(uri: vscode.Uri): Promise<Attachment | undefined> {
  try {
    const document = await vscode.workspace.openTextDocument(uri);
    const text = document.getText();
    const name = vscode.workspace.asRelativePath(uri, false);
    if (text.length > LARGEST_FILE) {
      void showWarning(vscode.l10n.t("{0} is too large to attach; select the part that matters.", name));
    } else if (text.trim() !== "") {
      const last = document.lineCount - 1;
      return attachmentOf(document, new vscode.Range(0, 0, last, document.lineAt(last).text.length));
    }
  } catch {
    void showWarning(vscode.l10n.t("{0} cannot be attached: it is not a text file.", uri.path));
  }
  return undefined;
}

/** Lets the person choose what to attach: the selection, the file in the editor, or another file. */
export async function pickContext(): Promise<Attachment | undefined> {
  const editor = vscode.window.activeTextEditor;
  type Item = PickItem & { take(): Promise<Attachment | undefined> };
  const items: Item[] = [];
  if (editor) {
    const name = vscode.workspace.asRelativePath(editor.document.uri, false);
    if (!editor.selection.isEmpty) {
      const { start, end } = editor.selection;
      items.push({
        icon: "selection",
        label: vscode.l10n.t("Selection"),
        description: `${name}:${start.line + 1}-${end.line + 1}`,
        take: () => codeInQuestion(editor),
      });
    }
    items.push({
      icon: "file",
      label: vscode.l10n.t("This File"),
      description: name,
      take: () => wholeFile(editor.document.uri),
    });
  }
  items.push({
    icon: "folder-opened",
    label: vscode.l10n.t("Another File…"),
    take: async () => {
      const picked = await vscode.window.showOpenDialog({ openLabel: vscode.l10n.t("Attach") });
      return picked?.[0] && wholeFile(picked[0]);
    },
  });
  const picked = await pickOne(items, { title: vscode.l10n.t("Add context to the next question") });
  return picked?.take();
}

/** A piece of a document, as it is now. */
export function attachmentOf(document: vscode.TextDocument, range: vscode.Range): Attachment {
  const path = vscode.workspace.asRelativePath(document.uri, false).replaceAll("\\", "/");
  const startLine = range.start.line + 1;
  // A selection that ends at the start of a line does not hold that line.
  const endLine = range.end.character === 0 && range.end.line > range.start.line ? range.end.line : range.end.line + 1;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const lines = startLine === endLine ? `${startLine}` : `${startLine}-${endLine}`;
  return {
    label: `${name}:${lines}`,
    path,
    uri: document.uri.toString(),
    language: document.languageId,
    startLine,
    endLine,
    text: document.getText(range),
  };
}

/** Half a line explains nothing: the selection is widened to whole lines unless it lies within one line. */
function wholeLines(document: vscode.TextDocument, selection: vscode.Selection): vscode.Range {
  if (selection.isSingleLine) return selection;
  const end = selection.end.character === 0 ? selection.end : document.lineAt(selection.end.line).range.end;
  return new vscode.Range(selection.start.with({ character: 0 }), end);
}

async function rangeAround(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.Range> {
  const symbol = definitionsAround(await documentSymbols(document), position).at(-1);
  if (symbol) return symbol.range;
  const first = Math.max(0, position.line - AROUND);
  const last = Math.min(document.lineCount - 1, position.line + AROUND);
  return new vscode.Range(first, 0, last, document.lineAt(last).text.length);
}

/** Opens the file of an attachment with its lines selected; the lines may have moved since. */
export async function openAttachment(attachment: Attachment): Promise<void> {
  if (attachment.uri === undefined) return;
  try {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(attachment.uri, true));
    const last = Math.min(attachment.endLine, document.lineCount) - 1;
    const first = Math.min(attachment.startLine - 1, last);
    const selection = new vscode.Range(first, 0, last, document.lineAt(last).text.length);
    await vscode.window.showTextDocument(document, { selection });
  } catch {
    void showWarning(vscode.l10n.t("{0} can no longer be opened.", attachment.path));
  }
}

/** Opens code as a new untitled file; `tag` names its language as a fence does. */
export async function newFile(code: string, tag: string): Promise<void> {
  const language = editorLanguage(tag, await vscode.languages.getLanguages());
  const document = await vscode.workspace.openTextDocument({
    content: code,
    ...defined({ language }),
  });
  await vscode.window.showTextDocument(document);
}

/** Puts code in place of the selection of the editor last used; without an editor, into a new untitled file. */
export async function insertCode(code: string, language: string): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return newFile(code, language);
  const before = editor.document.version;
  const done = await editor.edit((edit) => {
    for (const selection of editor.selections) edit.replace(selection, code);
  });
  // Read-only editors answer true and change nothing.
  if (!done || editor.document.version === before) {
    void showWarning(vscode.l10n.t("The code could not be inserted: the file cannot be changed."));
    return;
  }
  const { document, selection, viewColumn } = editor;
  await vscode.window.showTextDocument(document, { selection, ...defined({ viewColumn }) });
}
