/** The ways to an inline edit: the light bulb, tests for the selection, and code applied from the chat. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { applyCode } from "../../src/edit/host/apply-code.ts";
import {
  answers,
  edit,
  file,
  lenses,
  open,
  selectLines,
  untilShown,
  untilText,
  useEditing,
} from "./support/editing.ts";
import { command, until } from "./support/editor.ts";

describe("An inline edit", () => {
  const editing = useEditing();
  const actionsAt = async (editor: vscode.TextEditor, range: vscode.Range): Promise<(string | undefined)[]> => {
    const all = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      "vscode.executeCodeActionProvider",
      editor.document.uri,
      range,
    );
    return all.map((action) => action.command?.command).filter((id) => id?.startsWith("runnel."));
  };

  it("is offered by the light bulb where something is reported or selected, and fixes what is reported", async () => {
    const editor = await open("let a\nlet b\nlet c\n");
    const reports = vscode.languages.createDiagnosticCollection("test");
    const range = new vscode.Range(1, 0, 1, 3);
    reports.set(editor.document.uri, [new vscode.Diagnostic(range, "b is wrong", vscode.DiagnosticSeverity.Error)]);
    try {
      const empty = new vscode.Range(0, 0, 0, 0);
      assert.deepEqual(await actionsAt(editor, empty), []);
      assert.deepEqual(await actionsAt(editor, new vscode.Range(1, 1, 1, 1)), ["runnel.fixSelection"]);
      assert.deepEqual(await actionsAt(editor, range), ["runnel.fixSelection", "runnel.editSelection"]);
      selectLines(editor, 1, 1);
      editing.answerWith(answers(["let right"]));
      await command("runnel.fixSelection");
      assert.equal(editor.document.getText(), "let a\nlet right\nlet c\n");
      assert.match(editing.server.requests.at(-1)!.body, /b is wrong/);
    } finally {
      reports.dispose();
    }
  });

  it("goes to what is reported when it is fixed from elsewhere, as the list of problems does", async () => {
    const editor = await open("let a\nlet b\nlet c\n");
    await open("another document");
    editing.answerWith(answers(["let right"]));
    const range = new vscode.Range(1, 4, 1, 5);
    await command("runnel.fixSelection", { uri: editor.document.uri, range });
    await until("it is edited", () => editor.document.getText().includes("let right"));
    assert.equal(vscode.window.activeTextEditor?.document, editor.document);
  });

  it("tells in the status bar what is pending, while it is", async () => {
    const editor = await open("one\ntwo\n");
    selectLines(editor, 0, 1);
    editing.answerWith(answers(["one", "2", "3"]));
    await edit();
    await until("the counts are there", () => editing.handle.meter().text.includes("+2 −1"));
    assert.match(editing.handle.meter().tooltip, /Pending edit/);
    const other = await open("another document");
    await until("they are of the active editor", () => !editing.handle.meter().text.includes("+2"));
    await vscode.window.showTextDocument(editor.document);
    await until("they are back", () => editing.handle.meter().text.includes("+2 −1"));
    await command("runnel.acceptEdit");
    await until("they are gone", () => !editing.handle.meter().text.includes("+2"));
    assert.ok(other.document.getText() !== "");
  });

  it("writes tests into the file that has them, opened beside and behind what is there", async () => {
    await file("written/total.js", "function total(a) {\n  return a;\n}\n");
    const tests = await file("written/test/total.test.js", "test one\n");
    const source = vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, "written/total.js");
    const editor = await vscode.window.showTextDocument(source);
    selectLines(editor, 0, 2);
    editing.answerWith(answers(["test two"]));
    await command("runnel.writeTests");
    const beside = vscode.window.visibleTextEditors.find(({ document }) => document.uri.path === tests.path);
    assert.ok(beside && beside.viewColumn !== editor.viewColumn);
    assert.match(beside.document.getText(), /^test one\ntest two\n?$/);
    assert.match(await lenses(beside.document), /Accept/);
    assert.match(editing.server.requests.at(-1)!.body, /function total/);
    await command("runnel.rejectEdit");
    await untilText(beside.document, "test one\n");
    assert.equal(editor.document.getText(), "function total(a) {\n  return a;\n}\n");
  });

  it("writes tests into a new unsaved file that knows its place where there are none", async () => {
    const source = await file("alone/sum.js", "function sum(a) {\n  return a;\n}\n");
    const editor = await vscode.window.showTextDocument(source);
    selectLines(editor, 0, 2);
    editing.answerWith(answers(["test it"]));
    await command("runnel.writeTests");
    const beside = vscode.window.visibleTextEditors.find(({ document }) => document.isUntitled);
    assert.ok(beside);
    assert.ok(beside.document.uri.path.endsWith("/alone/sum.test.js"));
    assert.equal(beside.document.getText(), "test it");
  });

  it("from the chat goes to the exact place of its code, and becomes a pending edit", async () => {
    const before = "function one() {\n  return 1;\n}\n\nfunction two() {\n  return 2;\n}\n";
    const editor = await open(before);
    const { edits } = editing.handle;
    await applyCode(edits, "function two() {\n  return 22;\n}", "js");
    assert.equal(editor.document.getText(), before.replace("return 2;", "return 22;"));
    await untilShown(editor.document, /Accept.*\+1 −1/);
    await command("runnel.rejectEdit");
    await untilText(editor.document, before);
  });

  it("from the chat asks where nothing shows the place, and leaves the file alone when nothing is picked", async () => {
    const editor = await open("nothing\nin common\n");
    const applied = applyCode(editing.handle.edits, "const unrelated = compute();\nshow(unrelated);", "js");
    await whilePending(applied, "workbench.action.closeQuickOpen");
    assert.equal(editor.document.getText(), "nothing\nin common\n");
    assert.equal(await lenses(editor.document), "");

    selectLines(editor, 1, 1);
    const picked = applyCode(editing.handle.edits, "const unrelated = compute();\nshow(unrelated);", "js");
    await whilePending(picked, "workbench.action.acceptSelectedQuickOpenItem");
    assert.equal(editor.document.getText(), "nothing\nconst unrelated = compute();\nshow(unrelated);\n");
  });
});

/** Nothing tells when a pick is on the screen, and without one these commands do nothing. */
async function whilePending(question: Promise<void>, answer: string): Promise<void> {
  let isPending = true;
  const settled = question.finally(() => {
    isPending = false;
  });
  while (isPending) {
    await command(answer);
    await Promise.race([settled, new Promise((resolve) => setTimeout(resolve, 100))]);
  }
  await settled;
}
