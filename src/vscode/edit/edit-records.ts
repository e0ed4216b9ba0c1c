/** Keeps what is pending in the workspace's memory, so that a window that is opened anew finds no half-changed lines. */
import * as vscode from "vscode";
import type { Logger } from "../../core/logger.ts";
import { asRecord, type EditRecord, findRecord } from "../../edit/edit-record.ts";
import { replaceLines } from "../../edit/whole-lines.ts";
import type { LineRange } from "../../session/line-range.ts";
import { toRange } from "./document-edits.ts";
import { leftText, restoredText } from "./edit-texts.ts";

const KEY = "pendingEdits";

/** Milliseconds between two records of an edit that streams; large ones cost more and are kept less often. */
const PACE = 250;
const CHARACTERS_A_MILLISECOND = 1000;

/** An edit that goes on being reviewed, in the lines of its document as it is now. */
export interface FoundReview {
  lines: LineRange;
  oldLines: readonly string[];
  isIncomplete: boolean;
}

export class EditRecords {
  readonly #memory: vscode.Memento;
  #stages = "";
  #timer: NodeJS.Timeout | undefined;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  /** Written at once where an edit begins, ends or comes to its review, else after a while. */
  note(records: () => EditRecord[], stages: string): void {
    if (stages !== this.#stages) {
      this.#stages = stages;
      this.#write(records());
    } else if (stages !== "" && this.#timer === undefined) {
      const size = records().reduce((sum, { lines }) => sum + lines.join().length, 0);
      this.#timer = setTimeout(() => this.#write(records()), PACE + size / CHARACTERS_A_MILLISECOND);
    }
  }

  /** Of the window that was open before: puts half-streamed lines back, and hands over what waits for review. */
  async restore(
    logger: Logger,
    review: (document: vscode.TextDocument, reviews: FoundReview[], original: string) => void,
  ): Promise<void> {
    const kept = this.#memory.get<unknown[]>(KEY);
    if (kept === undefined) return;
    const records = kept.map(asRecord).filter((record) => record !== undefined);
    for (const uri of new Set(records.map((record) => record.uri))) {
      const own = records.filter((record) => record.uri === uri);
      try {
        const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri, true));
        const { restored, reviews } = await restoreEdits(document, own);
        if (restored > 0) void vscode.window.showInformationMessage(restoredText(document));
        if (reviews.length > 0) review(document, reviews, originalOf(document, reviews));
      } catch (error) {
        // The file is gone, and its edit with it.
        logger.warn(`no edit restored in ${uri}: ${String(error)}`);
      }
    }
    await this.#memory.update(KEY, undefined);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #write(records: readonly EditRecord[]): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    void this.#memory.update(KEY, records.length === 0 ? undefined : records);
  }
}

/**
 * Puts the lines of edits that were still streaming back as they were, and finds those that wait for review. Where others
 * have changed them since, the lines stay, and the person is told.
 */
async function restoreEdits(
  document: vscode.TextDocument,
  records: readonly EditRecord[],
): Promise<{ restored: number; reviews: FoundReview[] }> {
  const there = linesOf(document);
  const found = records
    .flatMap((record) => {
      const place = findRecord(there, record);
      return place === undefined ? [] : [{ record, place }];
    })
    .sort((one, other) => one.place.startLine - other.place.startLine);
  const edit = new vscode.WorkspaceEdit();
  const reviews: FoundReview[] = [];
  let restored = 0;
  let left = 0;
  let moved = 0;
  for (const { record, place } of found) {
    const { startLine, endLine } = place;
    const { oldLines, stage } = record;
    // An unsaved text is the window's own, at most newer than the record; a saved one anybody may have changed.
    const isOwn = place.isOwn || document.isDirty;
    const isAsBefore = there.slice(startLine, endLine).join("\n") === oldLines.join("\n");
    if (stage !== "streaming") {
      const lines = { first: startLine + moved, last: endLine - 1 + moved };
      if (!isAsBefore && endLine > startLine) reviews.push({ lines, oldLines, isIncomplete: stage === "incomplete" });
    } else if (!isOwn) left++;
    else if (!isAsBefore) {
      const { range, text } = replaceLines(there, startLine, endLine, oldLines);
      edit.replace(document.uri, toRange(range), text);
      moved += oldLines.length - (endLine - startLine);
      restored++;
    }
  }
  if (left > 0) void vscode.window.showWarningMessage(leftText(document));
  if (restored > 0 && !(await vscode.workspace.applyEdit(edit))) {
    if (left === 0) void vscode.window.showWarningMessage(leftText(document));
    const others = records.filter(({ stage }) => stage !== "streaming");
    return restoreEdits(document, others);
  }
  return { restored, reviews };
}

/** The text as it was before all that waits for review. */
function originalOf(document: vscode.TextDocument, reviews: readonly FoundReview[]): string {
  const lines = linesOf(document);
  for (const { lines: place, oldLines } of reviews.toReversed())
    lines.splice(place.first, place.last - place.first + 1, ...oldLines);
  return lines.join("\n");
}

function linesOf(document: vscode.TextDocument): string[] {
  return document.getText().split(/\r\n|\r|\n/);
}
