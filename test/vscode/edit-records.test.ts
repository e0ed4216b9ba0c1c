/** What is kept of pending edits for the next window: there before the file is saved, and taken up when it is opened again. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import { silentLogger } from "../../src/core/logger.ts";
import { EditRecords } from "../../src/edit/host/edit-records.ts";
import { createRecordFiles } from "../../src/edit/host/window-records.ts";
import type { EditRecord } from "../../src/edit/session/edit-record.ts";
import { formatRecords } from "../../src/edit/session/record-file.ts";
import {
  answers,
  edit,
  file,
  lines,
  open,
  save,
  saying,
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
    await editing.handle.leaveEditRecords(records);
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
    await editing.handle.leaveEditRecords([recordOf(waiting, "review", lines(3, "new"))]);
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

  it("of a document that had one before is taken up as well", async () => {
    const uri = await file(`recorded/${Date.now()}-twice.txt`, text(lines(3, "new")));
    const { document } = await vscode.window.showTextDocument(uri, { preview: false });
    for (let round = 0; round < 2; round++) {
      await editing.handle.leaveEditRecords([recordOf(uri, "review", lines(3, "new"))]);
      await editing.handle.edits.restore();
      await untilShown(document, /Accept.*\+3 −4/);
      await command("runnel.acceptEdit");
      await untilShown(document, /^$/);
    }
  });

  it("of lines that another record names too, or of a file that is gone, changes nothing and is said", async () => {
    const there = text([...lines(2, "new"), ...lines(4)]);
    const uri = await file(`recorded/${Date.now()}-overlapping.txt`, there);
    const whole = [...lines(2, "new"), ...lines(4)];
    const inner: EditRecord = {
      ...{
        uri: uri.toString(),
        startLine: 2,
        stage: "streaming",
        before: ["head", "new 0"],
        after: lines(4).slice(0, 3),
      },
      ...{ lines: ["new 1"], oldLines: ["harm"] },
    };
    const missing = recordOf(vscode.Uri.joinPath(uri, "../gone.txt"), "streaming", ["x"]);
    const folder = recordOf(vscode.Uri.joinPath(uri, ".."), "streaming", ["x"]);
    await editing.handle.leaveEditRecords([recordOf(uri, "streaming", whole), inner, missing, folder]);
    const said = await saying(() => editing.handle.edits.restore());
    assert.equal((await vscode.workspace.openTextDocument(uri)).getText(), there);
    assert.ok(
      said.some((each) => /overlapping\.txt was cut short/.test(each)),
      said.join("\n"),
    );
    assert.ok(
      said.some((each) => /dropped: .*gone\.txt, .*recorded/.test(each)),
      said.join("\n"),
    );
    assert.deepEqual(await recorded(uri), []);
  });

  it("of lines that are not where they were changes nothing and is said, also in an unsaved document", async () => {
    const uri = await file(`recorded/${Date.now()}-changed.txt`, text(["mine", "and mine"]));
    const saved = await file(`recorded/${Date.now()}-saved.txt`, text(["other lines"]));
    const document = await vscode.workspace.openTextDocument(uri);
    const editor = await vscode.window.showTextDocument(document, { preview: false });
    await editor.edit((change) => change.insert(new vscode.Position(1, 0), "typed "));
    assert.equal(document.isDirty, true);
    const before = document.getText();
    const streaming = [...lines(2, "new"), ...lines(4)];
    await editing.handle.leaveEditRecords([
      recordOf(uri, "streaming", streaming),
      recordOf(saved, "streaming", streaming),
    ]);
    const said = await saying(() => editing.handle.edits.restore());
    assert.equal(document.getText(), before);
    assert.equal((await vscode.workspace.openTextDocument(saved)).getText(), text(["other lines"]));
    assert.equal(said.filter((each) => /was cut short.*please check/.test(each)).length, 2, said.join("\n"));
  });

  it("of a file behind a link out of the workspace waits until a person opens it", async () => {
    const outside = join(mkdtempSync(join(tmpdir(), "runnel-")), "outside.txt");
    const there = text([...lines(2, "new"), ...lines(4)]);
    writeFileSync(outside, there);
    const link = vscode.Uri.joinPath(await file("recorded/anchor.txt", ""), `../${Date.now()}-link.txt`);
    symlinkSync(outside, link.fsPath);
    const elsewhere = vscode.Uri.file(outside);
    const streaming = [...lines(2, "new"), ...lines(4)];
    await editing.handle.leaveEditRecords([
      recordOf(link, "streaming", streaming),
      recordOf(elsewhere, "streaming", streaming),
    ]);
    await editing.handle.edits.restore();
    const open = vscode.workspace.textDocuments.map(({ uri }) => uri.toString());
    assert.ok(!open.includes(link.toString()) && !open.includes(elsewhere.toString()));
    assert.deepEqual(await recordedUris(link, elsewhere), [link.toString(), elsewhere.toString()]);
    const { document } = await vscode.window.showTextDocument(elsewhere, { preview: false });
    await untilText(document, text(lines(4)));
    assert.equal(readFileSync(outside, "utf8"), there, "and only in the editor");
  });

  it("that is damaged or of a newer version is said with its files, and kept", async () => {
    const path = join(mkdtempSync(join(tmpdir(), "runnel-")), "pending-edits.json");
    const uri = await file(`recorded/${Date.now()}-named.txt`, text(lines(3, "new")));
    const records = [recordOf(uri, "streaming", lines(3, "new"))];
    const tell = async (content: string): Promise<string[]> => {
      writeFileSync(path, content);
      const made = new EditRecords({
        ...{ store: createRecordFiles(path), logger: silentLogger, records: () => [] },
        review: () => assert.fail("nothing is reviewed"),
      });
      return saying(() => made.restore());
    };
    const written = formatRecords(records);
    const damaged = await tell(written.replace("new 1", "new 7"));
    assert.equal(damaged.length, 1);
    assert.match(damaged[0]!, /is damaged\. Please check these files: .*-named\.txt The damaged record was kept: /);
    const newer = written.replace('"v":1', '"v":2');
    assert.match((await tell(newer)).join(), /newer version of Runnel left edits pending.*-named\.txt$/);
    assert.equal(readFileSync(path, "utf8"), newer);
    assert.match((await tell("\0\0\0")).join(), /is damaged\. Please check the files that were edited last/);
    assert.equal((await vscode.workspace.openTextDocument(uri)).getText(), text(lines(3, "new")));
  });

  it("is replaced as a whole, in the order in which it was written", async () => {
    const path = join(mkdtempSync(join(tmpdir(), "runnel-")), "deep", "records.json");
    const store = createRecordFiles(path);
    assert.equal(await store.read(), undefined);
    const one = recordOf(vscode.Uri.file("/one"), "review", ["x"]);
    const two = recordOf(vscode.Uri.file("/two"), "review", ["x".repeat(1_000_000)]);
    await Promise.all([store.write([two]), store.write([one]), store.write([]), store.write([two])]);
    assert.deepEqual((await store.read())?.records, [two]);
    await store.write([]);
    assert.equal(await store.read(), undefined);
  });
});
