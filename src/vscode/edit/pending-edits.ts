/** Whether the window that was open before left edits pending: all that activation wants to know of edits. */
import type { Memento } from "vscode";

/** Where `EditRecords` keeps them in the workspace's memory. */
export const PENDING_EDITS = "pendingEdits";

export function hasPendingEdits(memory: Memento): boolean {
  return memory.get(PENDING_EDITS) !== undefined;
}
