/** Where an edit goes, in real editors: selections, cursors, definitions, notebooks and untitled files. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { editPlace, editTargets, rangeOf } from "../../src/edit/host/edit-targets.ts";

const SOURCE = `// sums
function add(a, b) {
  return a + b;
}

class Account {
  deposit(amount) {
    this.balance += amount;
  }

  close() {}
}
`;

describe("The targets of an edit", () => {
  const open = async (content: string, language: string): Promise<vscode.TextEditor> => {
    const document = await vscode.workspace.openTextDocument({ content, language });
    return vscode.window.showTextDocument(document);
  };
  const at = (...places: [line: number, character: number, line: number, character: number][]) =>
    places.map((place) => new vscode.Selection(...place));
  const linesOf = async (editor: vscode.TextEditor, options?: { mayWrite?: boolean }) =>
    (await editTargets(editor, options)).map(({ lines }) => [lines.first, lines.last]);

  it("are the selected lines, whole, in the order of the text and merged where they touch", async () => {
    const editor = await open(SOURCE, "plaintext");
    editor.selections = at([7, 4, 7, 8], [1, 3, 2, 5], [3, 0, 4, 0]);
    assert.deepEqual(await linesOf(editor), [
      [1, 3],
      [7, 7],
    ]);
    const [target] = await editTargets(editor);
    assert.equal(editor.document.getText(rangeOf(target!)), SOURCE.split("\n").slice(1, 4).join("\n"));
  });

  it("leave cursors out where something is selected", async () => {
    const editor = await open(SOURCE, "plaintext");
    editor.selections = at([2, 2, 2, 8], [7, 0, 7, 0]);
    assert.deepEqual(await linesOf(editor), [[2, 2]]);
  });

  it("are the definition around each cursor where a language service knows one", async () => {
    const editor = await open(SOURCE.replaceAll("  ", ""), "plaintext");
    const symbol = (name: string, kind: vscode.SymbolKind, first: number, last: number): vscode.DocumentSymbol => {
      const range = new vscode.Range(first, 0, last, editor.document.lineAt(last).text.length);
      return new vscode.DocumentSymbol(name, "", kind, range, new vscode.Range(first, 0, first, 3));
    };
    const account = symbol("Account", vscode.SymbolKind.Class, 5, 11);
    account.children = [symbol("deposit", vscode.SymbolKind.Method, 6, 8)];
    account.children[0]!.children = [symbol("amount", vscode.SymbolKind.Variable, 7, 7)];
    const symbols = [symbol("add", vscode.SymbolKind.Function, 1, 3), account];
    const service = vscode.languages.registerDocumentSymbolProvider("plaintext", {
      provideDocumentSymbols: () => symbols,
    });
    editor.selections = at([2, 4, 2, 4], [7, 6, 7, 6], [9, 0, 9, 0]);
    const targets = await editTargets(editor);
    const places = await Promise.all(targets.map(editPlace));
    // A cursor in the class but in none of its methods means the class, which holds the method of the other cursor.
    assert.deepEqual(
      places.map(({ selection }) => [selection.first, selection.last]),
      [
        [1, 3],
        [5, 11],
      ],
    );
    editor.selections = at([7, 6, 7, 6]);
    const [target] = await editTargets(editor);
    const { enclosing, selection } = await editPlace(target!);
    service.dispose();
    assert.deepEqual(selection, { first: 6, last: 8 });
    assert.deepEqual(enclosing, [5]);
  });

  it("are the block around the cursor where none does", async () => {
    const editor = await open(SOURCE, "plaintext");
    editor.selections = at([7, 6, 7, 6]);
    assert.deepEqual(await linesOf(editor), [[6, 8]]);
  });

  it("are an empty line itself when new code may be written there, and none in an empty file otherwise", async () => {
    const editor = await open(SOURCE, "plaintext");
    editor.selections = at([4, 0, 4, 0]);
    assert.deepEqual(await linesOf(editor, { mayWrite: true }), [[4, 4]]);
    assert.deepEqual(await linesOf(editor), []);
    const empty = await open("", "plaintext");
    assert.deepEqual(await linesOf(empty, { mayWrite: true }), [[0, 0]]);
    assert.deepEqual(await linesOf(empty), []);
  });

  it("are found in a notebook's cell, which is a document of its own", async () => {
    const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, "def f():\n    return 1\n\nf()", "python");
    const notebook = await vscode.workspace.openNotebookDocument("jupyter-notebook", new vscode.NotebookData([cell]));
    const document = notebook.cellAt(0).document;
    await vscode.window.showNotebookDocument(notebook);
    const editor = await vscode.window.showTextDocument(document);
    editor.selections = at([1, 4, 1, 4]);
    assert.deepEqual(await linesOf(editor), [[0, 1]]);
    const [target] = await editTargets(editor);
    assert.equal((await editPlace(target!)).lines.length, 4);
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  });

  it("tell what the editor reports about them, the gravest first", async () => {
    const editor = await open("let a\nlet b\nlet c\n", "plaintext");
    const reports = vscode.languages.createDiagnosticCollection("test");
    const report = (line: number, message: string, severity: vscode.DiagnosticSeverity) =>
      Object.assign(new vscode.Diagnostic(new vscode.Range(line, 0, line, 3), message, severity), { source: "test" });
    reports.set(editor.document.uri, [
      report(0, "elsewhere", vscode.DiagnosticSeverity.Error),
      report(1, "careful", vscode.DiagnosticSeverity.Warning),
      report(2, "wrong", vscode.DiagnosticSeverity.Error),
    ]);
    editor.selections = at([1, 0, 2, 3]);
    const [target] = await editTargets(editor);
    const { problems } = await editPlace(target!);
    reports.dispose();
    assert.deepEqual(problems, [
      { severity: "error", message: "wrong", line: 2, source: "test" },
      { severity: "warning", message: "careful", line: 1, source: "test" },
    ]);
  });
});
