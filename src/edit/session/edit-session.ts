/** One streamed edit of one selection, from the first line of the answer to the last hunk decided; knows no editor. */
import { assertNever } from "../../core/never.ts";
import type { OutcomeKind } from "../../core/outcome.ts";
import { TextBuffer } from "../../core/text-buffer.ts";
import { createAnswerLines } from "../answer/answer-lines.ts";
import { type DiffLine, diffLines, regrouped } from "../diff/line-diff.ts";
import { createLineWriter } from "../diff/line-writer.ts";
import { createStreamingDiff } from "../diff/streaming-diff.ts";
import { splitLines, type TextChange, type TextRange } from "../diff/text-range.ts";
import { atEndsOfLines, partChanges, type TrackedText, textFrom, trackText } from "../diff/tracked-range.ts";
import type {
  EditCommand,
  EditEnding,
  EditEvent,
  EditKept,
  EditNotice,
  EditSessionOptions,
  EditState,
  EditView,
} from "./edit-state.ts";
import { viewOfReview, viewOfStream } from "./edit-view.ts";
import { createHunkReview, type HunkReview } from "./hunk-review.ts";
import { partOwnChanges } from "./own-changes.ts";
import { createRestorer, type Restorer } from "./restorer.ts";

export type * from "./edit-state.ts";

/** Batches refused in a row, before the document is taken for one that cannot be edited. */
const MOST_REFUSALS = 20;

export interface EditSession {
  readonly state: EditState;
  handle(event: EditEvent): EditCommand[];
  /**
   * Everything to change since the last time, in the document's present lines, none overlapping another, from top to
   * bottom; to be applied as one. Nothing while a batch is in flight, until `edits-settled`.
   */
  takeEdits(): TextChange[];
  view(): EditView;
  /** The lines that the edit began with, as one text with `\n`. */
  readonly oldText: string;
  /** For the record; undefined once it is over. */
  kept(): EditKept | undefined;
}

