/** Runs inline edits: asks the model, lets the answer stream into documents, and carries out what the person decides. */
import * as vscode from "vscode";
import { fenced } from "../../context/fence.ts";
import { continueInstruction } from "../../context/prompts.ts";
import type { TurnOutcome } from "../../core/outcome.ts";
import { showInformation } from "../../editor/surfaces/messages.ts";
import { runSideTurn, type SideTurnServices, showTurnError } from "../../turn/host/side-turn.ts";
import type { LineRange } from "../prompt/line-range.ts";
import { paintOf } from "../session/decorations.ts";
import type { EditEnding } from "../session/edit-session.ts";
import type { EditArgument } from "./edit-argument.ts";
import { createContexts } from "./edit-contexts.ts";
import { EditLenses } from "./edit-lenses.ts";
import { EditOriginals } from "./edit-originals.ts";
import { EditPainter } from "./edit-painter.ts";
import { EditRecords, type FoundReview } from "./edit-records.ts";
import { endingText } from "./edit-texts.ts";
import { EditedDocument, type EditedDocumentEvents } from "./edited-document.ts";
import { meantEdits, meantHunk, nextHunkLine } from "./meant-edits.ts";
import { countsOf, type EditOrder, type PendingEdit } from "./pending-edit.ts";
import type { RecordStore } from "./record-store.ts";
import type { UndoSteps } from "./undo-steps.ts";

/** Milliseconds between two drawings. */
const REPAINT = 50;

export class EditController implements vscode.Disposable {
  readonly #services: SideTurnServices;
  readonly #painter = new EditPainter();
  readonly #lenses = new EditLenses((document) => this.#of(document)?.edits ?? []);
  readonly #originals = new EditOriginals((uri) => this.#documents.get(uri)?.original);
  readonly #documents = new Map<string, EditedDocument>();
  /** Of the last edit of each document. */
  readonly #steps = new WeakMap<vscode.TextDocument, UndoSteps>();
  readonly #records: EditRecords;
  readonly #subscriptions: vscode.Disposable[];
  #nextId = 1;
  #repaint: NodeJS.Timeout | undefined;
  readonly #setContexts = createContexts();

