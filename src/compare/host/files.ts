/** Saves a comparison where the person says. */
import * as vscode from "vscode";
import { showInformation } from "../../editor/surfaces/messages.ts";
import { type Comparison, comparisonCsv, comparisonMarkdown } from "../export.ts";
import { comparisonWords, runProblem } from "./texts.ts";

const { l10n } = vscode;

export type ComparisonFormat = "md" | "csv";

export function comparisonFile(
  comparison: Comparison,
  format: ComparisonFormat,
  providerName: (id: string) => string,
): string {
  if (format === "csv") return comparisonCsv(comparison);
  const words = comparisonWords((run) => runProblem(run, providerName(run.outcome.target.provider)));
  return comparisonMarkdown(comparison, words);
}

/** Asks for a place; does nothing when there is none. */
export async function saveComparison(text: string, format: ComparisonFormat, startedAt: number): Promise<void> {
  const name = `comparison-${new Date(startedAt).toISOString().slice(0, 16).replaceAll(":", "")}.${format}`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const uri = await vscode.window.showSaveDialog({
    filters: format === "csv" ? { CSV: ["csv"] } : { Markdown: ["md"] },
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) }),
  });
  if (uri === undefined) return;
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  const open = l10n.t("Open");
  const saved = l10n.t("The comparison is saved as {0}.", vscode.workspace.asRelativePath(uri));
  if ((await showInformation(saved, open)) === open) await vscode.window.showTextDocument(uri);
}
