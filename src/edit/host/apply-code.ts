/** "Apply" on a code block of the chat: finds where it belongs in the open file, and shows it there as a pending edit. */
import * as vscode from "vscode";
import { insertCode, newFile } from "../../editor/editors.ts";
import { showInformation } from "../../editor/surfaces/messages.ts";
import { type PickItem, pickOne } from "../../editor/surfaces/picks.ts";
import type { LineRange } from "../prompt/line-range.ts";
import { findPlace } from "../session/place.ts";
import type { EditController } from "./edit-controller.ts";
import { refuses } from "./edit-selection.ts";

const { l10n } = vscode;

export async function applyCode(edits: EditController, code: string, language: string): Promise<void> {
  const editor = vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors[0];
  if (editor === undefined) return newFile(code, language);
  const { document, selection } = editor;
  if (await refuses(document)) return;
  const lines = document.getText().split(/\r\n|\r|\n/);
  const found = findPlace(lines, code.split("\n"));
  const range = found ? { first: found.startLine, last: found.endLine - 1 } : await askWhere(editor, code, language);
  if (range === undefined) return;
  if (edits.isTaken(document, range.first, range.last)) {
    void showInformation(l10n.t("There is a pending edit in these lines: accept or reject it first."));
    return;
  }
  const place = new vscode.Position(range.first, 0);
  const isInside = selection.active.line >= range.first && selection.active.line <= range.last;
  if (!isInside)
    editor.revealRange(new vscode.Range(place, place), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  await edits.applyText(document, range, code);
}

/** Undefined when the code went elsewhere, or nowhere. */
async function askWhere(editor: vscode.TextEditor, code: string, language: string): Promise<LineRange | undefined> {
  const { document, selection } = editor;
  const name = vscode.workspace.asRelativePath(document.uri, false);
  type Item = PickItem & { go(): LineRange | undefined | Promise<undefined> };
  const items: Item[] = [];
  if (!selection.isEmpty) {
    const last =
      selection.end.character === 0 ? Math.max(selection.start.line, selection.end.line - 1) : selection.end.line;
    items.push({
      icon: "selection",
      label: l10n.t("Replace the Selection"),
      description: `${name}:${selection.start.line + 1}-${last + 1}`,
      go: () => ({ first: selection.start.line, last }),
    });
  }
  items.push(
    {
      icon: "insert",
      label: l10n.t("Insert at the Cursor"),
      description: `${name}:${selection.active.line + 1}`,
      go: async () => {
        await insertCode(code, language);
        return undefined;
      },
    },
    {
      icon: "replace-all",
      label: l10n.t("Replace the Whole File"),
      description: name,
      go: () => ({ first: 0, last: document.lineCount - 1 }),
    },
    {
      icon: "new-file",
      label: l10n.t("New File"),
      go: async () => {
        await newFile(code, language);
        return undefined;
      },
    },
  );
  const title = l10n.t("Nothing in {0} shows where this code belongs", name);
  const picked = await pickOne(items, { title });
  return picked?.go();
}
