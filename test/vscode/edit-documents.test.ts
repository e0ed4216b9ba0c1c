/** Inline edits in documents to which things happen: hidden, closed, saved, formatted, changed on disk, or not editable. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as vscode from "vscode";
import {
  answers,
  edit,
  file,
  lenses,
  lines,
  onDisk,
  open,
  save,
  saying,
  selectLines,
  untilOnDisk,
  untilShown,
  untilText,
  useEditing,
} from "./support/editing.ts";
import { command, until } from "./support/editor.ts";

describe("A document with an inline edit", () => {
  const editing = useEditing();
  const text = (middle: readonly string[]): string => ["head", ...middle, "tail", ""].join("\n");
  const before = text(lines(6));

  /** A file of the workspace in the editor, with an answer to come for all but its first and last line. */
  const openFile = async (name: string, content = before) => {
    const uri = await file(name, content);
    const editor = await vscode.window.showTextDocument(uri, { preview: false });
    selectLines(editor, 1, editor.document.lineCount - 3);
    return { uri, editor, document: editor.document };
  };
  const set = async (section: string, values: Record<string, unknown>): Promise<void> => {
    const configuration = vscode.workspace.getConfiguration(section);
    for (const [name, value] of Object.entries(values))
      await configuration.update(name, value, vscode.ConfigurationTarget.Global);
  };

  it("that is hidden gets the rest in the end, and one undo takes all of it back", async () => {
    const { uri, document } = await openFile("hidden.txt");
    const answer = editing.answerByHand();
    const over = edit();
    await answer.write("```\nnew 0\nnew 1\n");
    await until("the first lines are there", () => document.getText().includes("new 1"));
    await open("another tab", { preview: false });
    await answer.write("new 2\n");
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.doesNotMatch(document.getText(), /new 2/);
    await answer.end("new 3\n```\n");
    await over;
    const after = text(lines(4, "new"));
    assert.equal(document.getText(), after);
    await vscode.window.showTextDocument(uri);
    await untilShown(document, /Accept/);
    await command("undo");
    await untilText(document, before);
    await command("redo");
    await untilText(document, after);
  });

  it("that is shown again while it streams goes on from where it is", async () => {
    const { uri, document } = await openFile("shown-again.txt");
    const answer = editing.answerByHand();
    const over = edit();
    await answer.write("```\nnew 0\n");
    await until("the first line is there", () => document.getText().includes("new 0"));
    await open("another tab", { preview: false });
    await answer.write("new 1\nnew 2\n");
    await vscode.window.showTextDocument(uri);
    await until("the others are there", () => document.getText().includes("new 2"));
    await answer.end("```\n");
    await over;
    assert.equal(document.getText(), text(lines(3, "new")));
  });

  it("that is closed while it streams takes the edit along", async () => {
    const { uri, document } = await openFile("closed.txt");
    const answer = editing.answerByHand();
    const over = edit();
    await answer.write("```\nnew 0\nnew 1\n");
    await until("the first lines are there", () => document.getText().includes("new 1"));
    await command("workbench.action.revertAndCloseActiveEditor");
    await over;
    await until("the request was given up", () => editing.server.requests.at(-1)!.abandoned);
    const again = await vscode.window.showTextDocument(uri);
    assert.equal(again.document.getText(), before);
    assert.equal(await lenses(again.document), "");
    assert.equal(await onDisk(uri), before);
  });

  it("that is closed with an edit to review, and not saved, is as it was", async () => {
    const { uri } = await openFile("closed-in-review.txt");
    editing.answerWith(answers(lines(3, "new")));
    await edit();
    await command("workbench.action.revertAndCloseActiveEditor");
    const again = await vscode.window.showTextDocument(uri);
    assert.equal(again.document.getText(), before);
    await untilShown(again.document, /^$/);
  });

  it("is saved as it stands while the edit is pending, also part of the way", async () => {
    const { uri, document } = await openFile("saved.txt");
    const answer = editing.answerByHand();
    const over = edit();
    await answer.write("```\nnew 0\nnew 1\n");
    await until("the first lines are there", () => document.getText().includes("new 1"));
    await save(document);
    await answer.end("```\n");
    await over;
    await save(document);
    assert.equal(await onDisk(uri), text(lines(2, "new")));
    await command("runnel.rejectEdit");
    await untilText(document, before);
  });

  it("is saved between the last line and the end of the answer, and one undo takes all of it back", async () => {
    const { document } = await openFile("saved-late.txt");
    const answer = editing.answerByHand();
    const over = edit();
    // The end of the answer changes nothing more, and so comes as a step of its own.
    const changed = ["new 0", ...lines(6).slice(1)];
    const after = text(changed);
    await answer.write(`\`\`\`\n${changed.join("\n")}\n`);
    await untilText(document, after);
    await save(document);
    await answer.end("```\n");
    await over;
    await command("runnel.acceptEdit");
    await untilShown(document, /^$/);
    await command("undo");
    await untilText(document, before);
    await command("redo");
    await untilText(document, after);
    await command("undo");
    await untilText(document, before);
  });

  it("is formatted on save without losing a line, while streaming and in review", async () => {
    const indent = vscode.languages.registerDocumentFormattingEditProvider("plaintext", {
      provideDocumentFormattingEdits: (document) =>
        Array.from({ length: document.lineCount }, (_, line) => document.lineAt(line))
          .filter(({ text: line }) => /^(new 1|head|first)/.test(line))
          .map(({ range }) => vscode.TextEdit.insert(range.start, "  ")),
    });
    await set("editor", { formatOnSave: true });
    try {
      const { document } = await openFile("formatted.txt");
      const answer = editing.answerByHand();
      const over = edit();
      await answer.write("```\nnew 0\nnew 1\n");
      await until("the first lines are there", () => document.getText().includes("new 1"));
      await document.save();
      await over;
      const formatted = ["  head", "new 0", "  new 1", ...lines(6), "tail", ""].join("\n");
      assert.equal(document.getText(), formatted);
      await untilShown(document, /stopped: lines changed/);
      await command("runnel.acceptEdit");
      await untilShown(document, /^$/);

      const review = await openFile("formatted-in-review.txt");
      editing.answerWith(answers(lines(3, "new")));
      await edit();
      await review.document.save();
      assert.equal(review.document.getText(), ["  head", "new 0", "  new 1", "new 2", "tail", ""].join("\n"));
      await command("runnel.rejectEdit");
      await untilText(review.document, `  ${before}`);

      const first = await openFile("formatted-in-first-line.txt");
      editing.answerWith(answers(["first", "line 1", "first again"]));
      await edit();
      await first.document.save();
      assert.equal(first.document.getText(), ["  head", "  first", "line 1", "  first again", "tail", ""].join("\n"));
      await command("runnel.rejectEdit");
      await untilText(first.document, `  ${before}`);
    } finally {
      indent.dispose();
      await set("editor", { formatOnSave: undefined });
    }
  });

  it("is saved by itself meanwhile, and one undo takes the edit back all the same", async () => {
    await set("files", { autoSave: "afterDelay", autoSaveDelay: 50 });
    try {
      const { uri, document } = await openFile("auto-saved.txt");
      const answer = editing.answerByHand();
      const over = edit();
      for (let index = 0; index < 4; index++) {
        await answer.write(`${index === 0 ? "```\n" : ""}new ${index}\n`);
        await until("the line is there", () => document.getText().includes(`new ${index}`));
        await until("it is saved", () => !document.isDirty);
      }
      await answer.end("```\n");
      await over;
      const after = text(lines(4, "new"));
      assert.equal(document.getText(), after);
      await command("runnel.acceptEdit");
      await command("undo");
      await untilText(document, before);
      await untilOnDisk(uri, before);
    } finally {
      await set("files", { autoSave: undefined, autoSaveDelay: undefined });
    }
  });

  it("that changes on disk above the edit takes the change, and the edit can still be rejected", async () => {
    const { uri, document } = await openFile("changed-on-disk.txt");
    editing.answerWith(answers(lines(3, "new")));
    await edit();
    await save(document);
    // In one step, or VS Code could read a file that is half written, in which the edit's lines are gone.
    writeFileSync(`${uri.fsPath}.new`, `line above\n${text(lines(3, "new"))}`);
    renameSync(`${uri.fsPath}.new`, uri.fsPath);
    await untilText(document, `line above\n${text(lines(3, "new"))}`);
    assert.match(await lenses(document), /Accept/);
    await command("runnel.rejectEdit");
    await untilText(document, `line above\n${before}`);
  });

  it("under which git checks out something else holds that, and no edit is pending any more", async () => {
    const { uri, document } = await openFile("sub/checked-out.txt");
    const git = (...args: string[]): unknown =>
      execFileSync("git", ["-c", "user.name=T", "-c", "user.email=t@t.invalid", ...args], { cwd: dirname(uri.fsPath) });
    git("init", "--quiet");
    git("add", ".");
    git("commit", "--quiet", "-m", "one");
    editing.answerWith(answers(lines(3, "new")));
    await edit();
    await save(document);
    assert.equal(await onDisk(uri), text(lines(3, "new")));
    git("checkout", "--quiet", "--", ".");
    await untilText(document, before);
    await untilShown(document, /^$/);
    assert.equal(document.isDirty, false);
  });

  it("that is known to be read-only is refused with a sentence before anything is sent", async () => {
    const { length } = editing.server.requests;
    const isRefused = async (document: vscode.TextDocument, name: string): Promise<void> => {
      const old = document.getText();
      const said = await saying(() => edit());
      assert.deepEqual(said, [`${name} is read-only, so Runnel cannot edit it.`]);
      assert.equal(document.getText(), old);
    };
    await set("files", { readonlyInclude: { "**/locked.txt": true }, readonlyFromPermissions: true });
    const provided = vscode.workspace.registerTextDocumentContentProvider("provided", {
      provideTextDocumentContent: () => before,
    });
    try {
      await isRefused((await openFile("locked.txt")).document, "locked.txt");
      const { document } = await openFile("permitted-to-nobody.txt");
      chmodSync(document.uri.fsPath, 0o444);
      await isRefused(document, "permitted-to-nobody.txt");
      const virtual = await vscode.window.showTextDocument(vscode.Uri.parse("provided:/text.txt"));
      await isRefused(virtual.document, "/text.txt");
      assert.equal(editing.server.requests.length, length);
      await set("files", { readonlyExclude: { "**/locked.txt": true } });
      editing.answerWith(answers(lines(3, "new")));
      const excluded = await openFile("locked.txt");
      await edit();
      assert.equal(excluded.document.getText(), text(lines(3, "new")));
    } finally {
      provided.dispose();
      await set("files", {
        readonlyInclude: undefined,
        readonlyExclude: undefined,
        readonlyFromPermissions: undefined,
      });
    }
  });

  it("that a person made read-only for the session stays as it is, and a sentence says so", async () => {
    const { document } = await openFile("locked-for-now.txt");
    await command("workbench.action.files.setActiveEditorReadonlyInSession");
    editing.answerWith(answers(lines(3, "new")));
    const said = await saying(() => edit());
    assert.equal(document.getText(), before);
    assert.equal(document.isDirty, false);
    assert.deepEqual(said, ["The edit was not applied: the file cannot be changed."]);
    assert.equal(await lenses(document), "");
    await command("workbench.action.files.resetActiveEditorReadonlyInSession");
  });

  it("whose language changes keeps its edit", async () => {
    const { document } = await openFile("language.txt");
    editing.answerWith(answers(lines(3, "new")));
    await edit();
    await vscode.languages.setTextDocumentLanguage(document, "javascript");
    await untilShown(document, /Accept/);
    await command("runnel.rejectEdit");
    await untilText(document, before);
  });

  it("that is no text, or more than extensions are shown, is refused with a sentence before anything is sent", async () => {
    const { length } = editing.server.requests;
    for (const [name, content] of [
      ["binary.bin", Buffer.from([0, 1, 2, 0, 255, 254, 0, 0])],
      ["large.txt", Buffer.alloc(51 * 1024 * 1024, "a line of text\n")],
    ] as const) {
      const uri = await file(name, content);
      await command("vscode.open", uri);
      await until("its tab is open", () => vscode.window.tabGroups.activeTabGroup.activeTab?.label === name);
      assert.deepEqual(await saying(() => edit()), [
        `${name} cannot be edited with Runnel: it is too large or not text.`,
      ]);
      await command("workbench.action.closeActiveEditor");
      await vscode.workspace.fs.delete(uri);
    }
    assert.equal(editing.server.requests.length, length);
  });
});
