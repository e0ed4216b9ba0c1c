/** One edit that streams into a document or waits for review: its session, its turn, and what is told about it. */

import type { ChatRequest } from "../../core/message.ts";
import type { TurnOutcome } from "../../core/outcome.ts";
import { createEditSession, type EditCommand, type EditEvent, type EditSession } from "../../edit/edit-session.ts";
import type { LineRange } from "../../session/line-range.ts";

/** What is asked of the model, and of which lines. */
export interface EditOrder {
  /** Lines of the document, as it is now. */
  lines: LineRange;
  /** The lines around them that the model is shown. */
  before: readonly string[];
  after: readonly string[];
  question: Pick<ChatRequest, "system" | "messages">;
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
    text: { oldLines: readonly string[]; language: string },
    onCommand: (edit: PendingEdit, command: EditCommand) => void,
  ) {
    this.id = id;
    this.order = order;
    this.#onCommand = onCommand;
    const { before, after, lines } = order;
    this.session = createEditSession({ ...text, startLine: lines.first, before, after });
  }

  /** More of the answer may come. What has come may still be on its way into the document after that. */
  isReceiving = false;

  get isStreaming(): boolean {
    return this.session.state.name === "streaming";
  }

  handle(event: EditEvent): void {
    for (const command of this.session.handle(event)) this.#onCommand(this, command);
  }
}
