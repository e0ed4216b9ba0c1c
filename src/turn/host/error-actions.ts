/** What the buttons under an error do, wherever it is shown; asking again is a matter of the place that asked. */
import * as vscode from "vscode";
import type { ErrorAction } from "../../core/error-view.ts";
import { openProviderSettings } from "../../models/host/settings.ts";

export async function runErrorAction(
  action: Exclude<ErrorAction, "retry" | "continue">,
  provider: string | undefined,
): Promise<void> {
  const argument = provider ? { provider } : undefined;
  switch (action) {
    case "set-key":
      await vscode.commands.executeCommand("runnel.setApiKey", argument);
      return;
    case "choose-model":
      await vscode.commands.executeCommand("runnel.selectModel");
      return;
    case "edit-provider":
      await openProviderSettings();
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
