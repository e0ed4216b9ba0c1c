/** Which models there are and which one is chosen: settings, and what the servers list. */

import * as vscode from "vscode";
import { defined } from "../../core/defined.ts";
import type { Logger } from "../../core/logger.ts";
import type { ModelChoice } from "../../core/model-choice.ts";
import type { Purpose } from "../../core/outcome.ts";
import { formatTarget, type Target } from "../../core/target.ts";
import { showWarning } from "../../editor/surfaces/messages.ts";
import type { PriceTable } from "../../money/price-types.ts";
import { contextWindowOf } from "../../money/prices.ts";
import { createProvider } from "../../providers/create.ts";
import type { ModelConfig, ModelInfo, Provider, ProviderConfig } from "../../providers/provider/provider.ts";
import type { Transport } from "../../stream/transport/transport.ts";
import type { Candidate } from "../../turn/candidate.ts";
import type { KeyStore } from "./keys.ts";
import {
  type EntryProblem,
  openProviderSettings,
  readSettings,
  type Settings,
  type UnusableModel,
  writeSetting,
} from "./settings.ts";

export interface ModelServices {
  keys: KeyStore;
  transport: Transport;
  logger: Logger;
  /** The table that holds now. */
  prices(): Promise<PriceTable>;
}

export class Models implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  /** Fires when settings changed what can be asked. */
  readonly onDidChange = this.#changed.event;
  readonly #subscription: vscode.Disposable;
  readonly #services: ModelServices;
  #settings: Settings;
  /** Kept by configuration, so that what a provider learnt about its server (repairs) outlives a question. */
  #providers = new Map<string, { written: string; provider: Provider }>();
  #listed = new Map<string, ModelInfo[]>();
  #reported = "";
  #reportedModels = "";
  /** There from the first question on. */
  #table: PriceTable | undefined;

  constructor(services: ModelServices) {
    this.#services = services;
    this.#settings = readSettings();
    this.#report();
    this.#reportModels();
    this.#subscription = vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration("runnel")) return;
      this.#settings = readSettings();
      this.#report();
      this.#reportModels();
      this.#changed.fire();
    });
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  get settings(): Settings {
    return this.#settings;
  }

  config(providerId: string): ProviderConfig | undefined {
    return this.#settings.providers.find((config) => config.id === providerId);
  }

  /**
   * The chosen model; where none was chosen, the first that a provider is configured with. Undefined when there is none,
   * or the chosen one cannot be asked.
   */
  get chosen(): Target | undefined {
    const { chatModel, providers } = this.#settings;
    if (this.#isUnusable("chatModel")) return undefined;
    if (chatModel) return chatModel;
    for (const config of providers) {
      const model = config.models[0];
      if (model) return { provider: config.id, model: model.id };
    }
    return undefined;
  }

  /** The model of `runnel.editModel` or `runnel.commitModel` where it says one, else the chat model. */
  modelFor(purpose: Purpose): Target | undefined {
    const setting = purpose === "edit" ? "editModel" : purpose === "commit" ? "commitModel" : "chatModel";
    if (this.#isUnusable(setting)) return undefined;
    return this.#settings[setting] ?? this.chosen;
  }

  #isUnusable(setting: UnusableModel["setting"]): boolean {
    return this.#settings.unusableModels.some((unusable) => unusable.setting === setting);
  }

  choice(purpose: Purpose = "chat"): ModelChoice | undefined {
    const target = this.modelFor(purpose);
    const config = target && this.config(target.provider);
    if (!target || !config) return undefined;
    return {
      target: formatTarget(target),
      label: this.modelInfo(target)?.name ?? target.model,
      providerName: config.name,
      scripted: config.scripted,
    };
  }

  /** The model for this purpose, then those of `runnel.failover`. */
  candidatesFor(purpose: Purpose): Candidate[] {
    const first = this.modelFor(purpose);
    if (first === undefined) return [];
    const others = this.#settings.failover.filter((target) => formatTarget(target) !== formatTarget(first));
    return [first, ...others].map((target) => this.candidate(target)).filter((candidate) => candidate !== undefined);
  }

  candidate(target: Target): Candidate | undefined {
    // The question needs its prices in a moment anyway.
    if (this.#table === undefined) void this.prices();
    const provider = this.provider(target.provider);
    if (provider === undefined) return undefined;
    const own = provider.config.models.find((model) => model.id === target.model)?.price;
    const listed = this.#listed.get(target.provider)?.find((model) => model.id === target.model);
    const endpoint = listed?.price;
    return {
      provider,
      model: target.model,
      apiKey: () => this.#services.keys.keyFor(provider.config),
      headers: () => this.#services.keys.headersFor(provider.config),
      ...defined({ ownPrice: own, endpointPrice: endpoint }),
      ...(listed?.unreadablePrice && own === undefined ? { unreadablePrice: true as const } : {}),
    };
  }

  async prices(): Promise<PriceTable> {
    this.#table = await this.#services.prices();
    return this.#table;
  }

  /** Whether nothing is missing for asking this provider. */
  async isReady(config: ProviderConfig): Promise<boolean> {
    return !config.needsKey || (await this.#services.keys.has(config));
  }

  provider(id: string): Provider | undefined {
    const config = this.config(id);
    if (config === undefined) return undefined;
    const written = JSON.stringify(config);
    const kept = this.#providers.get(id);
    if (kept?.written === written) return kept.provider;
    const provider = createProvider(config);
    this.#providers.set(id, { written, provider });
    this.#listed.delete(id);
    return provider;
  }

  /** What settings, the server's list or the bundled table say about a model. */
  modelInfo(target: Target): ModelConfig | ModelInfo | undefined {
    const config = this.config(target.provider);
    const own = config?.models.find((model) => model.id === target.model);
    const listed = this.#listed.get(target.provider)?.find((model) => model.id === target.model);
    const contextWindow = config && this.#contextWindow(config, target.model);
    if (own === undefined && listed === undefined && contextWindow === undefined) return undefined;
    return { ...defined({ contextWindow }), ...listed, ...own, id: target.model };
  }

  #contextWindow(config: ProviderConfig, model: string): number | undefined {
    return this.#table && contextWindowOf({ ...config, model }, this.#table);
  }

  /** Asks the server for its models and keeps the answer. Throws `AssistantError`. */
  async list(providerId: string, signal: AbortSignal): Promise<ModelInfo[]> {
    const provider = this.provider(providerId);
    if (provider === undefined) return [];
    const apiKey = await this.#services.keys.keyFor(provider.config);
    const headers = await this.#services.keys.headersFor(provider.config);
    const models = await provider.listModels({
      signal,
      headers,
      transport: this.#services.transport,
      logger: this.#services.logger,
      ...defined({ apiKey }),
    });
    this.#listed.set(providerId, models);
    return models;
  }

  async choose(target: Target): Promise<void> {
    await writeSetting("chatModel", formatTarget(target));
  }

  #reportModels(): void {
    const { unusableModels, problems } = this.#settings;
    const lines = unusableModels.map(({ setting, value }) => `runnel.${setting}: no provider of “${value}”`);
    for (const line of lines) this.#services.logger.warn(line);
    const written = lines.join("\n");
    // An entry that cannot be used is told itself.
    if (written !== "" && written !== this.#reportedModels && problems.length === 0)
      void showUnusable(unusableModels[0]!);
    this.#reportedModels = written;
  }

  #report(): void {
    const { problems } = this.#settings;
    const lines = problems.map(({ entry, problem }) => `entry ${entry}: ${JSON.stringify(problem)}`);
    for (const line of lines) this.#services.logger.warn(`runnel.providers: ${line}`);
    const written = lines.join("\n");
    // While the settings are being typed, each state is told once.
    if (written !== "" && written !== this.#reported) void showProblem(problems[0]!);
    this.#reported = written;
  }
}

/** A setting that names nobody must not be passed over: another one would get the code, and the bill. */
async function showUnusable({ setting, value }: UnusableModel): Promise<void> {
  const { l10n } = vscode;
  const open = l10n.t("Open Settings");
  const text =
    setting === "failover"
      ? l10n.t("runnel.failover names “{0}”, but none of your providers has that name. It is left out.", value)
      : l10n.t(
          "runnel.{0} is “{1}”, but none of your providers has that name. Nothing is asked there.",
          setting,
          value,
        );
  if ((await showWarning(text, open)) === open)
    await vscode.commands.executeCommand("workbench.action.openSettings", `runnel.${setting}`);
}

/** An entry that cannot be used must not just be missing from the list of models. */
async function showProblem({ entry, problem }: EntryProblem): Promise<void> {
  const { problemText } = await import("./problem-words.ts");
  const open = vscode.l10n.t("Open Settings");
  const text = vscode.l10n.t("Provider {0} in your settings cannot be used. {1}", entry, problemText(problem));
  if ((await showWarning(text, open)) === open) await openProviderSettings();
}
