/** `runnel.explainSelection`: explains the selection, or the symbol under the cursor, in the chat. */
import * as vscode from "vscode";
import { codeInQuestion } from "../../editor/editors.ts";
import { showInformation } from "../../editor/surfaces/messages.ts";
import type { ChatController } from "./chat-controller.ts";

export async function explainSelection(chat: ChatController): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const attachment = editor && (await codeInQuestion(editor));
  if (attachment === undefined) {
    void showInformation(vscode.l10n.t("Open a file and select the code to explain."));
    return;
  }
  await vscode.commands.executeCommand("runnel.openChat");
  await chat.ask(vscode.l10n.t("Explain this code."), { attachments: [attachment], purpose: "explain" });
}
