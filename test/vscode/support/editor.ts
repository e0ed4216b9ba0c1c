/** What in-editor tests share: the running extension, its settings, and waiting for something to become true. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { FromCompare, ToCompare } from "../../../src/compare/protocol.ts";
import type { Conversation } from "../../../src/core/conversation.ts";
import type { EditController } from "../../../src/edit/host/edit-controller.ts";
import type { RecordStore } from "../../../src/edit/host/record-store.ts";
import type { UsagePage } from "../../../src/money/usage-protocol.ts";

export interface Handle {
  meter(): { text: string; tooltip: string };
  conversation(): Conversation;
  usageFolder: string;
  edits: EditController;
  editRecords: RecordStore;
  leaveEditRecords: RecordStore["write"];
  comparison: {
    snapshot(): Extract<ToCompare, { type: "snapshot" }>;
    receive(message: FromCompare): Promise<void>;
    file(format: "md" | "csv"): string | undefined;
  };
  usagePage(): Promise<UsagePage>;
  /** `pause`: milliseconds a batch waits. */
  allowTelemetry(allowed: boolean, pause?: number): void;
}

export async function activate(): Promise<Handle> {
  const extension = vscode.extensions.getExtension<Handle>("runnel.runnel");
  assert.ok(extension, "runnel.runnel is not among the extensions");
  return extension.activate();
}

/** Sets user settings of Runnel; `undefined` takes one back. */
export async function configure(settings: Record<string, unknown>): Promise<void> {
  const configuration = vscode.workspace.getConfiguration("runnel");
  for (const [name, value] of Object.entries(settings)) {
    await configuration.update(name, value, vscode.ConfigurationTarget.Global);
  }
}

export async function until(what: string, condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1500; turn++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`not within thirty seconds: ${what}`);
}

export const command = (id: string, ...rest: unknown[]): Thenable<unknown> =>
  vscode.commands.executeCommand(id, ...rest);

export function lastMessage(handle: Handle) {
  return handle.conversation().messages.at(-1);
}
