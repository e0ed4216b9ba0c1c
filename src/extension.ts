/** Makes the objects and registers them: read it and you know the house. */
import { join } from "node:path";
import * as vscode from "vscode";
import type { ComparisonFormat } from "./compare/host/files.ts";
import type { FromCompare } from "./compare/protocol.ts";
import { type EditArgument, isEditArgument } from "./edit/host/edit-argument.ts";
import type { EditController } from "./edit/host/edit-controller.ts";
import { FixActions } from "./edit/host/fix-actions.ts";
import { createRecordStore, type RecordStore } from "./edit/host/record-store.ts";
import { onDemand } from "./editor/on-demand.ts";
import { logError, loggedCommand, watchRejections } from "./editor/own-defects.ts";
import { addCommand } from "./editor/surfaces/messages.ts";
import type { AddProviderArgument } from "./models/host/add-provider.ts";
import { createKeyStore } from "./models/host/keys.ts";
import { Models } from "./models/host/models.ts";
import { readNetwork, readPriceAddress } from "./models/host/settings.ts";
import { createBudgetGuard } from "./money/budget.ts";
import { createLedger } from "./money/ledger.ts";
import { createLedgerFolder } from "./money/ledger-folder.ts";
import { watchLedger } from "./money/ledger-watch.ts";
import { createPriceUpdates } from "./money/price-updates.ts";
import { createSharedHolds } from "./money/shared-holds.ts";
import type { UsagePage } from "./money/usage-protocol.ts";
import { createTransport } from "./stream/transport/http.ts";
import { OpenTelemetry } from "./telemetry/host/open-telemetry.ts";
import { createEndpoints } from "./turn/endpoints.ts";
import { createRunning, placeOf } from "./turn/host/running.ts";
import { StatusBar } from "./turn/host/status-bar.ts";
import type { TurnEnvironment } from "./turn/turn-environment.ts";

/** What in-editor tests look at; the extension hands out nothing otherwise. */
export interface TestHandle {
  meter(): { text: string; tooltip: string };
  conversation(): unknown;
  usageFolder: string;
  edits: EditController;
  /** Where the next window would find pending edits. */
  editRecords: RecordStore;
  /** Writes them as a window that is gone has left them. */
  leaveEditRecords: RecordStore["write"];
  /** The comparison as its page sees it, what the page may say, and the files it would save. */
  comparison: {
    snapshot(): unknown;
    receive(message: FromCompare): Promise<void>;
    file(format: ComparisonFormat): string | undefined;
  };
  /** What the page of the usage report shows. */
  usagePage(): Promise<UsagePage>;
  /** Stands in for VS Code's telemetry switch, which is off in a window of tests. */
  /** `pause`: milliseconds a batch waits. */
  allowTelemetry(allowed: boolean, pause?: number): void;
}

/** What must be written or sent before the window is gone. */
const endings: (() => Promise<void>)[] = [];

