/** Tells which documents nobody can type in, before a model is asked to change them. */
import { stat } from "node:fs/promises";
import * as vscode from "vscode";

/**
 * As far as VS Code lets extensions know: an editor that a person made read-only for this session shows itself only when
 * an edit of it has no effect.
 */
export async function isReadOnly(document: vscode.TextDocument): Promise<boolean> {
  const { uri } = document;
  // Neither has a file of its own.
  if (document.isUntitled || uri.scheme === "vscode-notebook-cell") return false;
  const isWritable = vscode.workspace.fs.isWritableFileSystem(uri.scheme);
  if (isWritable === false || isReadOnlyByName(document)) return true;
  try {
    const { permissions = 0 } = await vscode.workspace.fs.stat(uri);
    return (permissions & vscode.FilePermission.Readonly) !== 0 || (await isReadOnlyByPermission(document));
  } catch (error) {
    const isGone = error instanceof vscode.FileSystemError && error.code === "FileNotFound";
    // A text that an extension provides, without a file system that would take it back.
    return isWritable === undefined && !isGone;
  }
}

function isReadOnlyByName(document: vscode.TextDocument): boolean {
  const settings = vscode.workspace.getConfiguration("files", document);
  const folder = vscode.workspace.getWorkspaceFolder(document.uri);
  const isNamedBy = (setting: string): boolean =>
    Object.entries(settings.get<Record<string, boolean>>(setting, {}))
      .filter(([, isOn]) => isOn)
      .some(([glob]) => {
        const pattern = folder === undefined || glob.startsWith("/") ? glob : new vscode.RelativePattern(folder, glob);
        return vscode.languages.match({ pattern }, document) > 0;
      });
  return isNamedBy("readonlyInclude") && !isNamedBy("readonlyExclude");
}

/** VS Code lets such files be changed, and asks on saving, unless this setting is on. */
async function isReadOnlyByPermission(document: vscode.TextDocument): Promise<boolean> {
  const settings = vscode.workspace.getConfiguration("files", document);
  if (document.uri.scheme !== "file" || !settings.get("readonlyFromPermissions", false)) return false;
  return ((await stat(document.uri.fsPath)).mode & 0o200) === 0;
}
