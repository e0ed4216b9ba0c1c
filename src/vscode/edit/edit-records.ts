/** Keeps what is pending where the next window finds it, so that no window opens on half-changed lines or loses a review. */
import * as vscode from "vscode";
import type { Logger } from "../../core/logger.ts";
import { asRecord, type EditRecord, findRecord } from "../../edit/edit-record.ts";
import { replaceLines } from "../../edit/whole-lines.ts";
import type { LineRange } from "../../session/line-range.ts";
import { showInformation, showWarning } from "../surfaces/messages.ts";
import { toRange } from "./document-edits.ts";
import { leftText, restoredText } from "./edit-texts.ts";
import type { RecordStore } from "./record-store.ts";

/** Milliseconds between two records of an edit that streams; large ones cost more and are kept less often. */
const PACE = 250;
const CHARACTERS_A_MILLISECOND = 1000;
/** Reviews of files that nobody opens again. */
const MOST_WAITING = 50;

/** An edit that goes on being reviewed, in the lines of its document as it is now. */
export interface FoundReview {
  lines: LineRange;
  oldLines: readonly string[];
  isIncomplete: boolean;
}

export interface RecordsOptions {
  store: RecordStore;
  logger: Logger;
  /** Of all that is pending now. */
  records(): EditRecord[];
  /** A document is there again whose edits were in review when its window closed. */
  review(document: vscode.TextDocument, reviews: FoundReview[], original: string): void;
}

export class EditRecords {
  readonly #options: RecordsOptions;
  /** Of the window that was open before, in documents that are not open yet. */
  #waiting: EditRecord[] = [];
  /** The documents in which the edits of that window were looked for. */
  readonly #opened = new Map<string, Promise<void>>();
  #stages = "";
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RecordsOptions) {
    this.#options = options;
  }

  /** Written at once where an edit begins, ends or comes to its review, else after a while. */
  note(stages: string): void {
    if (stages !== this.#stages) {
      this.#stages = stages;
      void this.write();
    } else if (stages !== "" && this.#timer === undefined) {
      const size = this.#options.records().reduce((sum, { lines }) => sum + lines.join().length, 0);
      this.#timer = setTimeout(() => void this.write(), PACE + size / CHARACTERS_A_MILLISECOND);
    }
  }

  /** Resolves when the record would outlive the window. */
  async write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const records = [...this.#waiting, ...this.#options.records()];
    try {
      await this.#options.store.write(records.length === 0 ? undefined : records);
    } catch (error) {
      this.#options.logger.warn(`pending edits are not recorded: ${String(error)}`);
    }
  }

  /**
   * Of the window that was open before: half-streamed lines go back as they were; a review goes on when its document is
   * opened, since one that no tab shows would be closed again by VS Code, and the review with it.
   */
  async restore(): Promise<void> {
    const kept = await this.#options.store.read();
    if (!Array.isArray(kept)) return;
    const records = kept.map(asRecord).filter((record) => record !== undefined);
    this.#waiting = records.slice(-MOST_WAITING);
    const open = new Set(vscode.workspace.textDocuments.map(({ uri }) => uri.toString()));
    const isDue = ({ uri, stage }: EditRecord): boolean => open.has(uri) || stage === "streaming";
    for (const uri of new Set(this.#waiting.filter(isDue).map((record) => record.uri))) {
      try {
        await this.opened(await vscode.workspace.openTextDocument(vscode.Uri.parse(uri, true)));
      } catch (error) {
        // The file is gone, and its edit with it.
        this.#waiting = this.#waiting.filter((record) => record.uri !== uri);
        this.#options.logger.warn(`no edit restored in ${uri}: ${String(error)}`);
      }
    }
    await this.write();
  }

  /** Resolves when the edits that wait for this document are in it. */
  opened(document: vscode.TextDocument): Promise<void> {
    const uri = document.uri.toString();
    const waiting = this.#waiting.filter((record) => record.uri === uri);
    const opened = this.#opened.get(uri) ?? (waiting.length > 0 ? this.#takeUp(document, waiting) : Promise.resolve());
    if (waiting.length > 0) this.#opened.set(uri, opened);
    return opened;
  }

  async #takeUp(document: vscode.TextDocument, records: readonly EditRecord[]): Promise<void> {
    const { restored, reviews } = await restoreEdits(document, records);
    if (restored > 0) void showInformation(restoredText(document));
    this.#waiting = this.#waiting.filter((record) => !records.includes(record));
    if (reviews.length > 0) this.#options.review(document, reviews, originalOf(document, reviews));
    await this.write();
  }

  dispose(): void {
    clearTimeout(this.#timer);
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
  if (left > 0) void showWarning(leftText(document));
  if (restored > 0 && !(await vscode.workspace.applyEdit(edit))) {
    if (left === 0) void showWarning(leftText(document));
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
