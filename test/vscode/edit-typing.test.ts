/** Inline edits while the person goes on working: above, below, inside, elsewhere, and at several places at once. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import {
  answers,
  buttons,
  edit,
  ending,
  lenses,
  lines,
  open,
  piece,
  selectLines,
  type,
  untilShown,
  untilText,
  useEditing,
} from "./support/editing.ts";
import { command, until } from "./support/editor.ts";

describe("While an inline edit streams, a person", () => {
  const editing = useEditing();
  const text = (middle: readonly string[]): string => ["head", ...middle, "tail", ""].join("\n");

  it("types above and below it, and both stay: the edit goes on where its lines are now", async () => {
    const editor = await open(text(lines(6)));
    selectLines(editor, 1, 6);
    const answer = editing.answerByHand();
    const over = edit();
    await answer.write("```\nnew 0\nnew 1\n");
    await until("the first lines are there", () => editor.document.getText().includes("new 1"));
    await type(editor, 0, 4, " typed\nabove");
    await answer.write("new 2\n");
    await until("the third line is there", () => editor.document.getText().includes("new 2"));
    await type(editor, editor.document.lineCount - 2, 0, "typed ");
    await answer.end("new 3\n```\n");
    await over;
    const expected = `head typed\nabove\n${lines(4, "new").join("\n")}\ntyped tail\n`;
    assert.equal(editor.document.getText(), expected);
    await command("runnel.rejectEdit");
    await untilText(editor.document, `head typed\nabove\n${lines(6).join("\n")}\ntyped tail\n`);
  });

  it("keeps cursor, scroll position and focus", async () => {
    const editor = await open(["head", ...lines(6), ...lines(200, "below")].join("\n"));
    selectLines(editor, 1, 6);
    const answer = editing.answerByHand();
    const over = edit();
    await answer.write("```\nnew 0\nnew 1\n");
    await until("the first lines are there", () => editor.document.getText().includes("new 1"));
    const other = await open("elsewhere", { viewColumn: vscode.ViewColumn.Beside });
    const place = new vscode.Position(0, 4);
    editor.selection = new vscode.Selection(place, place);
    other.selection = new vscode.Selection(place, place);
    const [top] = editor.visibleRanges;
    await answer.end(`${lines(30, "new").slice(2).join("\n")}\n\`\`\`\n`);
    await over;
    assert.equal(editor.document.getText(), ["head", ...lines(30, "new"), ...lines(200, "below")].join("\n"));
    assert.equal(vscode.window.activeTextEditor, other);
    assert.ok(editor.selection.isEqual(new vscode.Selection(place, place)));
    assert.equal(editor.visibleRanges[0]!.start.line, top!.start.line);
    assert.ok(other.selection.isEqual(new vscode.Selection(place, place)));
  });

  it("types in another file, and nothing of either goes astray", async () => {
    const editor = await open(text(lines(4)));
    const other = await open("", { viewColumn: vscode.ViewColumn.Beside });
    await vscode.window.showTextDocument(editor.document, vscode.ViewColumn.One);
    selectLines(vscode.window.activeTextEditor!, 1, 4);
    const answer = editing.answerByHand();
    const over = edit();
    for (let index = 0; index < 8; index++) {
      await answer.write(`${index === 0 ? "```\n" : ""}new ${index}\n`);
      await type(other, 0, 0, "x");
    }
    await answer.end("```\n");
    await over;
    assert.equal(editor.document.getText(), text(lines(8, "new")));
    assert.equal(other.document.getText(), "xxxxxxxx");
  });

  it("takes over by typing in its lines: the stream ends, what came and what was typed stay for review", async () => {
    const editor = await open(text(lines(6)));
    selectLines(editor, 1, 6);
    const answer = editing.answerByHand();
    const over = edit();
    await answer.write("```\nnew 0\nnew 1\n");
    await until("the first lines are there", () => editor.document.getText().includes("new 1"));
    await type(editor, 2, 5, " typed");
    await over;
    const shown = await lenses(editor.document);
    assert.match(shown, /stopped: lines changed/);
    assert.doesNotMatch(shown, /Continue/);
    await until("the request was given up", () => editing.server.requests.at(-1)!.abandoned);
    const document = text(["new 0", "new 1 typed", ...lines(6)]);
    assert.equal(editor.document.getText(), document);
    await command("runnel.acceptEdit");
    await untilShown(editor.document, /^$/);
    assert.equal(editor.document.getText(), document);
  });

  it("undoes, which stops it and brings the old text back", async () => {
    const before = text(lines(6));
    const editor = await open(before);
    selectLines(editor, 1, 6);
    const answer = editing.answerByHand();
    const over = edit();
    await answer.write("```\nnew 0\nnew 1\n");
    await until("the first lines are there", () => editor.document.getText().includes("new 1"));
    await command("undo");
    await over;
    await untilText(editor.document, before);
    assert.equal(await lenses(editor.document), "");
  });

  it("watches two editors at once, each with an edit of its own", async () => {
    const one = await open(text(lines(20, "one")));
    const other = await open(text(lines(20, "other")), { viewColumn: vscode.ViewColumn.Beside });
    editing.answerWith(async ({ body }, reply) => {
      const word = body.includes("other 3") ? "other new" : "one new";
      await reply.write(piece("```\n"));
      for (const line of lines(20, word)) {
        await reply.write(piece(`${line}\n`));
        await reply.wait(10);
      }
      reply.end(piece("```\n") + ending);
    });
    selectLines(other, 1, 20);
    const second = edit();
    await vscode.window.showTextDocument(one.document, vscode.ViewColumn.One);
    selectLines(vscode.window.activeTextEditor!, 1, 20);
    await Promise.all([second, edit()]);
    assert.equal(one.document.getText(), text(lines(20, "one new")));
    assert.equal(other.document.getText(), text(lines(20, "other new")));
  });

  it("stops the one whose button is pressed, and no other", async () => {
    const one = await open(text(lines(3, "one")));
    const other = await open(text(lines(3, "other")), { viewColumn: vscode.ViewColumn.Beside });
    editing.answerWith(async ({ body, over }, reply) => {
      await reply.write(piece(`\`\`\`\n${body.includes("other 1") ? "other" : "one"} new\n`));
      await over;
    });
    selectLines(other, 1, 3);
    const second = edit();
    await untilShown(other.document, /Stop/);
    await vscode.window.showTextDocument(one.document, vscode.ViewColumn.One);
    selectLines(vscode.window.activeTextEditor!, 1, 3);
    const first = edit();
    await untilShown(one.document, /Stop/);
    const stop = (await buttons(other.document)).find((button) => button.command === "runnel.stop");
    await command("runnel.stop", ...(stop?.arguments ?? []));
    await second;
    await untilShown(other.document, /Incomplete/);
    assert.match(await lenses(one.document), /Stop/);
    await command("runnel.stop", "edit");
    await first;
  });

  it("edits several selections in one go, each a pending edit of its own, all one step of undo", async () => {
    const before = ["head", "first 0", "first 1", "between", "second 0", "second 1", "tail"].join("\n");
    const editor = await open(before);
    editor.selections = [new vscode.Selection(1, 0, 2, 7), new vscode.Selection(4, 0, 5, 8)];
    editing.answerWith(async ({ json }, reply) => {
      // The selection is in both requests, as what is edited in one and as what stands around it in the other.
      const isFirst = /first 0\nfirst 1\n(?!between)/.test(json.messages!.at(-1)!.content);
      await reply.write(piece("```\n"));
      for (const line of lines(4, isFirst ? "first new" : "second new")) {
        await reply.write(piece(`${line}\n`));
        await reply.wait(20);
      }
      reply.end(piece("```\n") + ending);
    });
    await edit();
    const after = ["head", ...lines(4, "first new"), "between", ...lines(4, "second new"), "tail"].join("\n");
    assert.equal(editor.document.getText(), after);
    assert.equal((await lenses(editor.document)).match(/\$\(check-all\) Accept/g)?.length, 2);
    await command("undo");
    assert.equal(editor.document.getText(), before);
    await command("redo");
    assert.equal(editor.document.getText(), after);
  });

  it("rejects one of several selections' edits and keeps the other", async () => {
    const editor = await open(["head", "first", "between", "second", "tail"].join("\n"));
    editor.selections = [new vscode.Selection(1, 0, 1, 5), new vscode.Selection(3, 0, 3, 6)];
    editing.answerWith(answers(["new"]));
    await edit();
    assert.equal(editor.document.getText(), "head\nnew\nbetween\nnew\ntail");
    editor.selection = new vscode.Selection(3, 1, 3, 1);
    await command("runnel.rejectEdit");
    await untilText(editor.document, "head\nnew\nbetween\nsecond\ntail");
    editor.selection = new vscode.Selection(1, 1, 1, 1);
    await command("runnel.acceptEdit");
    await untilShown(editor.document, /^$/);
    assert.equal(editor.document.getText(), "head\nnew\nbetween\nsecond\ntail");
  });

  it("edits a cell of a notebook", async () => {
    const cells = ["a = 1\nb = 2", "c = 3"].map(
      (code) => new vscode.NotebookCellData(vscode.NotebookCellKind.Code, code, "python"),
    );
    const notebook = await vscode.workspace.openNotebookDocument("jupyter-notebook", new vscode.NotebookData(cells));
    const { document } = notebook.cellAt(0);
    await vscode.window.showNotebookDocument(notebook);
    await command("notebook.cell.edit");
    await until("the cell is edited", () => vscode.window.activeTextEditor?.document === document);
    selectLines(vscode.window.activeTextEditor!, 0, 1);
    editing.answerWith(answers(["a = 10", "b = 2", "d = 4"]));
    await edit();
    assert.equal(document.getText(), "a = 10\nb = 2\nd = 4");
    assert.equal(notebook.cellAt(1).document.getText(), "c = 3");
    await command("runnel.rejectEdit");
    await untilText(document, "a = 1\nb = 2");
  });
});
