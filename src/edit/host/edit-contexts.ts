/** Tells the `when` of keys and menus whether an edit is pending in the active editor, streams there, or can go on. */
import * as vscode from "vscode";

export interface EditContexts {
  "runnel.editPending": boolean;
  "runnel.editStreaming": boolean;
  "runnel.editIncomplete": boolean;
}

/** Each is told only when it has changed. */
export function createContexts(): (contexts: EditContexts) => void {
  const told = new Map<string, boolean>();
  return (contexts) => {
    for (const [name, value] of Object.entries(contexts)) {
      if (told.get(name) === value) continue;
      told.set(name, value);
      void vscode.commands.executeCommand("setContext", name, value);
    }
  };
}
