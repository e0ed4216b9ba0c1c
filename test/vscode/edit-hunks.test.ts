/** Hunks of pending edits, accepted and rejected in any order: the document must hold what the pure functions say. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { hunksOf, textWith } from "../../src/edit/diff/hunks.ts";
import { diffLines } from "../../src/edit/diff/line-diff.ts";
import { createRandom, edited, sourceLines } from "../edit/support/texts.ts";
import { sizeOf } from "../support/long.ts";
import { open, untilShown, untilText, useEditing } from "./support/editing.ts";
import { command } from "./support/editor.ts";

const ROUNDS = sizeOf({ few: 6, all: 50 });
const EDITS = 10;

interface Block {
  old: string[];
  fresh: string[];
}

describe("The hunks of pending edits", () => {
  const editing = useEditing();

  it(`end, each accepted or rejected in random order, in exactly the text that was predicted (${ROUNDS * EDITS} edits)`, async function () {
    this.timeout(300_000);
    const random = createRandom(20);
    const editor = await open("");
    const { document } = editor;
    for (let round = 0; round < ROUNDS; round++) {
      const blocks = Array.from({ length: EDITS }, () => block(random));
      const lineEnd = round % 2 === 0 ? "\n" : "\r\n";
      await editor.edit((change) => {
        change.setEndOfLine(lineEnd === "\n" ? vscode.EndOfLine.LF : vscode.EndOfLine.CRLF);
        const all = new vscode.Range(0, 0, document.lineCount, 0);
        change.replace(all, between(blocks.map(({ old }) => old)).join(lineEnd));
      });
      let line = 1;
      const applied = blocks.map(({ old, fresh }) => {
        const range = { first: line, last: line + old.length - 1 };
        line += old.length + 1;
        return editing.handle.edits.applyText(document, range, fresh.join("\n"));
      });
      await Promise.all(applied);
      assert.equal(document.getText(), between(blocks.map(({ fresh }) => fresh)).join(lineEnd));

      const ids = await editIds(document);
      assert.equal(ids.length, EDITS);
      const hunks = blocks.map(({ old, fresh }) => hunksOf(diffLines(old, fresh)));
      const decisions = hunks.map((all) => all.map(() => random() < 0.5));
      const order = hunks.flatMap((all, edit) => all.map((_, hunk) => ({ edit, hunk, at: random() })));
      for (const { edit, hunk } of order.sort((one, other) => one.at - other.at)) {
        const verb = decisions[edit]![hunk] ? "accept" : "reject";
        await command(`runnel.${verb}Hunk`, { edit: ids[edit], hunk });
        if (random() < 0.2) await editing.handle.edits.settled();
      }
      await editing.handle.edits.settled();
      const expected = blocks.map(({ fresh }, edit) => {
        const all = hunks[edit]!;
        return textWith(fresh.join("\n"), all, (hunk) => decisions[edit]![all.indexOf(hunk)]!).split("\n");
      });
      await untilText(document, between(expected).join(lineEnd));
      await untilShown(document, /^$/);
    }
  });

  it("are walked from one to the next, and decided where the cursor is", async () => {
    const old = Array.from({ length: 12 }, (_, index) => `line ${index}`);
    const fresh = old.map((text, index) => (index % 4 === 1 ? `${text} new` : text));
    const editor = await open(old.join("\n"));
    editor.selection = new vscode.Selection(0, 0, 0, 0);
    await editing.handle.edits.applyText(editor.document, { first: 0, last: 11 }, fresh.join("\n"));
    await untilShown(editor.document, /Accept All/);
    const cursor = (): number => editor.selection.active.line;
    const walked: number[] = [];
    for (let step = 0; step < 4; step++) {
      await command("runnel.nextHunk");
      walked.push(cursor());
    }
    assert.deepEqual(walked, [1, 5, 9, 1]);
    await command("runnel.nextHunk");
    await command("runnel.rejectHunk");
    await command("runnel.nextHunk");
    await command("runnel.acceptHunk");
    await command("runnel.acceptEdit");
    await untilShown(editor.document, /^$/);
    assert.equal(editor.document.getText(), fresh.with(5, old[5]!).join("\n"));
  });
});

/** Lines of code and what a model made of them; the first and the last line are never blank. */
function block(random: () => number): Block {
  for (;;) {
    const old = ["{", ...sourceLines(4 + Math.floor(random() * 12), random), "}"];
    const fresh = edited(old, 0.3, random);
    const isWhole = fresh.length > 0 && fresh[0]!.trim() !== "" && fresh.at(-1)!.trim() !== "";
    if (isWhole && fresh.join("\n") !== old.join("\n")) return { old, fresh };
  }
}

function between(blocks: readonly (readonly string[])[]): string[] {
  return ["// 0", ...blocks.flatMap((lines, index) => [...lines, `// ${index + 1}`])];
}

/** As the lenses name them, from top to bottom. */
async function editIds(document: vscode.TextDocument): Promise<number[]> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    "vscode.executeCodeLensProvider",
    document.uri,
    999,
  );
  const ids = lenses
    .filter(({ command: each }) => each?.command === "runnel.acceptEdit")
    .map(({ command: each }) => (each!.arguments![0] as { edit: number }).edit);
  return [...new Set(ids)].sort((one, other) => one - other);
}
