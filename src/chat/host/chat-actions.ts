/** What each message from the chat page does. */
import * as vscode from "vscode";
import type { Conversation, ConversationMessage } from "../../core/conversation.ts";
import type { ErrorAction } from "../../core/error-view.ts";
import { insertCode, newFile, openAttachment, pickContext } from "../../editor/editors.ts";
import { ask } from "../../editor/surfaces/messages.ts";
import { runErrorAction } from "../../turn/host/error-actions.ts";
import type { Chat } from "../chat.ts";
import type { Preconnect } from "../preconnect.ts";
import type { FromWebview } from "../protocol.ts";
import type { PendingContext } from "./pending-context.ts";

/** What messages act on: the open conversation and what is shown of it. */
export interface OpenChat {
  /** Another one after `newChat`. */
  readonly chat: Pick<Chat, "editAndResend" | "regenerate" | "continueAnswer">;
  readonly conversation: Conversation;
  readonly pending: PendingContext;
  message(id: string): ConversationMessage | undefined;
  lookAround(): void;
  send(text: string): Promise<void>;
  stop(): Promise<void>;
  newChat(): Promise<void>;
  /** A server with this model was found on this machine. */
  wasFound(preset: string, model: string): boolean;
}

/** Finds where a block of code belongs in the open file, and shows it there as a pending edit. */
export type ApplyCode = (code: string, language: string) => Promise<void>;

export interface ChatActionServices {
  applyCode: ApplyCode;
  preconnect: Preconnect;
}

export async function onChatMessage(chat: OpenChat, services: ChatActionServices, message: FromWebview): Promise<void> {
  switch (message.type) {
    case "ready":
      chat.lookAround();
      break;
    case "send":
      await chat.send(message.text);
      break;
    case "stop":
      await chat.stop();
      break;
    case "new-chat":
      await chat.newChat();
      break;
    case "choose-model":
      await vscode.commands.executeCommand("runnel.selectModel");
      break;
    case "add-provider":
      await vscode.commands.executeCommand("runnel.addProvider");
      break;
    case "regenerate":
      await regenerate(chat, message.id);
      break;
    case "edit-message":
      if (message.text.trim() !== "" && (await mayTakeBack(chat, message.id, 2))) {
        await chat.chat.editAndResend(message.id, message.text);
      }
      break;
    case "error-action":
      await onErrorAction(chat, message.id, message.action);
      break;
    case "attach": {
      const attachment = await pickContext();
      if (attachment) chat.pending.add(attachment);
      break;
    }
    case "remove-pending":
      chat.pending.remove(message.index);
      break;
    case "open-attachment": {
      const attachment = chat.message(message.id)?.attachments?.[message.index];
      if (attachment) await openAttachment(attachment);
      break;
    }
    case "copy-text":
      await vscode.env.clipboard.writeText(message.text);
      break;
    case "insert-code":
      await insertCode(message.text, message.language);
      break;
    case "apply-code":
      await services.applyCode(message.text, message.language);
      break;
    case "new-file":
      await newFile(message.text, message.language);
      break;
    case "use-found-server":
      // Only what was really found: the page must not name others.
      if (chat.wasFound(message.preset, message.model)) {
        await vscode.commands.executeCommand("runnel.addProvider", { preset: message.preset, model: message.model });
      }
      break;
    case "composer-focused":
      services.preconnect.focused();
      chat.lookAround();
      break;
    case "composer-blurred":
      services.preconnect.blurred();
      break;
  }
}

async function regenerate(chat: OpenChat, id: string): Promise<void> {
  if (await mayTakeBack(chat, id, 1)) await chat.chat.regenerate(id);
}

/** Asks before more than the `own` messages of this question and its answer are taken back. */
async function mayTakeBack(chat: OpenChat, id: string, own: number): Promise<boolean> {
  const { messages } = chat.conversation;
  const index = messages.findIndex((message) => message.id === id);
  if (index < 0) return false;
  const later = messages.length - index - own;
  if (later <= 0) return true;
  const remove = vscode.l10n.t("Delete");
  const question = vscode.l10n.t("This deletes all later messages. Continue?");
  return (await ask({ text: question, buttons: [remove] })) === remove;
}

async function onErrorAction(controller: OpenChat, id: string, action: ErrorAction): Promise<void> {
  if (action === "retry") return regenerate(controller, id);
  if (action === "continue") return controller.chat.continueAnswer(id);
  await runErrorAction(action, controller.message(id)?.measures?.target.provider);
}
