/** A document with pending edits: applies what they give one batch at a time, as one step of undo, and tells them of changes. */
import * as vscode from "vscode";
import { compare, type TextChange } from "../diff/text-range.ts";
import { type EditRecord, NEIGHBOURS } from "../session/edit-record.ts";
import type { EditCommand, EditEnding } from "../session/edit-session.ts";
import { partOwnChanges } from "../session/own-changes.ts";
import { applyChanges, applyHidden, type EditResult, toChange, visibleEditor } from "./document-edits.ts";
import { type EditOrder, PendingEdit } from "./pending-edit.ts";
import { UndoSteps } from "./undo-steps.ts";

/** Milliseconds between two batches: each costs the editor about ten, and eyes follow no more. */
const PACE = 80;
/** A batch that was refused because of a change meanwhile is computed anew, at most this often in a row. */
const MOST_REFUSALS = 50;

export interface EditedDocumentEvents {
  /** What is to be drawn or told has changed. */
  changed(): void;
  ended(edit: PendingEdit, ending: EditEnding): void;
  /** What follows is to be undone as one. */
  began(steps: UndoSteps): void;
}

export class EditedDocument {
  readonly document: vscode.TextDocument;
  readonly edits: PendingEdit[] = [];
  /** The whole text before the first edit, for the diff. */
  readonly original: string;
  readonly #events: EditedDocumentEvents;
  /** Of the edits that are going on, or of the last ones. */
  #steps: UndoSteps | undefined;
  /** An undo step that began with the first batch and ends with the last. */
  #stepIsOpen = false;
  /** The batch that is under way. */
  #ours: readonly TextChange[] = [];
  #applying: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastApplied = 0;
  /** Something came while a batch was under way. */
  #due = false;
  #lastLine = 0;
  /** A change of ours that changes nothing. */
  #idle: TextChange | undefined;

  constructor(document: vscode.TextDocument, events: EditedDocumentEvents, original = document.getText()) {
    this.document = document;
    this.original = original;
    this.#events = events;
  }

  get isStreaming(): boolean {
    return this.edits.some((edit) => edit.isStreaming);
  }

