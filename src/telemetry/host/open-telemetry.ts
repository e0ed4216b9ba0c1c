/** Telling an OpenTelemetry collector of turns: whether it may be done, and asking the second time before texts go. */

import * as vscode from "vscode";
import { defined } from "../../core/defined.ts";
import type { Logger } from "../../core/logger.ts";
import type { ChatRequest } from "../../core/message.ts";
import type { TurnOutcome } from "../../core/outcome.ts";
import { flag, object, string } from "../../core/stored.ts";
import { ask, showWarning } from "../../editor/surfaces/messages.ts";
import type { Models } from "../../models/host/models.ts";
import { readUserSetting } from "../../models/host/settings.ts";
import type { Transport } from "../../stream/transport/transport.ts";
import type { Clean } from "../../turn/turn-environment.ts";
import type { OtlpExporter } from "../exporter.ts";
import { type OtlpReading, type OtlpSettings, readOtlpSettings } from "../settings.ts";

/** What the person said about sending texts: to which collector, and whether they may go there. */
interface ContentAnswer {
  endpoint: string;
  allowed: boolean;
}

const contentAnswer = object<ContentAnswer>({ required: { endpoint: string(), allowed: flag }, optional: {} });

const ANSWER = "runnel.openTelemetry.content";

export interface OpenTelemetryServices {
  transport: Transport;
  logger: Logger;
  memory: vscode.Memento;
  models: Models;
  version: string;
}

export class OpenTelemetry implements vscode.Disposable {
  readonly #services: OpenTelemetryServices;
  /** Loaded with the first turn that is told. */
  #exporter: Promise<OtlpExporter> | undefined;
  readonly #subscription: vscode.Disposable;
  #reading: OtlpReading;
  /** VS Code's own switch; replaced in tests, whose window has it off. */
  isAllowed = (): boolean => vscode.env.isTelemetryEnabled;
  /** Milliseconds a batch waits; the exporter's own where it is empty. Tests set it, which have no time to wait. */
  batching: { pause?: number } = {};
  #told = "";
  #reported = "";

  constructor(services: OpenTelemetryServices) {
    this.#services = services;
    this.#reading = readReading();
    this.#subscription = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("runnel.openTelemetry")) this.#readAgain();
    });
    this.#readAgain();
  }

  /** `clean` takes the turn's keys out of texts that go to the collector. */
  record(outcome: TurnOutcome, { system, messages }: Omit<ChatRequest, "model">, clean: Clean): void {
    // One that is there must learn of settings that were taken back.
    if (this.#exporter === undefined && this.#settings() === undefined) return;
    this.#exporter ??= this.#createExporter();
    this.#exporter.then(
      (exporter) => {
        const content = { messages, ...defined({ system }) };
        if (!this.#settings()?.content) exporter.record(outcome, content);
        else exporter.record({ ...outcome, message: clean(outcome.message) }, clean(content));
      },
      (error: unknown) => {
        this.#exporter = undefined;
        this.#services.logger.warn(`OpenTelemetry: ${error}`);
      },
    );
  }

  /** Sends what is waiting, within a second. */
  async close(): Promise<void> {
    await (await this.#exporter)?.close(1000);
  }

  async #createExporter(): Promise<OtlpExporter> {
    const { createOtlpExporter } = await import("../exporter.ts");
    return createOtlpExporter({
      ...this.#services,
      ...this.batching,
      settings: () => this.#settings(),
      server: (id) => this.#services.models.config(id),
      wallClock: Date.now,
      random: Math.random,
    });
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #settings(): OtlpSettings | undefined {
    const { settings } = this.#reading;
    if (settings === undefined) return undefined;
    if (!this.isAllowed()) {
      this.#tell("VS Code's telemetry is off, so nothing is sent.");
      return undefined;
    }
    const answer = this.#answer();
    const content = settings.content && answer?.endpoint === settings.endpoint && answer.allowed;
    return { ...settings, content };
  }

  /** Only what was stored as a yes is one. */
  #answer(): ContentAnswer | undefined {
    return contentAnswer(this.#services.memory.get(ANSWER), { left: 0 });
  }

  #readAgain(): void {
    this.#reading = readReading();
    const { settings, problems } = this.#reading;
    const written = problems.map((problem) => JSON.stringify(problem)).join("\n");
    if (written !== "")
      this.#services.logger.warn(`runnel.openTelemetry cannot be used, so nothing is sent: ${written}`);
    // While the settings are being typed, each state is told once.
    if (written !== "" && written !== this.#reported) void showUnusable();
    this.#reported = written;
    this.#askForContent(settings).then(undefined, (error) => this.#services.logger.warn(`OpenTelemetry: ${error}`));
  }

  /** Each collector is asked for by itself; taking the setting back lets it be asked again. */
  async #askForContent(settings: OtlpSettings | undefined): Promise<void> {
    const { memory } = this.#services;
    if (!settings?.content) {
      if (memory.get(ANSWER) !== undefined) await memory.update(ANSWER, undefined);
      return;
    }
    const { endpoint } = settings;
    // Of several windows that see the settings change only one asks.
    if (this.#answer()?.endpoint === endpoint || !vscode.window.state.focused) return;
    const send = vscode.l10n.t("Send");
    const question = vscode.l10n.t("Send prompts and answers to {0}?", endpoint);
    const detail = vscode.l10n.t(
      "They hold your code and whatever else you write. Who runs this collector can read and keep them. Without them, only figures are sent: times, tokens, cost, and the names of providers and models.",
    );
    const picked = await ask({ text: question, detail, buttons: [send] });
    await memory.update(ANSWER, { endpoint, allowed: picked === send } satisfies ContentAnswer);
  }

  #tell(text: string): void {
    if (this.#told === text) return;
    this.#told = text;
    this.#services.logger.info(`OpenTelemetry: ${text}`);
  }
}

async function showUnusable(): Promise<void> {
  const open = vscode.l10n.t("Open Settings");
  const log = vscode.l10n.t("Show Log");
  const text = vscode.l10n.t("The setting runnel.openTelemetry cannot be used, so nothing is sent. The log says why.");
  const picked = await showWarning(text, open, log);
  if (picked === open) await vscode.commands.executeCommand("workbench.action.openSettings", "runnel.openTelemetry");
  else if (picked === log) await vscode.commands.executeCommand("runnel.showLog");
}

/** Variables are those of the person's machine. */
function readReading(): OtlpReading {
  return readOtlpSettings(readUserSetting("openTelemetry"), process.env);
}