export function createEditSession(options: EditSessionOptions): EditSession {
  const { oldLines } = options;
  const oldText = oldLines.join("\n");
  const answer = createAnswerLines(options);
  const diff = createStreamingDiff(oldLines);
  const writer = createLineWriter(oldLines, options.startLine);
  let state: EditState = { name: "streaming" };
  const answerText = new TextBuffer();
  let newLineCount = 0;
  /** Nothing more is read of the stream. What comes next, at once or after all that waits is in the document. */
  let leaving: { isDrained: boolean; to(): void } | undefined;
  let review: HunkReview | undefined;
  let restorer: Restorer | undefined;
  /** Given out and not settled; seen when the document has changed accordingly. */
  let inFlight: { changes: TextChange[]; isSeen: boolean } | undefined;
  let refusals = 0;
  let commands: EditCommand[] = [];
  if (options.review !== undefined) {
    const { lines, isIncomplete } = options.review;
    review = createHunkReview(diffLines(oldLines, lines), textFrom(options.startLine, lines));
    state = {
      name: "review",
      notices: [],
      ...(isIncomplete ? { incomplete: { answer: "", canContinue: false } } : {}),
    };
  }

  const command = (type: "apply" | "stop-stream" | "repaint"): void => {
    if (!commands.some((each) => each.type === type)) commands.push({ type });
  };
  const end = (ending: EditEnding): void => {
    state = { name: "ended", ending };
    inFlight = undefined;
    commands.push({ type: "ended", ending });
  };
  const restore = (text: TrackedText, ending: EditEnding): void => {
    restorer = createRestorer(text, oldLines);
    state = { name: "closing", ending };
  };
  const beginReview = (notices: EditNotice[], incomplete?: { canContinue: boolean }): void => {
    // What is in the document decides, not what was streamed: they differ when a person took over.
    const lines = writer.lines();
    const rest = lines.slice(writer.newLineCount);
    const reached = regrouped(writer.applied, oldLines.slice(0, oldLines.length - rest.length), lines);
    review = createHunkReview([...reached, ...rest.map((line): DiffLine => ({ type: "same", line }))], writer.text());
    state = {
      name: "review",
      notices,
      ...(incomplete === undefined ? {} : { incomplete: { answer: `${answerText}`, ...incomplete } }),
    };
  };

  const takeLines = (lines: readonly string[]): void => {
    for (const line of lines) writer.add(diff.push(line));
    newLineCount += lines.length;
  };
  const isUnchanged = (): boolean => writer.applied.every(({ type }) => type === "same");
  const finish = (): void => {
    const { lines, verdict, notices } = answer.end();
    switch (verdict) {
      case "code":
        takeLines(lines);
        // An empty text is one empty line.
        if (newLineCount === 0) takeLines([""]);
        writer.add(diff.end());
        leaving = { isDrained: true, to: () => (isUnchanged() ? end("unchanged") : beginReview(notices)) };
        return;
      case "repetition":
      case "line-too-long":
        return breakOff("failed", { canContinue: false }, [...notices, verdict]);
      case "nothing":
      case "prose":
      case "elided":
      case "patch-failed":
        leaving = { isDrained: false, to: () => restore(writer.text(), verdict) };
        return;
      default:
        return assertNever(verdict);
    }
  };
  const breakOff = (
    outcome: Exclude<OutcomeKind, "completed">,
    incomplete = { canContinue: !answerText.isBlank },
    notices: EditNotice[] = [],
  ): void => {
    const isOver = outcome === "stopped" || !incomplete.canContinue;
    const to = (): void => {
      const why = notices.find((notice) => notice === "repetition" || notice === "line-too-long");
      if (isUnchanged() && isOver) end(why ?? (outcome === "stopped" ? "stopped" : "failed"));
      else beginReview(notices, incomplete);
    };
    leaving = { isDrained: true, to };
  };

  const region = (): TextRange => (state.name === "review" ? review!.region : (restorer ?? writer.text())).range;
  const follow = (change: TextChange, isUndo: boolean): void => {
    if (state.name === "streaming") {
      const before = writer.text();
      const after = trackText(before, change, isUndo ? "inside" : atEndsOfLines(before.range, change));
      if (after.text === before.text) return writer.moveTo(after.range.start);
      // A batch in flight was made for a document that is no more: the editor will refuse it.
      inFlight = undefined;
      command("stop-stream");
      if (isUndo) return restore(after, "rejected");
      beginReview(["taken-over"], { canContinue: false });
    }
    if (state.name === "review") review!.follow(change, isUndo);
    else restorer?.follow(change, isUndo);
  };
  const documentChanged = (changes: readonly TextChange[], isUndo: boolean): void => {
    const { isOwn, others } = partOwnChanges(changes, inFlight?.isSeen === false ? inFlight.changes : []);
    // All are told in the places of the document before, which the edited lines leave with the edit's own changes.
    const [elsewhere, inside] = partChanges(others, region());
    for (const change of elsewhere) follow(change, isUndo);
    if (isOwn) {
      if (state.name === "streaming") writer.settle();
      else if (state.name === "review") review!.settle();
      else restorer?.settle();
      inFlight!.isSeen = true;
    }
    for (const change of inside) follow(change, isUndo);
    // Also when the file was read anew from the disk, where it is as it was.
    if (others.length > 0 && state.name === "review" && splitLines(review!.region.text).join("\n") === oldText)
      end("rejected");
    command("repaint");
  };
  const settled = (applied: boolean): void => {
    const flight = inFlight;
    inFlight = undefined;
    if (flight === undefined || flight.isSeen) {
      refusals = 0;
      return;
    }
    // Applied, the editor says, and yet nothing has changed.
    if (!applied && ++refusals < MOST_REFUSALS) return;
    if (state.name === "streaming") command("stop-stream");
    end("read-only");
  };
  const decide = (decision: "accepted" | "rejected", hunk?: number): void => {
    if (state.name === "streaming" && decision === "rejected" && hunk === undefined) {
      command("stop-stream");
      leaving = { isDrained: false, to: () => restore(writer.text(), "rejected") };
    } else if (state.name === "review") {
      review!.decide(decision, hunk);
      command("repaint");
      // An answer that was cut off before its first change.
      if (review!.hunks.length === 0) end(decision);
    }
  };
  const resume = (): void => {
    if (state.name !== "review" || state.incomplete?.canContinue !== true) return;
    writer.moveTo(review!.region.range.start);
    review = undefined;
    leaving = undefined;
    state = { name: "streaming" };
  };

  const receive = (event: EditEvent): void => {
    const isReading = state.name === "streaming" && leaving === undefined;
    switch (event.type) {
      case "text":
        if (!isReading) return;
        answerText.add(event.text);
        takeLines(answer.push(event.text));
        if (answer.verdict === undefined) return;
        command("stop-stream");
        return finish();
      case "stream-ended":
        if (!isReading) return;
        return event.outcome === "completed" ? finish() : breakOff(event.outcome);
      case "resumed":
        return resume();
      case "document-changed":
        return documentChanged(event.changes, event.reason === "undo");
      case "edits-settled":
        return settled(event.applied);
      case "document-closed":
        if (state.name === "streaming") command("stop-stream");
        return end("closed");
      case "accept-all":
        return decide("accepted");
      case "reject-all":
        return decide("rejected");
      case "accept":
        return decide("accepted", event.hunk);
      case "reject":
        return decide("rejected", event.hunk);
      default:
        return assertNever(event);
    }
  };

  /** Goes on to the next state when there is nothing left to do in this one. */
  const advance = (): void => {
    if (inFlight !== undefined) return;
    if (state.name === "streaming" && leaving !== undefined && !(leaving.isDrained && writer.isWaiting)) {
      command("repaint");
      leaving.to();
    }
    if (state.name === "review") advanceReview(state, review!);
    if (state.name === "closing" && restorer!.isDone) end(state.ending);
  };
  const advanceReview = (current: Extract<EditState, { name: "review" }>, { hunks, region }: HunkReview): void => {
    const isDecided = hunks.every(
      ({ decision, holds }) => decision === "accepted" || (decision === "rejected" && holds === "old"),
    );
    if (hunks.length > 0 && isDecided) {
      return end(hunks.every(({ decision }) => decision === "rejected") ? "rejected" : "accepted");
    }
    // A person typed before there was anything to decide.
    if (hunks.length === 0 && current.incomplete?.canContinue !== true) return end("stopped");
    const isUntouched = hunks.every(({ decision }) => decision === "undecided") && region.text === writer.text().text;
    if (current.incomplete?.canContinue && !isUntouched) {
      state = { ...current, incomplete: { ...current.incomplete, canContinue: false } };
    }
  };
  const hasEdits = (): boolean => {
    if (inFlight !== undefined) return false;
    if (state.name === "streaming") return writer.isWaiting;
    if (state.name === "review")
      return review!.hunks.some(({ decision, holds }) => decision === "rejected" && holds === "new");
    return state.name === "closing";
  };

  return {
    oldText,
    get state() {
      return state;
    },
    handle(event) {
      commands = [];
      if (state.name === "ended") return commands;
      receive(event);
      advance();
      if (hasEdits()) command("apply");
      return commands;
    },
    takeEdits() {
      if (!hasEdits()) return [];
      const part = state.name === "streaming" ? writer : state.name === "review" ? review! : restorer!;
      const changes = part.next();
      if (changes.length > 0) inFlight = { changes, isSeen: false };
      return changes;
    },
    kept() {
      if (state.name === "ended") return undefined;
      if (state.name !== "review") return { lines: writer.lines(), oldLines, stage: "streaming" };
      const stage = state.incomplete === undefined ? "review" : "incomplete";
      return { lines: splitLines(review!.region.text), oldLines: splitLines(review!.rejectedText()), stage };
    },
    view: () =>
      state.name === "streaming" || review === undefined ? viewOfStream(state, writer) : viewOfReview(state, review),
  };
}
