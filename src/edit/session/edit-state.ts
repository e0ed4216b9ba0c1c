/** The words of a streamed edit: its states, what happens to it, and what it asks of the editor's side. */
import type { OutcomeKind } from "../../core/outcome.ts";
import type { AnswerNotice, AnswerVerdict } from "../answer/answer-lines.ts";
import type { TextChange } from "../diff/text-range.ts";
import type { EditStage } from "./edit-record.ts";

export interface EditSessionOptions {
  /** The whole lines that are edited; one empty line where there is nothing yet. */
  oldLines: readonly string[];
  /** Of the first of them in the document, counted from 0. */
  startLine: number;
  /** Lines around them that were sent as context. */
  before?: readonly string[];
  after?: readonly string[];
  language?: string;
  /** What stands in their place already, from before the window was opened: the edit begins with its review. */
  review?: { lines: readonly string[]; isIncomplete: boolean };
}

/** What a record of the edit keeps of it. */
export interface EditKept {
  lines: readonly string[];
  oldLines: readonly string[];
  stage: EditStage;
}

/**
 * Why an edit is over. `unchanged`: the model gave the old lines back. `stopped`, `failed`: before there was anything to
 * review. `read-only`: the document took no edit. The others say why an answer was of no use; the old lines are back.
 */
export type EditEnding =
  | "accepted"
  | "rejected"
  | "unchanged"
  | "stopped"
  | "failed"
  | "closed"
  | "read-only"
  | Exclude<AnswerVerdict, "code">;

export type EditState =
  /** Lines arrive. Left for review when the stream has ended and all its lines are in the document, or when a person
   * types inside the lines that are edited (`taken-over`); for closing when nothing usable came or a person undoes. */
  | { name: "streaming" }
  /** The hunks wait for a decision. Left for closing when none is undecided; for streaming when an answer that broke
   * off is continued. */
  | { name: "review"; incomplete?: Incomplete; notices: EditNotice[] }
  /** The last edits are still to be applied. Left when they are. */
  | { name: "closing"; ending: EditEnding }
  /** Nothing leads out of it. */
  | { name: "ended"; ending: EditEnding };

export type EditNotice = AnswerNotice | "repetition" | "line-too-long" | "taken-over";

/** An edit whose answer was cut off or was stopped: the old lines it had not reached still stand below the new ones. */
export interface Incomplete {
  /** What the model had written, for the request that continues it. */
  answer: string;
  /** Nothing was decided or typed in between, so that a continued answer can go on in the same place. */
  canContinue: boolean;
}

export type EditEvent =
  | { type: "text"; text: string }
  | { type: "stream-ended"; outcome: OutcomeKind }
  /** The next text continues an answer that was cut off. */
  | { type: "resumed" }
  /** Every change of the document, the session's own ones too: it knows them by what they are. */
  | { type: "document-changed"; changes: readonly TextChange[]; reason?: "undo" | "redo" }
  /** How applying what `takeEdits` gave went; reported after the change of the document that it made. */
  | { type: "edits-settled"; applied: boolean }
  | { type: "document-closed" }
  | { type: "accept-all" }
  | { type: "reject-all" }
  | { type: "accept"; hunk: number }
  | { type: "reject"; hunk: number };

export type EditCommand =
  /** `takeEdits` has something. */
  { type: "apply" } | { type: "stop-stream" } | { type: "repaint" } | { type: "ended"; ending: EditEnding };

export interface EditHunk {
  id: number;
  /** Its new lines in the document now; `endLine` is not part of it. */
  startLine: number;
  endLine: number;
  oldLines: readonly string[];
  newLines: readonly string[];
  /** Its old lines stood below the last line of the edit. */
  isBelow: boolean;
  /** `touched`: a person typed in it. */
  touched: boolean;
}

export interface EditView {
  state: EditState;
  /** Whole lines of the document now, `endLine` not part of it. */
  startLine: number;
  endLine: number;
  /** The undecided ones; while streaming, what has been applied so far. */
  hunks: EditHunk[];
  /** While streaming: the first line that the answer has not reached. */
  nextLine?: number;
  addedLines: number;
  removedLines: number;
}
