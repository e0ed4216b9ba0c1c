/** `runnel.explainSelection`: explains the selection, or the symbol under the cursor, in the chat. */
import * as vscode from "vscode";
import type { ChatController } from "../chat-controller.ts";
import { codeInQuestion } from "../editors.ts";
import { showInformation } from "../surfaces/messages.ts";

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
