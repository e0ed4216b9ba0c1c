/** What is kept of pending edits for the next window: there before the file is saved, and taken up when it is opened again. */
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import type { EditRecord } from "../../src/edit/edit-record.ts";
import { createRecordFile } from "../../src/session/record-store.ts";
import {
  answers,
  edit,
  file,
  lines,
  open,
  save,
  selectLines,
  untilShown,
  untilText,
  useEditing,
} from "./support/editing.ts";
import { command, until } from "./support/editor.ts";

describe("The record of an inline edit", () => {
  const editing = useEditing();
  const text = (middle: readonly string[]): string => ["head", ...middle, "tail", ""].join("\n");
  /** Of these documents: tests before may have left others that VS Code has not closed yet. */
  const recorded = async (...uris: vscode.Uri[]): Promise<EditRecord[]> => {
    const all = (await editing.handle.editRecords.read())?.records ?? [];
    return all.filter(({ uri }) => uris.some((each) => each.toString() === uri));
  };
  const recordedUris = async (...uris: vscode.Uri[]): Promise<string[]> =>
    (await recorded(...uris)).map(({ uri }) => uri);
  const recordOf = (uri: vscode.Uri, stage: EditRecord["stage"], now: readonly string[]): EditRecord => ({
    uri: uri.toString(),
    startLine: 1,
    lines: now,
    oldLines: lines(4),
    before: ["head"],
    after: ["tail", ""],
    stage,
  });

  it("is on disk before the file is saved, while it streams and in review, and is gone when it is over", async () => {
    const { document } = await open(text(lines(4)));
    selectLines(vscode.window.activeTextEditor!, 1, 4);
    const answer = editing.answerByHand();
    const over = edit();
    await answer.write("```\nnew 0\nnew 1\n");
    await until("the first lines are there", () => document.getText().includes("new 1"));
    await save(document);
    const [streaming] = await recorded(document.uri);
    assert.deepEqual([streaming?.stage, streaming?.lines], ["streaming", [...lines(2, "new"), ...lines(4)]]);
    await answer.end("new 2\n```\n");
    await over;
    await save(document);
    const [review] = await recorded(document.uri);
    assert.deepEqual(review, recordOf(document.uri, "review", lines(3, "new")));
    await command("runnel.rejectEdit");
    await untilText(document, text(lines(4)));
    await save(document);
    assert.deepEqual(await recorded(document.uri), []);
  });

  it("of a review waits until its file is opened, that of a stream puts the old lines back at once", async () => {
    const review = await file(`recorded/${Date.now()}-review.txt`, text(lines(3, "new")));
    const stream = await file(`recorded/${Date.now()}-stream.txt`, text([...lines(2, "new"), ...lines(4)]));
    const records = [
      recordOf(review, "review", lines(3, "new")),
      recordOf(stream, "streaming", [...lines(2, "new"), ...lines(4)]),
    ];
    await editing.handle.editRecords.write(records);
    await editing.handle.edits.restore();
    const restored = await vscode.workspace.openTextDocument(stream);
    assert.equal(restored.getText(), text(lines(4)));
    assert.deepEqual(await recordedUris(review, stream), [review.toString()]);
    const { document } = await vscode.window.showTextDocument(review, { preview: false });
    await untilShown(document, /Accept.*\+3 −4/);
    assert.deepEqual(await recordedUris(review, stream), [review.toString()]);
    await command("runnel.rejectEdit");
    await untilText(document, text(lines(4)));
    await vscode.window.showTextDocument(restored);
  });

  it("of an edit that was begun meanwhile does not take away those that wait", async () => {
    const waiting = await file(`recorded/${Date.now()}-waiting.txt`, text(lines(3, "new")));
    await editing.handle.editRecords.write([recordOf(waiting, "review", lines(3, "new"))]);
    await editing.handle.edits.restore();
    const other = await open(text(lines(4)));
    selectLines(other, 1, 4);
    editing.answerWith(answers(lines(2, "new")));
    await edit();
    await save(other.document);
    assert.deepEqual(await recordedUris(waiting, other.document.uri), [
      waiting.toString(),
      other.document.uri.toString(),
    ]);
    const { document } = await vscode.window.showTextDocument(waiting, { preview: false });
    await untilShown(document, /Accept/);
    await command("runnel.acceptEdit");
    await untilShown(document, /^$/);
  });

  it("is replaced as a whole, in the order in which it was written", async () => {
    const path = join(mkdtempSync(join(tmpdir(), "runnel-")), "deep", "records.json");
    const store = createRecordFile(path);
    assert.equal(await store.read(), undefined);
    const one = recordOf(vscode.Uri.file("/one"), "review", ["x"]);
    const two = recordOf(vscode.Uri.file("/two"), "review", ["x".repeat(1_000_000)]);
    await Promise.all([store.write([two]), store.write([one]), store.write([]), store.write([two])]);
    assert.deepEqual((await store.read())?.records, [two]);
    await store.write([]);
    assert.equal(await store.read(), undefined);
  });
});
