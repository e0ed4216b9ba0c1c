/** The whole contract between the extension host and the chat webview: two unions and their guard. */
import type { Attachment, ConversationMessage } from "../core/conversation.ts";
import type { ErrorAction, ErrorView, WaitView } from "../core/error-view.ts";
import { type MessageFields, messageGuard } from "../core/message-guard.ts";
import type { FoundServer, ModelChoice } from "../core/model-choice.ts";
import type { ChatTexts } from "./texts.ts";

/** A message as the webview shows it. */
export interface ViewMessage extends Omit<ConversationMessage, "error" | "attachments" | "notices" | "partial"> {
  error?: ErrorView;
  attachments?: Omit<Attachment, "text">[];
  /** Localized lines about what happened on the way: repaired requests, retries, a late error. */
  notices?: string[];
  /** Until the next `message-changed`. */
  wait?: WaitView;
  /** True when the host can go on from where this answer ends: it was stopped, cut off, or met the length limit. */
  canContinue?: boolean;
  /** Of a streaming message in a snapshot: milliseconds since its request began. */
  elapsed?: number;
}

export interface ViewState {
  conversationId: string;
  messages: ViewMessage[];
  /** Absent = no model is chosen. */
  model?: ModelChoice;
  /** Providers in settings that are usable. */
  providerCount: number;
  found: FoundServer[];
  /** What the next question takes along. Absent = this host has no context to attach, so no button for it is shown. */
  pending?: Omit<Attachment, "text">[];
  sendKey: "enter" | "ctrlEnter";
}

/** Every message carries `sequence`, counted up by one; after a gap the webview asks for a snapshot with `ready`. */
export type ToWebview = { sequence: number } & (
  | { type: "snapshot"; state: ViewState; texts: ChatTexts; locale: string }
  | { type: "message-added"; message: ViewMessage }
  /** Appends to a streaming message; joined by the host to at most one per animation frame. */
  | { type: "delta"; id: string; text?: string; thinking?: string }
  /** Replaces everything of a message but its text and thinking. */
  | { type: "message-ended"; id: string; message: Omit<ViewMessage, "text" | "thinking"> }
  /**
   * A message is going on again (continue) or something on the way is to be said. `state: "streaming"` also takes back
   * the error, the measures and `canContinue` of the earlier end.
   */
  | {
      type: "message-changed";
      id: string;
      change: Partial<Pick<ViewMessage, "state" | "notices" | "wait" | "seams" | "error">>;
    }
  /** Removes this message and all after it. */
  | { type: "messages-removed"; fromId: string }
  | { type: "setup-changed"; setup: Pick<ViewState, "providerCount" | "found" | "sendKey"> & { model?: ModelChoice } }
  | { type: "focus-composer" }
  /** What the next question takes along has changed. */
  | { type: "pending-changed"; pending: Omit<Attachment, "text">[] }
);

export type FromWebview =
  | { type: "ready" }
  | { type: "send"; text: string }
  | { type: "stop" }
  | { type: "new-chat" }
  | { type: "choose-model" }
  /** A fresh answer to the question before this answer. */
  | { type: "regenerate"; id: string }
  | { type: "error-action"; id: string; action: ErrorAction }
  | { type: "edit-message"; id: string; text: string }
  | { type: "open-attachment"; id: string; index: number }
  /** Asks the host to offer context for the next question; answered by `pending-changed`. */
  | { type: "attach" }
  | { type: "remove-pending"; index: number }
  | { type: "copy-text"; text: string }
  | { type: "insert-code"; text: string; language: string }
  /** Finds where a block of code belongs in the open file, and shows it there as a pending edit. */
  | { type: "apply-code"; text: string; language: string }
  /** Opens a block of code as an untitled file. */
  | { type: "new-file"; text: string; language: string }
  | { type: "add-provider" }
  | { type: "use-found-server"; preset: string; model: string }
  /** The composer got the focus: a good moment to open the connection. */
  | { type: "composer-focused" }
  | { type: "composer-blurred" };

const fields: MessageFields<FromWebview> = {
  ready: {},
  send: { text: "string" },
  stop: {},
  "new-chat": {},
  "choose-model": {},
  regenerate: { id: "string" },
  "error-action": { id: "string", action: "string" },
  "edit-message": { id: "string", text: "string" },
  "open-attachment": { id: "string", index: "number" },
  attach: {},
  "remove-pending": { index: "number" },
  "copy-text": { text: "string" },
  "insert-code": { text: "string", language: "string" },
  "apply-code": { text: "string", language: "string" },
  "new-file": { text: "string", language: "string" },
  "add-provider": {},
  "use-found-server": { preset: "string", model: "string" },
  "composer-focused": {},
  "composer-blurred": {},
};

/** The message when a value is one. */
export const asFromWebview = messageGuard<FromWebview>(fields);
