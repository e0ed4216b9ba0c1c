/** The pick behind a click on the status bar item. */
import * as vscode from "vscode";
import type { Running } from "../running.ts";

const { l10n } = vscode;

export async function showMeterActions(running: Running): Promise<void> {
  const items: (vscode.QuickPickItem & { command: string })[] = [
    { label: `$(comment-discussion) ${l10n.t("Open Chat")}`, command: "runnel.openChat" },
    { label: `$(arrow-swap) ${l10n.t("Choose Model")}`, command: "runnel.selectModel" },
    { label: `$(graph) ${l10n.t("Show Usage")}`, command: "runnel.showUsage" },
    { label: `$(split-horizontal) ${l10n.t("Compare Models")}`, command: "runnel.compareModels" },
    { label: `$(plug) ${l10n.t("Test Connection")}`, command: "runnel.testConnection" },
    { label: `$(output) ${l10n.t("Show Log")}`, command: "runnel.showLog" },
  ];
  if (running.any) items.unshift({ label: `$(debug-stop) ${l10n.t("Stop")}`, command: "runnel.stop" });
  const picked = await vscode.window.showQuickPick(items, { title: "Runnel" });
  if (picked) await vscode.commands.executeCommand(picked.command);
}
