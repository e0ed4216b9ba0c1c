/** Makes the chat with what it keeps on disk and the connection that it opens ahead of need. */
import * as vscode from "vscode";
import { showWarning } from "../../editor/surfaces/messages.ts";
import { createConversationStore } from "../conversation-store.ts";
import { createPreconnect } from "../preconnect.ts";
import { ChatController, type ChatServices } from "./chat-controller.ts";

export function createChat(services: Omit<ChatServices, "preconnect" | "store">): ChatController {
  const { context, environment, models } = services;
  const preconnect = createPreconnect({
    environment,
    chosen: () => models.chosen && models.config(models.chosen.provider),
    isReady: (config) => models.isReady(config),
  });
  const folder = vscode.Uri.joinPath(context.storageUri ?? context.globalStorageUri, "conversations").fsPath;
  const store = createConversationStore(folder, environment.logger, () => {
    void showWarning(vscode.l10n.t("Could not save the conversation. Runnel will retry; see the log for details."));
  });
  const chat = new ChatController({ ...services, preconnect, store });
  context.subscriptions.push(
    chat,
    models.onDidChange(() => preconnect.modelChanged()),
  );
  return chat;
}
