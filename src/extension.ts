/** Makes the objects and registers them: read it and you know the house. */
import * as vscode from "vscode";
import { createConversationStore } from "./session/conversation-store.ts";
import { createEndpoints } from "./session/endpoints.ts";
import { createLedgerFolder } from "./session/ledger-folder.ts";
import { createPreconnect } from "./session/preconnect.ts";
import type { TurnEnvironment } from "./session/turn.ts";
import type { FromCompare } from "./shared/compare-protocol.ts";
import type { UsagePage } from "./shared/usage-protocol.ts";
import { createTransport } from "./stream/http.ts";
import { createBudgetGuard } from "./usage/budget.ts";
import { createLedger } from "./usage/ledger.ts";
import { ChatController } from "./vscode/chat-controller.ts";
import { CHAT_VIEW } from "./vscode/chat-view.ts";
import { type AddProviderArgument, addProvider } from "./vscode/commands/add-provider.ts";
import { addFileToChat, addSelectionToChat } from "./vscode/commands/add-to-chat.ts";
import { removeApiKey, setApiKey } from "./vscode/commands/api-keys.ts";
import { editSelection, editWithReadyInstruction } from "./vscode/commands/edit-selection.ts";
import { explainSelection } from "./vscode/commands/explain-selection.ts";
import { explainTerminalSelection } from "./vscode/commands/explain-terminal-selection.ts";
import { FixActions } from "./vscode/commands/fix-actions.ts";
import { generateCommitMessage } from "./vscode/commands/generate-commit-message.ts";
import { showMeterActions } from "./vscode/commands/meter-actions.ts";
import { selectModel } from "./vscode/commands/select-model.ts";
import { testConnection } from "./vscode/commands/test-connection.ts";
import { exportUsage, importUsage } from "./vscode/commands/usage-files.ts";
import { writeTests } from "./vscode/commands/write-tests.ts";
import { CompareController } from "./vscode/compare-controller.ts";
import type { ComparisonFormat } from "./vscode/compare-files.ts";
import { EditController } from "./vscode/edit/edit-controller.ts";
import type { EditArgument } from "./vscode/edit/edit-lenses.ts";
import { createRecordStore, type RecordStore } from "./vscode/edit/record-store.ts";
import { createKeyStore } from "./vscode/keys.ts";
import { Models } from "./vscode/models.ts";
import { OpenTelemetry } from "./vscode/open-telemetry.ts";
import { createRunning, placeOf } from "./vscode/running.ts";
import { readNetwork } from "./vscode/settings.ts";
import { StatusBar } from "./vscode/status-bar.ts";
import { UsagePanel } from "./vscode/usage-panel.ts";

/** What in-editor tests look at; the extension hands out nothing otherwise. */
export interface TestHandle {
  meter(): { text: string; tooltip: string };
  conversation(): unknown;
  usageFolder: string;
  edits: EditController;
  /** Where the next window would find pending edits. */
  editRecords: RecordStore;
  /** The comparison as its page sees it, what the page may say, and the files it would save. */
  comparison: {
    snapshot(): unknown;
    receive(message: FromCompare): Promise<void>;
    file(format: ComparisonFormat): string | undefined;
  };
  /** What the page of the usage report shows. */
  usagePage(): Promise<UsagePage>;
  /** Stands in for VS Code's telemetry switch, which is off in a window of tests. */
  allowTelemetry(allowed: boolean): void;
}

let finish: (() => Promise<void>) | undefined;

