/** The only way to open a tab with a title of our own: a webview, or two documents side by side. */
import * as vscode from "vscode";
import { inert } from "../../core/inert-text.ts";

export function createTab(type: string, title: string, options: vscode.WebviewOptions): vscode.WebviewPanel {
  return vscode.window.createWebviewPanel(type, inert("title", title), vscode.ViewColumn.Active, options);
}

/** The differences of two documents. */
export async function showDifferences(before: vscode.Uri, after: vscode.Uri, title: string): Promise<void> {
  await vscode.commands.executeCommand("vscode.diff", before, after, inert("title", title), { preview: true });
}
