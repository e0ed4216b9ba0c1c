/** Ties the comparison's page to the models: what is chosen, the plan that waits for a yes, the run, what becomes of it. */

import * as vscode from "vscode";
import { questionText } from "../../context/prompts.ts";
import type { Conversation } from "../../core/conversation.ts";
import { defined } from "../../core/defined.ts";
import { errorActionOf } from "../../core/error-view.ts";
import { textOf } from "../../core/message.ts";
import type { TurnOutcome } from "../../core/outcome.ts";
import { storedStrings } from "../../core/stored.ts";
import { formatTarget, parseTarget, type Target } from "../../core/target.ts";
import { newFile } from "../../editor/editors.ts";
import { logError } from "../../editor/own-defects.ts";
import { pickModel } from "../../models/host/select-model.ts";
import type { PriceTable } from "../../money/price-types.ts";
import type { PricesNow } from "../../turn/candidate-price.ts";
import { runErrorAction } from "../../turn/host/error-actions.ts";
import type { SideTurnServices } from "../../turn/host/side-turn.ts";
import { FEWEST_MODELS, MOST_MODELS, MOST_ROUNDS } from "../comparison.ts";
import { readyPrompts } from "../prompts.ts";
import type { CompareForm, FromCompare, ToCompare } from "../protocol.ts";
import { type ComparisonFormat, comparisonFile, saveComparison } from "./files.ts";
import { ComparePanel } from "./panel.ts";
import { compareModel, planComparison } from "./plan.ts";
import { type ComparisonPlan, type RunningComparison, runAt, startComparison } from "./run.ts";
import { compareTexts, readyPromptLabel } from "./texts.ts";

/** The models of the last comparison, as "provider/model". */
const LAST_MODELS = "comparison.models";

/** The chat, as far as a comparison has to do with it. */
export interface ComparedChat {
  readonly conversation: Pick<Conversation, "messages">;
  /** Takes in what was asked, with the answer that a person chose, and shows it. */
  adopt(text: string, outcome: TurnOutcome): Promise<void>;
}

export interface CompareServices extends SideTurnServices {
  context: vscode.ExtensionContext;
  chat: ComparedChat;
}

export class CompareController implements vscode.Disposable {
  readonly #services: CompareServices;
  readonly #panel: ComparePanel;
  readonly #subscription: vscode.Disposable;
  #targets: Target[] = [];
  #prompt = readyPrompts[0]!.text;
  #rounds = 1;
  #plan: (ComparisonPlan & { text: string }) | undefined;
  #current: RunningComparison | undefined;
  /** There once the tab was opened. */
  #table: PriceTable | undefined;

