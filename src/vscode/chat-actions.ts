/** What each message from the chat page does. */
import * as vscode from "vscode";
import type { ErrorAction, FromWebview } from "../shared/protocol.ts";
import type { ChatController, ChatServices } from "./chat-controller.ts";
import { insertCode, openAttachment, pickContext } from "./editors.ts";

export async function onChatMessage(chat: ChatController, services: ChatServices, message: FromWebview): Promise<void> {
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
      if (attachment) chat.attach(attachment);
      break;
    }
    case "remove-pending":
      chat.detach(message.index);
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

async function regenerate(chat: ChatController, id: string): Promise<void> {
  if (await mayTakeBack(chat, id, 1)) await chat.chat.regenerate(id);
}

/** Asks before more than the `own` messages of this question and its answer are taken back. */
async function mayTakeBack(chat: ChatController, id: string, own: number): Promise<boolean> {
  const { messages } = chat.conversation;
  const later = messages.length - messages.findIndex((message) => message.id === id) - own;
  if (later <= 0) return true;
  const remove = vscode.l10n.t("Remove Them");
  const question = vscode.l10n.t("The messages after this one are removed. Continue?");
  return (await vscode.window.showWarningMessage(question, { modal: true }, remove)) === remove;
}

async function onErrorAction(controller: ChatController, id: string, action: ErrorAction): Promise<void> {
  const message = controller.message(id);
  const provider = message?.measures?.target.provider;
  const argument = provider ? { provider } : undefined;
  switch (action) {
    case "retry":
      return regenerate(controller, id);
    case "continue":
      return controller.chat.continueAnswer(id);
    case "set-key":
      await vscode.commands.executeCommand("runnel.setApiKey", argument);
      return;
    case "choose-model":
      await vscode.commands.executeCommand("runnel.selectModel");
      return;
    case "edit-provider":
      await vscode.commands.executeCommand("workbench.action.openSettings", "runnel.providers");
      return;
    case "test-connection":
      await vscode.commands.executeCommand("runnel.testConnection", argument);
      return;
    case "add-provider":
      await vscode.commands.executeCommand("runnel.addProvider");
      return;
    case "raise-budget":
      await vscode.commands.executeCommand("workbench.action.openSettings", "runnel.budget");
      return;
    case "show-usage":
      await vscode.commands.executeCommand("runnel.showUsage");
      return;
    case "show-log":
      await vscode.commands.executeCommand("runnel.showLog");
      return;
  }
}
