/** `runnel.addSelectionToChat` and `runnel.addFileToChat`: context for the next question. */
import * as vscode from "vscode";
import type { ChatController } from "../chat-controller.ts";
import { codeInQuestion, wholeFile } from "../editors.ts";

export async function addSelectionToChat(chat: ChatController): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const attachment = editor && (await codeInQuestion(editor));
  if (attachment) chat.pending.add(attachment);
  await chat.view.focus();
}

/** `uri` comes from the explorer's context menu; without it the file in the editor is meant. */
export async function addFileToChat(
  chat: ChatController,
  uri = vscode.window.activeTextEditor?.document.uri,
): Promise<void> {
  const attachment = uri && (await wholeFile(uri));
  if (attachment) chat.pending.add(attachment);
  await chat.view.focus();
}
