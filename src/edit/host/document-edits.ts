/** Changes a document without moving the cursor, the scroll or the focus, and so that one undo takes all of it back. */
import * as vscode from "vscode";
import type { TextChange } from "../diff/text-range.ts";

/**
 * `stale`: the document changed meanwhile, and the changes have to be computed anew. `hidden`: it is in no visible
 * editor, where each change would be an undo step of its own. `read-only`: it takes no changes at all.
 */
export type EditResult = "applied" | "stale" | "hidden" | "read-only";

export interface EditStops {
  /** The first change of a group: what was typed before stays out of its undo step. */
  first: boolean;
  /** The last change of a group: what is typed after stays out of its undo step. */
  last: boolean;
}

export function visibleEditor(document: vscode.TextDocument): vscode.TextEditor | undefined {
  const editors = vscode.window.visibleTextEditors.filter((editor) => editor.document === document);
  return editors.find((editor) => editor === vscode.window.activeTextEditor) ?? editors[0];
}

/** To be awaited before the next call for the same document: of two edits at once the second is refused. */
export async function applyChanges(
  document: vscode.TextDocument,
  changes: readonly TextChange[],
  stops: EditStops,
): Promise<EditResult> {
  const editor = visibleEditor(document);
  if (editor === undefined) return "hidden";
  const before = document.version;
  try {
    const done = await editor.edit(
      (edit) => {
        for (const { range, text } of changes) edit.replace(toRange(range), text);
      },
      { undoStopBefore: stops.first, undoStopAfter: stops.last },
    );
    if (!done) return "stale";
  } catch {
    // The editor was closed while the edit was under way.
    return "hidden";
  }
  // Read-only editors answer that all went well and change nothing.
  return document.version === before ? "read-only" : "applied";
}

/** All at once and in one undo step, also where no editor shows the document. */
export async function applyHidden(document: vscode.TextDocument, changes: readonly TextChange[]): Promise<EditResult> {
  const before = document.version;
  const edit = new vscode.WorkspaceEdit();
  for (const { range, text } of changes) edit.replace(document.uri, toRange(range), text);
  if (!(await vscode.workspace.applyEdit(edit))) return document.isClosed ? "hidden" : "stale";
  return document.version === before ? "read-only" : "applied";
}

export function toRange({ start, end }: TextChange["range"]): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

export function toChange({ range, text }: vscode.TextDocumentContentChangeEvent): TextChange {
  return {
    range: {
      start: { line: range.start.line, character: range.start.character },
      end: { line: range.end.line, character: range.end.character },
    },
    text,
  };
}
