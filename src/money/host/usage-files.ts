/** `runnel.exportUsage` and `runnel.importUsage`: the ledger as a file, and the ledger of another machine. */
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import * as vscode from "vscode";
import { showError, showInformation } from "../../editor/surfaces/messages.ts";
import { type PickItem, pickOne } from "../../editor/surfaces/picks.ts";
import { type ExportFormat, exportEntries } from "../export.ts";
import type { ImportResult, Ledger } from "../ledger.ts";
import { readUsage } from "../usage-file.ts";

const { l10n } = vscode;

/** Gives the path that was written; undefined when the person changed their mind. */
export async function exportUsage(
  ledger: Ledger,
  argument: { format?: string; path?: string } = {},
): Promise<string | undefined> {
  const format = argument.format === "csv" || argument.format === "json" ? argument.format : await pickFormat();
  if (format === undefined) return undefined;
  const path = argument.path ?? (await pickPath(format));
  if (path === undefined) return undefined;
  await pipeline(exportEntries(ledger.entries(), format), createWriteStream(path));
  if (argument.path === undefined) await offerToOpen(path);
  return path;
}

export async function importUsage(ledger: Ledger, argument: { path?: string } = {}): Promise<ImportResult | undefined> {
  const [picked] =
    argument.path === undefined
      ? ((await vscode.window.showOpenDialog({
          title: l10n.t("A JSON export of Runnel's usage, or a file of its ledger"),
          filters: { JSON: ["json", "jsonl"] },
        })) ?? [])
      : [vscode.Uri.file(argument.path)];
  if (picked === undefined) return undefined;
  try {
    const result = await ledger.import(readUsage(picked.fsPath));
    const { added, known, unreadable } = result;
    const words = [l10n.t("Added {0} usage entries; {1} already present, {2} unreadable.", added, known, unreadable)];
    if (result.corrected !== undefined) words.push(l10n.t("Corrections added: {0}.", result.corrected));
    if (result.ignored !== undefined)
      words.push(l10n.t("Corrections of entries that are not in the ledger: {0}", result.ignored));
    void showInformation(words.join(" "));
    return result;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    void showError(l10n.t("The usage could not be imported: {0}", reason));
    return undefined;
  }
}

async function pickFormat(): Promise<ExportFormat | undefined> {
  const formats: (PickItem & { format: ExportFormat })[] = [
    { label: "CSV", description: l10n.t("for spreadsheets"), format: "csv" },
    { label: "JSON", description: l10n.t("complete; can be imported on another machine"), format: "json" },
  ];
  return (await pickOne(formats, { title: l10n.t("Export Usage") }))?.format;
}

async function pickPath(format: ExportFormat): Promise<string | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = `runnel-usage.${format}`;
  const place = await vscode.window.showSaveDialog({
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) }),
    filters: { [format.toUpperCase()]: [format] },
  });
  return place?.fsPath;
}

async function offerToOpen(path: string): Promise<void> {
  const open = l10n.t("Open File");
  const picked = await showInformation(l10n.t("The usage was exported to {0}.", path), open);
  if (picked === open) await vscode.commands.executeCommand("vscode.open", vscode.Uri.file(path));
}