export function activate(context: vscode.ExtensionContext): Promise<TestHandle> | undefined {
  const logger = vscode.window.createOutputChannel("Runnel", { log: true });
  const transport = createTransport({ logger, network: readNetwork, environment: process.env });
  const usageFolder = vscode.Uri.joinPath(context.globalStorageUri, "usage").fsPath;
  const ledgerChanged = new vscode.EventEmitter<void>();
  const files = createLedgerFolder(usageFolder);
  const ledger = createLedger({ files, logger, onChange: () => ledgerChanged.fire() });
  const environment: TurnEnvironment = {
    transport,
    ledger,
    onOutcome(outcome, question, clean) {
      openTelemetry.record(outcome, question, clean);
      void priceUpdates.check();
    },
    logger,
    now: () => performance.now(),
    wallClock: () => Date.now(),
    random: Math.random,
    endpoints: createEndpoints(() => performance.now()),
    prices: () => priceUpdates.table(),
    budget: createBudgetGuard(
      ledger,
      () => models.settings.budget,
      createSharedHolds(join(usageFolder, "running"), logger),
    ),
  };
  const keys = createKeyStore(context.secrets, context.globalState, process.env);
  const priceUpdates = createPriceUpdates({
    ...{ transport, logger, url: readPriceAddress, wallClock: Date.now },
    file: vscode.Uri.joinPath(context.globalStorageUri, "prices.json").fsPath,
    onChange: () => ledgerChanged.fire(),
  });
  const models = new Models({ keys, transport, logger, prices: () => priceUpdates.table() });
  const { version } = context.extension.packageJSON as { version: string };
  const openTelemetry = new OpenTelemetry({ transport, logger, memory: context.globalState, models, version });
  const statusBar = new StatusBar({ ledger, models });
  const running = createRunning();
  const sideTurns = { environment, models, running, statusBar };
  const { subscriptions } = context;
  ledgerChanged.event(() => statusBar.update());
  // What other windows write counts here at once.
  const follow = async () => {
    await ledger.refresh();
    ledgerChanged.fire();
  };
  subscriptions.push(watchLedger(usageFolder, logger, () => void follow()));
  const editRecords = createRecordStore(context);

  // What follows is loaded when it is first needed: test/bundle.test.ts says how much may be loaded before that.
  const commands = onDemand(() => import("./commands.ts"));
  const edits = onDemand(async () => {
    const { EditController } = await import("./edit/host/edit-controller.ts");
    const made = new EditController(sideTurns, editRecords);
    subscriptions.push(made);
    // Before any other edit is recorded.
    await made.restore();
    return made;
  });
  const chat = onDemand(async () => {
    const { createChat } = await import("./chat/host/create-chat.ts");
    const made = createChat({
      ...{ ...sideTurns, context },
      applyCode: async (code, language) => (await commands()).applyCode(await edits(), code, language),
    });
    endings.push(() => made.close());
    return made;
  });
  const comparison = onDemand(async () => {
    const { CompareController } = await import("./compare/host/controller.ts");
    const made = new CompareController({ ...sideTurns, context, chat: await chat() });
    subscriptions.push(made);
    return made;
  });
  const usage = onDemand(async () => {
    const { UsagePanel } = await import("./money/host/usage-panel.ts");
    const made = new UsagePanel({
      ...{ ledger, models, priceUpdates, logger },
      onLedgerChange: ledgerChanged.event,
      memory: context.globalState,
      extensionUri: context.extensionUri,
    });
    subscriptions.push(made);
    return made;
  });
  const editing = async () => ({ edits: await edits(), models, memory: context.globalState });

  const handlers: Record<string, (...args: never[]) => unknown> = {
    "runnel.openChat": async () => (await chat()).view.focus(),
    "runnel.newChat": async () => {
      await (await chat()).newChat();
      await (await chat()).view.focus();
    },
    "runnel.stop": async (argument?: unknown) =>
      isEditArgument(argument) ? (await edits()).stopEdit(argument) : running.stop(placeOf(argument)),
    "runnel.explainSelection": async () => (await commands()).explainSelection(await chat()),
    "runnel.editSelection": async (argument?: unknown) => (await commands()).editSelection(await editing(), argument),
    "runnel.refactorSelection": async () => (await commands()).editWithReadyInstruction(await editing(), "refactor"),
    "runnel.fixSelection": async (argument?: unknown) =>
      (await commands()).editWithReadyInstruction(await editing(), "fix", argument),
    "runnel.documentSelection": async () => (await commands()).editWithReadyInstruction(await editing(), "document"),
    "runnel.writeTests": async () => (await commands()).writeTests(await editing()),
    "runnel.acceptEdit": async (argument?: EditArgument) => (await edits()).acceptEdit(argument),
    "runnel.rejectEdit": async (argument?: EditArgument) => (await edits()).rejectEdit(argument),
    "runnel.acceptHunk": async (argument?: EditArgument) => (await edits()).acceptHunk(argument),
    "runnel.rejectHunk": async (argument?: EditArgument) => (await edits()).rejectHunk(argument),
    "runnel.nextHunk": async () => (await edits()).nextHunk(),
    "runnel.showEditDiff": async () => (await edits()).showDiff(),
    "runnel.continueEdit": async (argument?: EditArgument) => (await edits()).continueEdit(argument),
    "runnel.explainTerminalSelection": async () => (await commands()).explainTerminalSelection(await chat()),
    "runnel.generateCommitMessage": async (argument?: unknown) =>
      (await commands()).generateCommitMessage(sideTurns, argument),
    "runnel.addSelectionToChat": async () => (await commands()).addSelectionToChat(await chat()),
    "runnel.addFileToChat": async (uri?: vscode.Uri, selected?: vscode.Uri[]) =>
      (await commands()).addFileToChat(await chat(), uri, selected),
    "runnel.addProvider": async (argument?: AddProviderArgument) =>
      (await commands()).addProvider({ keys, models, environment }, argument),
    "runnel.setApiKey": async (argument?: { provider?: string; key?: string }) =>
      (await commands()).setApiKey({ keys, models }, argument),
    "runnel.removeApiKey": async (argument?: { provider?: string }) =>
      (await commands()).removeApiKey({ keys, models }, argument),
    "runnel.selectModel": async (argument?: unknown) => (await commands()).selectModel(models, argument),
    "runnel.compareModels": async (argument?: unknown) => (await comparison()).open(argument),
    "runnel.testConnection": async (argument?: { provider?: string }) =>
      (await commands()).testConnection(models, environment, argument),
    "runnel.showUsage": async () => (await usage()).show(),
    "runnel.exportUsage": async (argument?: { format?: string; path?: string }) =>
      (await commands()).exportUsage(ledger, argument),
    "runnel.importUsage": async (argument?: { path?: string }) => (await commands()).importUsage(ledger, argument),
    "runnel.showLog": () => logger.show(),
    "runnel.showMeterActions": async () => (await commands()).showMeterActions(running),
  };
  for (const [id, run] of Object.entries(handlers))
    subscriptions.push(addCommand(id, loggedCommand(logger, id, run as (...args: unknown[]) => unknown)));
  subscriptions.push(
    logger,
    watchRejections(context.extensionPath, logger),
    ledgerChanged,
    models,
    statusBar,
    openTelemetry,
    vscode.languages.registerCodeActionsProvider({ scheme: "*" }, new FixActions(), {
      providedCodeActionKinds: FixActions.kinds,
    }),
    vscode.window.registerWebviewViewProvider("runnel.chat", {
      resolveWebviewView: async (view) => (await chat()).view.resolveWebviewView(view),
    }),
  );
  // Why Runnel is activated with the window, and not by the first command: what was half streamed into a file goes back.
  editRecords
    .read()
    .then((records) => (records === undefined ? undefined : edits()))
    .catch((error: unknown) => logError(logger, "Pending edits", error));
  endings.push(async () => {
    // What streams ends in the ledger as far as it got.
    await running.stopAll();
    await Promise.all([ledger.flush(), openTelemetry.close()]);
  });
  if (context.extensionMode !== vscode.ExtensionMode.Test) return undefined;
  return Promise.all([chat(), edits(), comparison(), usage()]).then(([chat, edits, comparison, usage]) => ({
    meter: () => ({ text: statusBar.text, tooltip: statusBar.tooltip }),
    conversation: () => chat.conversation,
    usageFolder,
    edits,
    editRecords,
    leaveEditRecords: (records) => createRecordStore(context).write(records),
    comparison,
    usagePage: () => usage.page(),
    allowTelemetry: (allowed, pause) => {
      if (pause !== undefined) openTelemetry.batching = { pause };
      openTelemetry.isAllowed = () => allowed;
    },
  }));
}

/** VS Code waits a few seconds for this: enough to write down what was streaming. */
export async function deactivate(): Promise<void> {
  await Promise.all(endings.map((end) => end()));
}
