/** One edit that streams into a document or waits for review: its session, its turn, and what is told about it. */

import type { ChatRequest } from "../../core/message.ts";
import type { TurnOutcome } from "../../core/outcome.ts";
import type { LineRange } from "../prompt/line-range.ts";
import { createEditSession, type EditCommand, type EditEvent, type EditSession } from "../session/edit-session.ts";

/** What is asked of the model, and of which lines. */
export interface EditOrder {
  /** Lines of the document, as it is now. */
  lines: LineRange;
  /** The lines before it, when the edit was pending already in the window that was open before. */
  review?: { oldLines: readonly string[]; isIncomplete: boolean };
  /** The lines around them that the model is shown. */
  before: readonly string[];
  after: readonly string[];
  question: Pick<ChatRequest, "system" | "messages">;
  /** How much leaves the editor with it. */
  sent?: { lines: number; files: number };
}

export class PendingEdit {
  readonly id: number;
  readonly order: EditOrder;
  readonly session: EditSession;
  /** Of the turn that is running. */
  abort = new AbortController();
  outcome: TurnOutcome | undefined;
  readonly #onCommand: (edit: PendingEdit, command: EditCommand) => void;

  constructor(
    id: number,
    order: EditOrder,
    text: { lines: readonly string[]; language: string },
    onCommand: (edit: PendingEdit, command: EditCommand) => void,
  ) {
    this.id = id;
    this.order = order;
    this.#onCommand = onCommand;
    const { before, after, lines, review } = order;
    const startLine = lines.first;
    this.session = createEditSession({
      startLine,
      before,
      after,
      language: text.language,
      oldLines: review?.oldLines ?? text.lines,
      ...(review === undefined ? {} : { review: { lines: text.lines, isIncomplete: review.isIncomplete } }),
    });
  }

  /** More of the answer may come. What has come may still be on its way into the document after that. */
  isReceiving = false;

  get isStreaming(): boolean {
    return this.session.state.name === "streaming";
  }

  /** The answer as far as it came, where it can go on. */
  get unfinished(): string | undefined {
    const { state } = this.session;
    return state.name === "review" && state.incomplete?.canContinue ? state.incomplete.answer : undefined;
  }

  /** Whether one of these lines is among its own; an edit of no lines still has its place. */
  holds(first: number, last = first): boolean {
    const { startLine, endLine } = this.session.view();
    return first < Math.max(endLine, startLine + 1) && last >= startLine;
  }

  handle(event: EditEvent): void {
    for (const command of this.session.handle(event)) this.#onCommand(this, command);
  }
}

/** Undefined where nothing is pending. */
export function countsOf(edits: readonly PendingEdit[]): { added: number; removed: number } | undefined {
  if (edits.length === 0) return undefined;
  const views = edits.map(({ session }) => session.view());
  return {
    added: views.reduce((sum, { addedLines }) => sum + addedLines, 0),
    removed: views.reduce((sum, { removedLines }) => sum + removedLines, 0),
  };
}
