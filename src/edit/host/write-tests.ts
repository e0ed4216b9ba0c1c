/** `runnel.writeTests`: tests for the selection, streamed into their file or a new one, to be reviewed like any edit. */
import * as vscode from "vscode";
import { attachmentOf } from "../../editor/editors.ts";
import { showInformation, showWarning } from "../../editor/surfaces/messages.ts";
import { editContext } from "../prompt/edit-context.ts";
import { testQuestion } from "../prompt/edit-prompt.ts";
import { nearestTo, testFilesOf } from "../prompt/test-file.ts";
import { type EditServices, refuses } from "./edit-selection.ts";
import { editPlace, editTargets, rangeOf } from "./edit-targets.ts";

const { l10n } = vscode;

/** Files with a fitting name that are looked at. */
const MOST_FOUND = 20;

export async function writeTests({ edits, models }: EditServices): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const [target] = editor ? await editTargets(editor) : [];
  if (target === undefined) {
    void showInformation(l10n.t("Select the code to test, or put the cursor in it."));
    return;
  }
  const choice = models.modelFor("edit");
  if (choice === undefined) {
    await vscode.commands.executeCommand("runnel.addProvider");
    return;
  }
  const tested = attachmentOf(target.document, rangeOf(target));
  const document = await testDocument(target.document);
  if (await refuses(document)) return;
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: false });
  const line = await emptyLastLine(document);
  if (line === undefined) {
    void showWarning(l10n.t("The edit was not applied: the file cannot be changed."));
    return;
  }
  const info = models.modelInfo(choice);
  const context = editContext(await editPlace({ document, lines: { first: line, last: line } }), {
    files: [tested],
    ...(info?.contextWindow === undefined ? {} : { contextWindow: info.contextWindow }),
  });
  const { systemPrompt } = models.settings;
  await edits.begin(document, [
    {
      lines: context.place.selection,
      before: context.before,
      after: context.after,
      question: testQuestion(context, tested, { systemPrompt }),
      sent: context.sent,
    },
  ]);
}

/** The file that holds the tests already, else an unsaved one that knows where it belongs. */
async function testDocument(tested: vscode.TextDocument): Promise<vscode.TextDocument> {
  const folder = vscode.workspace.getWorkspaceFolder(tested.uri);
  const path = vscode.workspace.asRelativePath(tested.uri, false).replaceAll("\\", "/");
  if (folder === undefined || tested.isUntitled)
    return vscode.workspace.openTextDocument({ language: tested.languageId, content: "" });
  const { names, newPath } = testFilesOf(path);
  const pattern = new vscode.RelativePattern(folder, `**/{${names.join(",")}}`);
  const found = await vscode.workspace.findFiles(pattern, "**/node_modules/**", MOST_FOUND);
  const byPath = new Map(found.map((uri) => [vscode.workspace.asRelativePath(uri, false).replaceAll("\\", "/"), uri]));
  const nearest = nearestTo(path, [...byPath.keys()]);
  const uri = nearest === undefined ? undefined : byPath.get(nearest);
  if (uri) return vscode.workspace.openTextDocument(uri);
  const fresh = vscode.Uri.joinPath(folder.uri, newPath).with({ scheme: "untitled" });
  return vscode.workspace.openTextDocument(fresh);
}

/** New tests go behind the others: the last line, which is made where it is not empty. Undefined when that is refused. */
async function emptyLastLine(document: vscode.TextDocument): Promise<number | undefined> {
  const last = document.lineCount - 1;
  const { text } = document.lineAt(last);
  if (text.trim() === "") return last;
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(last, text.length), "\n");
  await vscode.workspace.applyEdit(edit);
  return document.lineCount - 1 > last ? last + 1 : undefined;
}
