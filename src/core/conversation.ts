/** A conversation as it is kept, shown and asked again: plain data both sides of the webview understand. */
import type { MessageError } from "./errors.ts";
import type { FinishReason, Notice } from "./events.ts";
import type { ResumePoint } from "./message.ts";
import type { Purpose, Timings } from "./outcome.ts";
import type { Target } from "./target.ts";
import type { Cost, TokenUsage } from "./usage.ts";

/** A piece of a file that a question is about. */
export interface Attachment {
  /** For the eye: "cart.ts:10-42". */
  label: string;
  /** Relative to its workspace folder, with forward slashes. */
  path: string;
  uri?: string;
  /** The editor's language id. */
  language: string;
  /** 1-based, inclusive. */
  startLine: number;
  endLine: number;
  text: string;
}

export type MessageState = "streaming" | "complete" | "stopped" | "failed" | "incomplete";

/** The turn that is writing an answer: under which id the ledger books it, and who was asked first. */
export interface RunningTurn {
  id: string;
  target: Target;
}

/** What was measured and counted for one answer; absent = unknown. */
export interface MessageMeasures {
  target: Target;
  /** The model name the server reported, where it differs from the one asked for. */
  answeredBy?: string;
  finishReason?: FinishReason;
  usage?: TokenUsage;
  cost?: Cost;
  timings?: Timings;
  tokensPerSecond?: number;
}

export interface ConversationMessage {
  id: string;
  /** `other`: of a kind that this version does not know; it is shown and never sent. */
  role: "user" | "assistant" | "other";
  /** Of a person: what they typed, without the attachments. Of the assistant: Markdown. */
  text: string;
  thinking?: string;
  attachments?: Attachment[];
  state: MessageState;
  /** Why a person's message was sent, so that asking again asks the same way. */
  purpose?: Purpose;
  measures?: MessageMeasures;
  /** Until its end is written down; so what a killed editor leaves of it can still be booked. */
  turn?: RunningTurn;
  error?: MessageError;
  /** What happened on the way and is still worth knowing: who answered instead of whom, what was skipped. */
  notices?: Notice[];
  /** Offsets in `text` at which a cut-off answer was continued. */
  seams?: number[];
  /** Where the provider of `measures.target` keeps the rest of this cut-off answer. */
  resume?: ResumePoint;
  /** True when the scripted demo answered. */
  scripted?: boolean;
  /** True when something of it could not be read from where it was stored. */
  partial?: boolean;
}

export interface Conversation {
  id: string;
  /** Milliseconds since 1970; absent where the beginning of its log is lost. */
  createdAt?: number;
  messages: ConversationMessage[];
}
