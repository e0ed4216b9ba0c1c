/** Where records of pending edits outlive the window: a file among the workspace's own, which is written when it says so. */
import * as vscode from "vscode";
import { createRecordsIn, type RecordPlace, type RecordStore } from "./stored-records.ts";
import { createRecordFiles } from "./window-records.ts";

export type { RecordStore, StoredRecords } from "./stored-records.ts";

const KEY = "pendingEdits";

/** VS Code writes its own memory only some time after it was told, and in a browser it may be too late by then. */
export function createRecordStore(context: vscode.ExtensionContext): RecordStore {
  const { storageUri, workspaceState } = context;
  // A window without a folder has no place of its own but that memory.
  if (storageUri === undefined)
    return createRecordsIn(memoryPlace(workspaceState, KEY), memoryPlace(workspaceState, `${KEY}.1`));
  return createRecordFiles(vscode.Uri.joinPath(storageUri, "pending-edits.json").fsPath);
}

function memoryPlace(memory: vscode.Memento, key: string): RecordPlace {
  return {
    async read() {
      const value: unknown = memory.get(key);
      return value === undefined || typeof value === "string" ? value : JSON.stringify(value);
    },
    write: async (text) => memory.update(key, text),
    async keepCopy(text) {
      await memory.update(`${key}.damaged`, text);
      return `${key}.damaged`;
    },
  };
}
