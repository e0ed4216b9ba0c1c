/** The part of the built-in Git extension's interface (version 1) that Runnel uses. */
import * as vscode from "vscode";

export interface GitRepository {
  readonly rootUri: vscode.Uri;
  /** The message field of the source control view. */
  readonly inputBox: { value: string };
  readonly ui: { readonly selected: boolean };
  readonly state: {
    readonly workingTreeChanges: readonly GitChange[];
    readonly untrackedChanges?: readonly GitChange[];
  };
  status(): Promise<void>;
  /** A unified diff: of the index against the last commit, or of the working tree against the index. */
  diff(staged?: boolean): Promise<string>;
  log(options: { maxEntries: number }): Promise<readonly { message: string }[]>;
}

export interface GitChange {
  readonly uri: vscode.Uri;
  readonly status: number;
}

/** `Status.UNTRACKED` of the interface. */
export const UNTRACKED = 7;

export interface Git {
  readonly repositories: readonly GitRepository[];
  getRepository(uri: vscode.Uri): GitRepository | null;
}

/** Undefined where the extension is missing, turned off, or of another kind than is known here. */
export async function findGit(): Promise<Git | undefined> {
  const extension = vscode.extensions.getExtension<{ getAPI?(version: 1): Git }>("vscode.git");
  try {
    const git = (await extension?.activate())?.getAPI?.(1);
    return Array.isArray(git?.repositories) ? git : undefined;
  } catch {
    // Git is turned off in settings, or not installed on this machine.
    return undefined;
  }
}
