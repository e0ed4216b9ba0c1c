/** `runnel.addSelectionToChat` and `runnel.addFileToChat`: context for the next question. */
import * as vscode from "vscode";
import { codeInQuestion, wholeFile } from "../../editor/editors.ts";
import type { ChatController } from "./chat-controller.ts";

export async function addSelectionToChat(chat: ChatController): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const attachment = editor && (await codeInQuestion(editor));
  if (attachment) chat.pending.add(attachment);
  await chat.view.focus();
}

/** The files come from the explorer's context menu: the one clicked and all selected. Without them that in the editor is meant. */
export async function addFileToChat(
  chat: ChatController,
  uri = vscode.window.activeTextEditor?.document.uri,
  selected?: readonly vscode.Uri[],
): Promise<void> {
  for (const file of selected?.length ? selected : uri ? [uri] : []) {
    const attachment = await wholeFile(file);
    if (attachment) chat.pending.add(attachment);
  }
  await chat.view.focus();
}
