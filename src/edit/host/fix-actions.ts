/** Runnel's entries in the light bulb: fix what the editor reports, and edit or document the selection. */
import * as vscode from "vscode";

const { l10n } = vscode;

export class FixActions implements vscode.CodeActionProvider {
  static readonly kinds = [vscode.CodeActionKind.QuickFix, vscode.CodeActionKind.RefactorRewrite];

  provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range | vscode.Selection,
    context: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    const actions: vscode.CodeAction[] = [];
    if (context.diagnostics.length > 0 && wants(context, vscode.CodeActionKind.QuickFix)) {
      const fix = new vscode.CodeAction(l10n.t("Fix with Runnel"), vscode.CodeActionKind.QuickFix);
      fix.command = { title: fix.title, command: "runnel.fixSelection", arguments: [{ uri: document.uri, range }] };
      fix.diagnostics = [...context.diagnostics];
      actions.push(fix);
    }
    if (!range.isEmpty && wants(context, vscode.CodeActionKind.RefactorRewrite) && !document.isClosed) {
      const edit = new vscode.CodeAction(l10n.t("Edit with Runnel…"), vscode.CodeActionKind.RefactorRewrite);
      edit.command = { title: edit.title, command: "runnel.editSelection", arguments: [{ uri: document.uri, range }] };
      actions.push(edit);
    }
    return actions;
  }
}

/** From a hover or the list of problems the cursor may be elsewhere: puts it where the command's `argument` says. */
export async function goToAction(argument: unknown): Promise<void> {
  if (typeof argument !== "object" || argument === null || !("uri" in argument) || !("range" in argument)) return;
  const { uri, range } = argument;
  if (!(uri instanceof vscode.Uri) || !(range instanceof vscode.Range)) return;
  const editor = vscode.window.activeTextEditor;
  const isThere = editor?.document.uri.toString() === uri.toString();
  if (isThere && editor.selections.some((selection) => selection.intersection(range) !== undefined)) return;
  await vscode.window.showTextDocument(uri, { selection: new vscode.Range(range.start, range.start) });
}

/** Actions on save ask for kinds of their own; nothing of Runnel's runs by itself. */
function wants({ only, triggerKind }: vscode.CodeActionContext, kind: vscode.CodeActionKind): boolean {
  if (only === undefined) return true;
  return triggerKind === vscode.CodeActionTriggerKind.Invoke && only.contains(kind);
}
