/** Where records of pending edits outlive the window: a file of the workspace's own, which is written when it says so. */
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import * as vscode from "vscode";

export interface RecordStore {
  /** What was written last; undefined where there is nothing. */
  read(): Promise<unknown>;
  /** Undefined takes away what is there. Resolves when the window may die; calls take effect in their order. */
  write(value: unknown): Promise<void>;
}

const KEY = "pendingEdits";

/** VS Code writes its own memory only some time after it was told, and in a browser it may be too late by then. */
export function createRecordStore(context: vscode.ExtensionContext): RecordStore {
  const { storageUri, workspaceState } = context;
  // A window without a folder has no place of its own but that memory.
  if (storageUri === undefined) {
    return { read: async () => workspaceState.get(KEY), write: async (value) => workspaceState.update(KEY, value) };
  }
  return createRecordFile(vscode.Uri.joinPath(storageUri, "pending-edits.json").fsPath);
}

export function createRecordFile(path: string): RecordStore {
  let last: Promise<void> = Promise.resolve();
  const put = async (value: unknown): Promise<void> => {
    if (value === undefined) return rm(path, { force: true });
    await mkdir(dirname(path), { recursive: true });
    // Never half a record: what is there is replaced as a whole.
    await writeFile(`${path}.draft`, JSON.stringify(value));
    await rename(`${path}.draft`, path);
  };
  return {
    async read() {
      try {
        return JSON.parse(await readFile(path, "utf8"));
      } catch {
        // There is none, or it is no use.
        return undefined;
      }
    },
    write(value) {
      const next = last.then(() => put(value));
      last = next.catch(() => {});
      return next;
    },
  };
}
