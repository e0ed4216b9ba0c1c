/** Keeps what is pending where the next window finds it, so that no window opens on half-changed lines or loses a review. */
import { realpath } from "node:fs/promises";
import { sep } from "node:path";
import * as vscode from "vscode";
import type { Logger } from "../../core/logger.ts";
import { showInformation, showWarning } from "../../editor/surfaces/messages.ts";
import { replaceLines } from "../diff/whole-lines.ts";
import type { LineRange } from "../prompt/line-range.ts";
import { type EditRecord, findRecord, grewFrom, partOverlapping } from "../session/edit-record.ts";
import { toRange } from "./document-edits.ts";
import type { RecordStore, StoredRecords } from "./record-store.ts";
import { goneText, leftText, lostText, notReviewedText, restoredText, unrecordedText } from "./record-texts.ts";

/** Milliseconds between two records of an edit that streams; large ones cost more and are kept less often. */
const PACE = 250;
const CHARACTERS_A_MILLISECOND = 1000;
/** Milliseconds after which a record that could not be written is tried again. */
const RETRY = 5000;
/** Milliseconds after which other windows are looked for that have closed since. */
const NEXT_LOOK = 2000;
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
  /** Of windows that were open before, in documents that are not open yet. */
  #waiting: EditRecord[] = [];
  /** The documents in which edits of other windows are being looked for. */
  readonly #opened = new Map<string, Promise<void>>();
  /** While what the window before left is read: until then it could not be written again. */
  #reading: Promise<unknown> | undefined;
  #stages = "";
  #timer: NodeJS.Timeout | undefined;
  #nextLook: NodeJS.Timeout | undefined;
  #isDisposed = false;
  /** It could not be written, and the person knows. */
  #complained = false;

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
    if (this.#reading !== undefined) await this.#reading;
    const records = [...this.#waiting, ...this.#options.records()];
    try {
      await this.#options.store.write(records);
      this.#complained = false;
    } catch (error) {
      this.#timer ??= setTimeout(() => void this.write(), RETRY);
      if (this.#complained) return;
      this.#complained = true;
      this.#options.logger.warn(`pending edits are not recorded: ${String(error)}`);
      tell(unrecordedText());
    }
  }

  /**
   * Of windows that were open before: half-streamed lines go back as they were; a review goes on when its document is
   * opened, since one that no tab shows would be closed again by VS Code, and the review with it.
   */
  async restore(): Promise<void> {
    await this.#take(async () => {
      const kept = await this.#options.store.read();
      this.#waiting = [];
      return kept;
    });
  }

  /** Takes up what is read; looks again later where other windows are open, which may be about to close. */
  async #take(read: () => Promise<StoredRecords | undefined>): Promise<void> {
    let isRead = (): void => {};
    this.#reading = new Promise<void>((resolve) => {
      isRead = resolve;
    });
    let kept: StoredRecords | undefined;
    try {
      kept = await read();
      this.#waiting = [...this.#waiting, ...(kept?.records ?? [])].slice(-MOST_WAITING);
    } finally {
      this.#reading = undefined;
      isRead();
    }
    clearTimeout(this.#nextLook);
    if (this.#options.store.hasNeighbours && !this.#isDisposed) {
      const look = (): Promise<void> => this.#take(() => this.#options.store.takeOver());
      this.#nextLook = setTimeout(() => void look(), NEXT_LOOK);
    }
    if (kept === undefined) return;
    const { records, lost, isDamaged, isNewer, copy, problem } = kept;
    if (isDamaged || isNewer) {
      this.#options.logger.warn(
        `pending edits: ${problem ?? (isNewer ? "of a newer version" : "damaged")} ${copy ?? ""}`,
      );
      tell(lostText(kept));
    }
    const dropped = Math.max(0, records.length - MOST_WAITING);
    if (dropped > 0) this.#options.logger.warn(`the ${dropped} oldest reviews of files that nobody opened are dropped`);
    const gone = await this.#openDue();
    if (gone.length > 0) tell(goneText(gone));
    // What can be read of a damaged one is in the file again, and what is lost has been said.
    if (records.length > 0 || lost.length > 0 || isDamaged) await this.write();
  }

  /** Takes up what is due at once; gives the files that cannot be opened. */
  async #openDue(): Promise<string[]> {
    const open = new Set(vscode.workspace.textDocuments.map(({ uri }) => uri.toString()));
    const gone: string[] = [];
    for (const uri of new Set(this.#waiting.map((record) => record.uri))) {
      const isStreaming = this.#waiting.some((record) => record.uri === uri && record.stage === "streaming");
      try {
        const parsed = vscode.Uri.parse(uri, true);
        // Files elsewhere wait until a person opens them: a record alone is no reason to go there.
        if (!open.has(uri) && !(isStreaming && (await isInWorkspace(parsed)))) continue;
        await this.opened(await vscode.workspace.openTextDocument(parsed));
      } catch (error) {
        // The file is gone or a folder now, and its edit with it.
        this.#waiting = this.#waiting.filter((record) => record.uri !== uri);
        this.#options.logger.warn(`no edit restored in ${uri}: ${String(error)}`);
        gone.push(uri);
      }
    }
    return gone;
  }

  /** Resolves when the edits that wait for this document are in it. */
  async opened(document: vscode.TextDocument): Promise<void> {
    const uri = document.uri.toString();
    // Those of a window that has closed in the meantime may be waiting behind them.
    for (let running = this.#opened.get(uri); running !== undefined; running = this.#opened.get(uri)) await running;
    const waiting = this.#waiting.filter((record) => record.uri === uri);
    if (waiting.length === 0) return;
    const opened = this.#takeUp(document, waiting).finally(() => this.#opened.delete(uri));
    this.#opened.set(uri, opened);
    await opened;
  }

  async #takeUp(document: vscode.TextDocument, records: readonly EditRecord[]): Promise<void> {
    const { restored, reviews } = await restoreEdits(document, records);
    if (restored > 0) void showInformation(restoredText(document));
    this.#waiting = this.#waiting.filter((record) => !records.includes(record));
    if (reviews.length > 0) this.#options.review(document, reviews, originalOf(document, reviews));
    await this.write();
  }

  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#nextLook);
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
  const places = records.map((record) => ({ record, place: findRecord(there, record) }));
  const placed = places.flatMap(({ record, place }) => (place === undefined ? [] : [{ record, place }]));
  const { apart: found, overlapping } = partOverlapping(placed);
  const unplaced = [...places.filter(({ place }) => place === undefined), ...overlapping].map(({ record }) => record);
  const edit = new vscode.WorkspaceEdit();
  const reviews: FoundReview[] = [];
  let restored = 0;
  let left = unplaced.filter(({ stage }) => stage === "streaming").length;
  let unreviewed = unplaced.length - left;
  let moved = 0;
  for (const { record, place } of found) {
    const { startLine, endLine } = place;
    const { oldLines, stage } = record;
    // An unsaved text is the window's own, at most newer than the record; a saved one anybody may have changed.
    const isOwn = place.isOwn || (document.isDirty && grewFrom(there.slice(startLine, endLine), record));
    // Between no neighbours lies the whole document, and none of it may be the edit's.
    const isCertain = place.isOwn || record.before.length + record.after.length > 0;
    const isAsBefore = there.slice(startLine, endLine).join("\n") === oldLines.join("\n");
    if (stage !== "streaming") {
      const lines = { first: startLine + moved, last: endLine - 1 + moved };
      if (!isCertain) unreviewed++;
      else if (!isAsBefore && endLine > startLine)
        reviews.push({ lines, oldLines, isIncomplete: stage === "incomplete" });
    } else if (!isOwn) left++;
    else if (!isAsBefore) {
      const { range, text } = replaceLines(there, startLine, endLine, oldLines);
      edit.replace(document.uri, toRange(range), text);
      moved += oldLines.length - (endLine - startLine);
      restored++;
    }
  }
  if (left > 0) tell(leftText(document));
  if (unreviewed > 0) tell(notReviewedText(document));
  if (restored > 0 && !(await vscode.workspace.applyEdit(edit))) {
    if (left === 0) tell(leftText(document));
    const others = found.map(({ record }) => record).filter(({ stage }) => stage !== "streaming");
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

/** Also where a link on the way leads: an edit must not go out of the workspace through one. */
async function isInWorkspace(uri: vscode.Uri): Promise<boolean> {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  if (folder === undefined) return false;
  if (uri.scheme !== "file" || folder.uri.scheme !== "file") return true;
  const root = await realpath(folder.uri.fsPath);
  return (await realpath(uri.fsPath)).startsWith(root.endsWith(sep) ? root : root + sep);
}

function tell(text: string): void {
  void showWarning(text);
}
