/** The pick behind a click on the status bar item. */
import * as vscode from "vscode";
import { type PickItem, pickOne } from "../../editor/surfaces/picks.ts";
import type { Running } from "./running.ts";

const { l10n } = vscode;

export async function showMeterActions(running: Running): Promise<void> {
  const items: (PickItem & { command: string })[] = [
    { icon: "comment-discussion", label: l10n.t("Open Chat"), command: "runnel.openChat" },
    { icon: "arrow-swap", label: l10n.t("Choose Model"), command: "runnel.selectModel" },
    { icon: "graph", label: l10n.t("Show Usage"), command: "runnel.showUsage" },
    { icon: "split-horizontal", label: l10n.t("Compare Models"), command: "runnel.compareModels" },
    { icon: "plug", label: l10n.t("Test Connection"), command: "runnel.testConnection" },
    { icon: "output", label: l10n.t("Show Log"), command: "runnel.showLog" },
  ];
  if (running.any) items.unshift({ icon: "debug-stop", label: l10n.t("Stop"), command: "runnel.stop" });
  const picked = await pickOne(items, { title: "Runnel" });
  if (picked) await vscode.commands.executeCommand(picked.command);
}