export function activate(context: vscode.ExtensionContext): TestHandle | undefined {
  const logger = vscode.window.createOutputChannel("Runnel", { log: true });
  const transport = createTransport({ logger, network: readNetwork, environment: process.env });
  const usageFolder = vscode.Uri.joinPath(context.globalStorageUri, "usage").fsPath;
  const ledger = createLedger({ files: createLedgerFolder(usageFolder), logger, onChange: () => usage.update() });
  const environment: TurnEnvironment = {
    transport,
    ledger,
    onOutcome: (outcome, question) => openTelemetry.record(outcome, question),
    logger,
    now: () => performance.now(),
    wallClock: () => Date.now(),
    random: Math.random,
    endpoints: createEndpoints(() => performance.now()),
    budget: createBudgetGuard(ledger, () => models.settings.budget),
  };
  const keys = createKeyStore(context.secrets, context.globalState, process.env);
  const models = new Models({ keys, transport, logger });
  const { version } = context.extension.packageJSON as { version: string };
  const openTelemetry = new OpenTelemetry({ transport, logger, memory: context.globalState, models, version });
  const preconnect = createPreconnect({
    environment,
    chosen: () => models.chosen && models.config(models.chosen.provider),
    isReady: (config) => models.isReady(config),
  });
  const statusBar = new StatusBar({ ledger, models });
  const folder = vscode.Uri.joinPath(context.storageUri ?? context.globalStorageUri, "conversations").fsPath;
  const store = createConversationStore(folder, logger);
  const running = createRunning();
  const sideTurns = { environment, models, running, statusBar };
  const editRecords = createRecordStore(context);
  const edits = new EditController(sideTurns, editRecords);
  const chat = new ChatController({ context, edits, environment, models, preconnect, running, statusBar, store });
  const comparison = new CompareController({ ...sideTurns, context, chat });
  const usage = new UsagePanel({
    ...{ ledger, models, logger },
    memory: context.globalState,
    extensionUri: context.extensionUri,
  });
  const editing = { edits, models, memory: context.globalState };

  const commands: Record<string, (argument?: never) => unknown> = {
    "runnel.openChat": () => chat.view.focus(),
    "runnel.newChat": async () => {
      await chat.newChat();
      await chat.view.focus();
    },
    "runnel.stop": (argument?: unknown) => running.stop(placeOf(argument)),
    "runnel.explainSelection": () => explainSelection(chat),
    "runnel.editSelection": (argument?: unknown) => editSelection(editing, argument),
    "runnel.refactorSelection": () => editWithReadyInstruction(editing, "refactor"),
    "runnel.fixSelection": () => editWithReadyInstruction(editing, "fix"),
    "runnel.documentSelection": () => editWithReadyInstruction(editing, "document"),
    "runnel.writeTests": () => writeTests(editing),
    "runnel.acceptEdit": (argument?: EditArgument) => edits.acceptEdit(argument),
    "runnel.rejectEdit": (argument?: EditArgument) => edits.rejectEdit(argument),
    "runnel.acceptHunk": (argument?: EditArgument) => edits.acceptHunk(argument),
    "runnel.rejectHunk": (argument?: EditArgument) => edits.rejectHunk(argument),
    "runnel.nextHunk": () => edits.nextHunk(),
    "runnel.showEditDiff": () => edits.showDiff(),
    "runnel.continueEdit": (argument?: EditArgument) => edits.continueEdit(argument),
    "runnel.explainTerminalSelection": () => explainTerminalSelection(chat),
    "runnel.generateCommitMessage": (argument?: unknown) => generateCommitMessage(sideTurns, argument),
    "runnel.addSelectionToChat": () => addSelectionToChat(chat),
    "runnel.addFileToChat": (uri?: vscode.Uri) => addFileToChat(chat, uri),
    "runnel.addProvider": (argument?: AddProviderArgument) => addProvider({ keys, models, environment }, argument),
    "runnel.setApiKey": (argument?: { provider?: string; key?: string }) => setApiKey({ keys, models }, argument),
    "runnel.removeApiKey": (argument?: { provider?: string }) => removeApiKey({ keys, models }, argument),
    "runnel.selectModel": (argument?: unknown) => selectModel(models, argument),
    "runnel.compareModels": (argument?: unknown) => comparison.open(argument),
    "runnel.testConnection": (argument?: { provider?: string }) => testConnection(models, environment, argument),
    "runnel.showUsage": () => usage.show(),
    "runnel.exportUsage": (argument?: { format?: string; path?: string }) => exportUsage(ledger, argument),
    "runnel.importUsage": (argument?: { path?: string }) => importUsage(ledger, argument),
    "runnel.showLog": () => logger.show(),
    "runnel.showMeterActions": () => showMeterActions(running),
  };
  for (const [id, run] of Object.entries(commands))
    context.subscriptions.push(vscode.commands.registerCommand(id, run));
  context.subscriptions.push(
    logger,
    models,
    statusBar,
    chat,
    comparison,
    edits,
    usage,
    openTelemetry,
    vscode.languages.registerCodeActionsProvider({ scheme: "*" }, new FixActions(), {
      providedCodeActionKinds: FixActions.kinds,
    }),
    models.onDidChange(() => preconnect.modelChanged()),
    vscode.window.registerWebviewViewProvider(CHAT_VIEW, chat.view),
  );
  void edits.restore();
  finish = async () => {
    // What is streaming is not stopped by anybody: its log has no end, so it is read back as broken off.
    await Promise.all([store.flush(), openTelemetry.close()]);
  };
  if (context.extensionMode !== vscode.ExtensionMode.Test) return undefined;
  return {
    meter: () => ({ text: statusBar.text, tooltip: statusBar.tooltip }),
    conversation: () => chat.conversation,
    usageFolder,
    edits,
    editRecords,
    comparison,
    usagePage: () => usage.page(),
    allowTelemetry: (allowed) => {
      openTelemetry.isAllowed = () => allowed;
    },
  };
}

/** VS Code waits a few seconds for this: enough to write down what was streaming. */
export async function deactivate(): Promise<void> {
  await finish?.();
}