  constructor(services: SideTurnServices, store: RecordStore) {
    this.#services = services;
    this.#records = new EditRecords({
      store,
      logger: services.environment.logger,
      records: () => [...this.#documents.values()].flatMap((edited) => edited.records()),
      review: (document, reviews, original) => this.#review(document, reviews, original),
    });
    this.#subscriptions = [
      this.#records,
      this.#painter,
      this.#originals,
      vscode.languages.registerCodeLensProvider({ scheme: "*" }, this.#lenses),
      vscode.workspace.onDidChangeTextDocument((event) => {
        this.#followUndo(event);
        this.#of(event.document)?.onDocumentChanged(event);
      }),
      vscode.workspace.onDidOpenTextDocument((document) => this.#records.opened(document)),
      vscode.workspace.onDidCloseTextDocument((document) => {
        // One whose language changes is told as closed and opened again.
        if (!vscode.workspace.textDocuments.includes(document)) this.#of(document)?.onClosed();
      }),
      // A file must never hold an edit that the next window knows nothing about.
      vscode.workspace.onWillSaveTextDocument((event) => {
        if (this.#of(event.document)) event.waitUntil(this.#records.write());
      }),
      vscode.window.onDidChangeVisibleTextEditors((editors) => {
        for (const { document } of editors) this.#of(document)?.onShown();
      }),
      vscode.window.onDidChangeActiveTextEditor(() => this.#tellContexts()),
    ];
  }

  dispose(): void {
    clearTimeout(this.#repaint);
    for (const { edits } of this.#documents.values()) for (const edit of edits) edit.abort.abort();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** Streams one edit for each order, all at once. Resolves when the last has ended streaming. */
  async begin(document: vscode.TextDocument, orders: readonly EditOrder[]): Promise<void> {
    const edited = this.#of(document) ?? this.#open(document);
    await Promise.all(orders.map((order) => this.#run(edited, edited.add(this.#nextId++, order))));
  }

  /** The same for code that is there already: it becomes a pending edit at once. */
  async applyText(document: vscode.TextDocument, lines: LineRange, code: string): Promise<void> {
    const edited = this.#of(document) ?? this.#open(document);
    const edit = edited.add(this.#nextId++, { lines, before: [], after: [], question: { messages: [] } });
    edit.handle({ type: "text", text: fenced(code, document.languageId) });
    edit.handle({ type: "stream-ended", outcome: "completed" });
    await edited.settled();
  }

  /** After a window was closed on pending edits. */
  restore(): Promise<void> {
    return this.#records.restore();
  }

  /** Whether a pending edit holds one of these lines already. */
  isTaken(document: vscode.TextDocument, first: number, last: number): boolean {
    return this.#of(document)?.edits.some((edit) => edit.holds(first, last)) ?? false;
  }

  acceptEdit(argument?: EditArgument): void {
    for (const edit of this.#meant(argument)) edit.handle({ type: "accept-all" });
  }

  /** What has come stays, for review. */
  stopEdit(argument?: EditArgument): void {
    for (const edit of this.#meant(argument)) edit.abort.abort();
  }

  rejectEdit(argument?: EditArgument): void {
    for (const edit of this.#meant(argument)) {
      edit.abort.abort();
      edit.handle({ type: "reject-all" });
    }
  }

  acceptHunk(argument?: EditArgument): void {
    this.#decide("accept", argument);
  }

  rejectHunk(argument?: EditArgument): void {
    this.#decide("reject", argument);
  }

  /** Puts the cursor on the next hunk below it, or the first. */
  nextHunk(): void {
    const editor = vscode.window.activeTextEditor;
    const edited = editor && this.#of(editor.document);
    if (!edited) return;
    const line = nextHunkLine(edited.edits, editor.selection.active.line);
    if (line === undefined) return;
    const place = new vscode.Position(line, 0);
    editor.selection = new vscode.Selection(place, place);
    editor.revealRange(new vscode.Range(place, place), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  async showDiff(): Promise<void> {
    const document = vscode.window.activeTextEditor?.document;
    if (document && this.#of(document)) await this.#originals.showDiff(document);
  }

  async continueEdit(argument?: EditArgument): Promise<void> {
    for (const edit of this.#meant(argument)) {
      const { unfinished } = edit;
      const edited = this.#documentOf(edit);
      if (unfinished === undefined || !edited) continue;
      edit.handle({ type: "resumed" });
      await this.#run(edited, edit, unfinished);
    }
  }

  /** For tests: resolves when all that is due is in the documents. */
  async settled(): Promise<void> {
    await Promise.all([...this.#documents.values()].map((edited) => edited.settled()));
  }

  async #run(edited: EditedDocument, edit: PendingEdit, answer?: string): Promise<void> {
    const abort = new AbortController();
    edit.abort = abort;
    edit.isReceiving = true;
    this.#changed();
    const { question } = edit.order;
    const outcome = await runSideTurn(this.#services, {
      purpose: "edit",
      question:
        answer === undefined
          ? question
          : { ...question, continues: { text: answer, instruction: continueInstruction(answer) } },
      abort,
      onEvent(event) {
        if (event.type === "text-delta") edit.handle({ type: "text", text: event.text });
      },
    });
    edit.outcome = outcome;
    edit.isReceiving = false;
    // An answer that was cut off must not take the lines away that it did not reach.
    const isCut =
      outcome.kind === "completed" && (outcome.finishReason === "length" || outcome.finishReason === "content-filter");
    edit.handle({ type: "stream-ended", outcome: isCut ? "incomplete" : outcome.kind });
    await edited.settled();
    this.#changed();
    await this.#tellFailure(edited, edit, outcome);
  }

  #review(document: vscode.TextDocument, reviews: readonly FoundReview[], original: string): void {
    const edited = this.#of(document) ?? this.#open(document, original);
    for (const { lines, ...review } of reviews)
      edited.add(this.#nextId++, { lines, review, before: [], after: [], question: { messages: [] } });
    this.#changed();
  }

  #open(document: vscode.TextDocument, original?: string): EditedDocument {
    const events: EditedDocumentEvents = {
      changed: () => this.#changed(),
      began: (steps) => this.#steps.set(document, steps),
      ended: (edit, ending) => {
        if (edited.edits.length === 0) this.#close(edited);
        this.#changed();
        this.#tellEnding(edit, ending);
      },
    };
    const edited: EditedDocument = new EditedDocument(document, events, original);
    this.#documents.set(document.uri.toString(), edited);
    return edited;
  }

  /** Also when the edit was accepted long ago. */
  #followUndo({ document, reason }: vscode.TextDocumentChangeEvent): void {
    const steps = reason === undefined ? undefined : this.#steps.get(document);
    void steps?.follow(reason === vscode.TextDocumentChangeReason.Undo ? "undo" : "redo");
  }

  #close(edited: EditedDocument): void {
    this.#documents.delete(edited.document.uri.toString());
    for (const editor of editorsOf(edited.document)) this.#painter.clear(editor);
  }

  #of(document: vscode.TextDocument): EditedDocument | undefined {
    return this.#documents.get(document.uri.toString());
  }

  #documentOf(edit: PendingEdit): EditedDocument | undefined {
    return [...this.#documents.values()].find(({ edits }) => edits.includes(edit));
  }

  #meant(argument: EditArgument | undefined): PendingEdit[] {
    return meantEdits([...this.#documents.values()], argument);
  }

  #decide(type: "accept" | "reject", argument: EditArgument | undefined): void {
    const edit = this.#meant(argument)[0];
    const hunk = edit && meantHunk(edit, argument);
    if (hunk !== undefined) edit?.handle({ type, hunk });
  }

  #keep(): void {
    const all = [...this.#documents.values()];
    const stages = all.flatMap(({ edits }) => edits.map(({ id, session }) => `${id} ${session.state.name}`));
    this.#records.note(stages.join());
  }

  #changed(): void {
    this.#tellContexts();
    this.#keep();
    this.#repaint ??= setTimeout(() => {
      this.#repaint = undefined;
      for (const edited of this.#documents.values()) {
        const paints = edited.edits.map(({ session }) => paintOf(session.view()));
        for (const editor of editorsOf(edited.document)) this.#painter.paint(editor, paints);
      }
      this.#lenses.refresh();
    }, REPAINT);
  }

  /** What is pending in the active editor. */
  #tellContexts(): void {
    const active = vscode.window.activeTextEditor;
    const edited = active && this.#of(active.document);
    this.#services.statusBar.showPending(countsOf(edited?.edits ?? []));
    this.#setContexts({
      "runnel.editPending": edited !== undefined,
      "runnel.editStreaming": edited?.isStreaming === true,
      "runnel.editIncomplete": edited?.edits.some(({ unfinished }) => unfinished !== undefined) === true,
    });
  }

  #tellEnding(edit: PendingEdit, ending: EditEnding): void {
    const text = endingText(ending);
    if (text !== undefined && edit.outcome?.error === undefined) void showInformation(text);
  }

  async #tellFailure(edited: EditedDocument, edit: PendingEdit, outcome: TurnOutcome): Promise<void> {
    await showTurnError(this.#services, outcome, () =>
      edited.edits.includes(edit) ? this.continueEdit({ edit: edit.id }) : this.begin(edited.document, [edit.order]),
    );
  }
}

function editorsOf(document: vscode.TextDocument): vscode.TextEditor[] {
  return vscode.window.visibleTextEditors.filter((editor) => editor.document === document);
}
