/** `runnel.explainTerminalSelection`: explains what is selected in the terminal, in the chat. */
import * as vscode from "vscode";
import { createQueue } from "../../core/queue.ts";
import { showInformation } from "../../editor/surfaces/messages.ts";
import type { ChatController } from "./chat-controller.ts";

const { env, l10n } = vscode;

export async function explainTerminalSelection(chat: ChatController): Promise<void> {
  const terminal = vscode.window.activeTerminal;
  const text = terminal && (await oneAfterAnother(terminalSelection));
  if (!text) {
    void showInformation(l10n.t("Select the text to explain in the terminal."));
    return;
  }
  await vscode.commands.executeCommand("runnel.openChat");
  const attachment = {
    label: terminal.name,
    path: terminal.name,
    language: "text",
    startLine: 1,
    endLine: text.split("\n").length,
    text,
  };
  await chat.ask(l10n.t("Explain this terminal output."), { attachments: [attachment], purpose: "explain" });
}

/** Two at a time would each take the other's copy for what lay in the clipboard before. */
const oneAfterAnother = createQueue();

/** VS Code gives no extension the selected text, only a command that copies it: the clipboard is put back afterwards. */
async function terminalSelection(): Promise<string> {
  const before = await env.clipboard.readText();
  // Without a selection the command copies nothing, and what lay there before must not be taken for one.
  await env.clipboard.writeText("");
  try {
    await vscode.commands.executeCommand("workbench.action.terminal.copySelection");
    return (await env.clipboard.readText()).replaceAll("\r\n", "\n").trimEnd();
  } finally {
    await env.clipboard.writeText(before);
  }
}