  constructor(services: CompareServices) {
    this.#services = services;
    this.#panel = new ComparePanel(services.context.extensionUri, services.environment.logger, {
      snapshot: () => this.snapshot(),
      onMessage: (message) =>
        void this.receive(message).catch((error: unknown) => {
          logError(services.environment.logger, message.type, error);
        }),
      // Nobody would see what it finds.
      onClose: () => void this.#current?.stop(),
    });
    this.#subscription = services.models.onDidChange(() => this.#formChanged());
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#panel.dispose();
  }

  /** The argument fills in the form: `{ models?: ["provider/model"], prompt?: string, rounds?: number }`. */
  async open(argument?: unknown): Promise<void> {
    this.#table = await this.#services.models.prices();
    if (typeof argument === "object" && argument !== null) {
      const { models, prompt, rounds } = argument as Record<string, unknown>;
      if (Array.isArray(models)) this.#targets = targetsOf(models);
      if (typeof prompt === "string") this.#prompt = prompt;
      if (typeof rounds === "number") this.#rounds = withinRounds(rounds);
    }
    if (this.#chosen.length === 0) this.#targets = this.#firstTargets();
    this.#panel.show();
    this.#formChanged();
  }

  /** What a page is shown that has just been opened. */
  snapshot(): Extract<ToCompare, { type: "snapshot" }> {
    const result = this.#current?.result;
    return {
      type: "snapshot",
      form: this.#form(),
      texts: compareTexts(),
      locale: vscode.env.language,
      ...defined({ result }),
    };
  }

  /** The open comparison as a file's text; undefined when there is none. */
  file(format: ComparisonFormat): string | undefined {
    return this.#current && comparisonFile(this.#current.comparison, format, this.#providerName);
  }

  async receive(message: FromCompare): Promise<void> {
    switch (message.type) {
      case "ready":
        break;
      case "add-model":
        await this.#addModel();
        break;
      case "remove-model":
        await this.#setTargets(this.#chosen.filter((_, index) => index !== message.index));
        break;
      case "draft":
        this.#prompt = message.prompt;
        this.#rounds = withinRounds(message.rounds);
        // The estimate was of something else.
        if (this.#plan) this.#formChanged();
        break;
      case "prepare":
        this.#prepare();
        break;
      case "cancel":
        this.#formChanged();
        break;
      case "start":
        this.#start();
        break;
      case "stop":
        await this.#current?.stop();
        break;
      case "keep": {
        const comparison = this.#current?.comparison;
        const run = comparison && runAt(comparison, message);
        if (comparison && run && textOf(run.outcome.message) !== "")
          await this.#services.chat.adopt(comparison.prompt, run.outcome);
        break;
      }
      case "save": {
        const format = message.format === "csv" ? "csv" : "md";
        const text = this.file(format);
        if (this.#current && text !== undefined) await saveComparison(text, format, this.#current.comparison.startedAt);
        break;
      }
      case "error-action": {
        const target = this.#current?.comparison.models[message.place]?.target;
        const action = errorActionOf(message.action);
        if (target && action && action !== "retry" && action !== "continue")
          await runErrorAction(action, target.provider);
        break;
      }
      case "copy-text":
        await vscode.env.clipboard.writeText(message.text);
        break;
      case "new-file":
        await newFile(message.text, message.language);
        break;
      case "add-provider":
        await vscode.commands.executeCommand("runnel.addProvider");
        break;
    }
  }

  async #addModel(): Promise<void> {
    if (this.#chosen.length >= MOST_MODELS) return;
    const target = await pickModel(this.#services.models);
    if (target) await this.#setTargets(targetsOf([...this.#chosen, target].map(formatTarget)));
  }

  async #setTargets(targets: Target[]): Promise<void> {
    this.#targets = targets;
    this.#formChanged();
    await this.#services.context.globalState.update(LAST_MODELS, targets.map(formatTarget));
  }

  /** Those of the last comparison, else the chat's model and those that stand in for it. */
  #firstTargets(): Target[] {
    const { context, models } = this.#services;
    const last = storedStrings(context.globalState.get(LAST_MODELS), MOST_MODELS);
    const names = models.candidatesFor("compare").map(({ provider, model }) => `${provider.config.id}/${model}`);
    return targetsOf(last.length > 0 ? last : names);
  }

  /** Any change of the form takes the plan back. */
  #formChanged(): void {
    this.#plan = undefined;
    this.#postForm();
  }

  #postForm(): void {
    this.#panel.post({ type: "form-changed", form: this.#form() });
  }

  /** Those whose provider is still there. */
  get #chosen(): Target[] {
    return this.#targets.filter(({ provider }) => this.#services.models.config(provider) !== undefined);
  }

  #form(): CompareForm {
    const { chat, models } = this.#services;
    const last = chat.conversation.messages.findLast(({ role }) => role === "user");
    const questions = readyPrompts.map(({ id, text }) => ({ label: readyPromptLabel(id), text }));
    if (last) questions.unshift({ label: vscode.l10n.t("The chat's last question"), text: questionText(last) });
    return {
      models: this.#chosen.map((target) => compareModel(models, target, this.#prices)),
      limits: { fewestModels: FEWEST_MODELS, mostModels: MOST_MODELS, mostRounds: MOST_ROUNDS },
      questions,
      prompt: this.#prompt,
      rounds: this.#rounds,
      noProvider: models.settings.providers.length === 0,
      ...(this.#plan === undefined ? {} : { plan: this.#plan.text }),
    };
  }

  get #prices(): PricesNow | undefined {
    return this.#table && { table: this.#table, at: this.#services.environment.wallClock() };
  }

  #providerName = (id: string): string => this.#services.models.config(id)?.name ?? id;

  #prepare(): void {
    if (this.#current?.result.running || this.#prices === undefined) return;
    const choice = { targets: this.#chosen, prompt: this.#prompt, rounds: this.#rounds };
    this.#plan = planComparison(this.#services.models, choice, this.#prices);
    this.#postForm();
  }

  #start(): void {
    const plan = this.#plan;
    if (plan === undefined || this.#current?.result.running) return;
    this.#formChanged();
    this.#current = startComparison(this.#services, plan, (message) => this.#panel.post(message));
  }
}

/** Each once, and no more than a comparison holds. */
function targetsOf(names: readonly unknown[]): Target[] {
  return [...new Set(names)]
    .map((name) => (typeof name === "string" ? parseTarget(name) : undefined))
    .filter((target) => target !== undefined)
    .slice(0, MOST_MODELS);
}

function withinRounds(rounds: number): number {
  return Math.min(MOST_ROUNDS, Math.max(1, Math.round(rounds) || 1));
}