  get #isReceiving(): boolean {
    return this.edits.some((edit) => edit.isReceiving);
  }

  add(id: number, order: EditOrder): PendingEdit {
    const { first, last } = order.lines;
    const lines = linesOf(this.document, first, last + 1);
    const text = { lines, language: this.document.languageId };
    const edit = new PendingEdit(id, order, text, (one, command) => this.#onCommand(one, command));
    this.edits.push(edit);
    return edit;
  }

  /** What is to be known of the pending edits when the window closes on them. */
  records(): EditRecord[] {
    const { document } = this;
    return this.edits.flatMap(({ session }) => {
      const kept = session.kept();
      if (kept === undefined) return [];
      const { startLine, endLine } = session.view();
      const before = linesOf(document, Math.max(0, startLine - NEIGHBOURS), startLine);
      const after = linesOf(document, endLine, Math.min(document.lineCount, endLine + NEIGHBOURS));
      return [{ uri: document.uri.toString(), startLine, before, after, ...kept }];
    });
  }

  onDocumentChanged({ contentChanges, reason }: vscode.TextDocumentChangeEvent): void {
    if (contentChanges.length === 0) return;
    const changes = contentChanges.map(toChange);
    if (this.#idle && JSON.stringify(changes) === JSON.stringify([this.#idle])) return;
    const why =
      reason === vscode.TextDocumentChangeReason.Undo
        ? ({ reason: "undo" } as const)
        : reason === vscode.TextDocumentChangeReason.Redo
          ? ({ reason: "redo" } as const)
          : {};
    if (this.#stepIsOpen && partOwnChanges(changes, this.#ours).others.length > 0) this.#steps?.mix();
    for (const edit of [...this.edits]) edit.handle({ type: "document-changed", changes, ...why });
    this.#events.changed();
  }

  onClosed(): void {
    clearTimeout(this.#timer);
    for (const edit of [...this.edits]) edit.handle({ type: "document-closed" });
  }

  /** What waited because no editor showed the document is applied now. */
  onShown(): void {
    this.#schedule();
    this.#events.changed();
  }

  /** Resolves when everything that is due has been applied. */
  async settled(): Promise<void> {
    this.#schedule(0);
    while (this.#applying || this.#timer) {
      await (this.#applying ?? new Promise((resolve) => setTimeout(resolve, 5)));
    }
  }

  #onCommand(edit: PendingEdit, command: EditCommand): void {
    switch (command.type) {
      case "apply":
        this.#schedule(edit.isReceiving ? PACE : 0);
        break;
      case "stop-stream":
        edit.abort.abort();
        break;
      case "repaint":
        this.#events.changed();
        break;
      case "ended":
        this.edits.splice(this.edits.indexOf(edit), 1);
        edit.abort.abort();
        this.#events.ended(edit, command.ending);
        break;
    }
  }

  #schedule(pace = 0): void {
    if (this.#applying) {
      this.#due = true;
      return;
    }
    if (pace > 0 && this.#timer) return;
    clearTimeout(this.#timer);
    const wait = Math.max(0, this.#lastApplied + pace - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#applying = this.#applyAll().finally(() => {
        this.#applying = undefined;
        this.#lastApplied = performance.now();
        this.#events.changed();
        if (!this.#due) return;
        this.#due = false;
        this.#schedule(this.#isReceiving ? PACE : 0);
      });
    }, wait);
  }

  async #applyAll(): Promise<void> {
    for (let refusals = 0; refusals < MOST_REFUSALS; ) {
      // A hidden document gets all in the end, in one undo step, or the rest when it is shown again.
      if (this.#isReceiving && visibleEditor(this.document) === undefined) return;
      const batch = this.edits
        .map((edit) => ({ edit, changes: edit.session.takeEdits() }))
        .filter(({ changes }) => changes.length > 0);
      const last = !this.#isReceiving;
      if (batch.length === 0) return last ? this.#closeStep() : undefined;
      const changes = batch
        .flatMap((one) => one.changes)
        .sort((one, other) => compare(one.range.start, other.range.start));
      if (!this.#stepIsOpen) this.#beginSteps();
      this.#ours = changes;
      let result: EditResult = await applyChanges(this.document, changes, { first: !this.#stepIsOpen, last });
      if (result === "hidden" && last) result = await applyHidden(this.document, changes);
      // "Applied", where nothing has changed, is how an edit learns that its document takes no changes.
      const applied = result === "applied" || result === "read-only";
      for (const { edit } of batch) edit.handle({ type: "edits-settled", applied });
      if (result === "applied") {
        this.#lastLine = changes.at(-1)!.range.start.line;
        this.#stepIsOpen = !last;
        if (last) this.#steps?.end();
        refusals = 0;
      } else refusals++;
      if (result === "hidden") return;
      if (this.#isReceiving) return;
    }
  }

  #beginSteps(): void {
    this.#steps = new UndoSteps(this.document);
    this.#events.began(this.#steps);
  }

  /** Ends an undo step whose last batch went in before anybody knew that it was the last. */
  async #closeStep(): Promise<void> {
    if (!this.#stepIsOpen) return;
    this.#stepIsOpen = false;
    const { document } = this;
    let line = Math.min(this.#lastLine, document.lineCount - 1);
    while (line > 0 && document.lineAt(line).text === "") line--;
    const text = document.lineAt(line).text.slice(0, 1);
    if (text === "") return this.#steps?.end();
    // Only an edit can end a step: a character is replaced by itself.
    this.#idle = { range: { start: { line, character: 0 }, end: { line, character: 1 } }, text };
    await applyChanges(document, [this.#idle], { first: false, last: true });
    this.#idle = undefined;
    this.#steps?.end();
  }
}

/** `end` is not part of them. */
function linesOf(document: vscode.TextDocument, start: number, end: number): string[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, at) => document.lineAt(start + at).text);
}
