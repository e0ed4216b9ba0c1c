/** Which pending edit and hunk a command means: what its lens names, else what is at the cursor. */
import * as vscode from "vscode";
import type { EditArgument } from "./edit-argument.ts";
import type { EditedDocument } from "./edited-document.ts";
import type { PendingEdit } from "./pending-edit.ts";

/** The edit that a lens names, else the one at the cursor, else all of the active document. */
export function meantEdits(documents: readonly EditedDocument[], argument: EditArgument | undefined): PendingEdit[] {
  if (typeof argument?.edit === "number")
    return documents.flatMap(({ edits }) => edits.filter(({ id }) => id === argument.edit));
  const editor = vscode.window.activeTextEditor;
  const uri = editor?.document.uri.toString();
  const edits = documents.find(({ document }) => document.uri.toString() === uri)?.edits ?? [];
  const line = editor?.selection.active.line ?? -1;
  const here = edits.filter((edit) => edit.holds(line));
  return here.length > 0 ? here : [...edits];
}

/** Id of the hunk that a lens names, else of the one at the cursor or the first below it; undefined without hunks. */
export function meantHunk(edit: PendingEdit, argument: EditArgument | undefined): number | undefined {
  if (argument?.hunk !== undefined) return argument.hunk;
  const { hunks } = edit.session.view();
  const line = vscode.window.activeTextEditor?.selection.active.line ?? 0;
  return (hunks.find(({ endLine, startLine }) => Math.max(endLine, startLine + 1) > line) ?? hunks[0])?.id;
}

/** Of the next hunk below a line, or of the first; undefined without hunks. */
export function nextHunkLine(edits: readonly PendingEdit[], after: number): number | undefined {
  const lines = edits.flatMap(({ session }) => session.view().hunks.map(({ startLine }) => startLine));
  lines.sort((one, other) => one - other);
  return lines.find((start) => start > after) ?? lines[0];
}
