/** `runnel.showUsage`: the usage report, a tab in the editor area that follows the ledger. */

import * as vscode from "vscode";
import { defined } from "../../core/defined.ts";
import type { Logger } from "../../core/logger.ts";
import { asPageDefect, defectLines } from "../../core/page-defect.ts";
import { storedStrings } from "../../core/stored.ts";
import { formatTarget, type Target } from "../../core/target.ts";
import { logError } from "../../editor/own-defects.ts";
import { showError } from "../../editor/surfaces/messages.ts";
import { pickMany } from "../../editor/surfaces/picks.ts";
import { openTab } from "../../editor/webview-page.ts";
import type { Models } from "../../models/host/models.ts";
import { priceOf } from "../../turn/candidate-price.ts";
import type { Answer } from "../answers.ts";
import { budgetUses, uncounted } from "../budget.ts";
import { rangeOf } from "../day-range.ts";
import type { Ledger } from "../ledger.ts";
import type { PriceTable } from "../price-types.ts";
import type { PriceUpdates } from "../price-updates.ts";
import { listPrices } from "../prices.ts";
import { dayOf } from "../roll-up.ts";
import { asFromUsage, type FromUsage, type ToUsage, type UsagePage } from "../usage-protocol.ts";
import { type DayRange, rangeNames } from "../usage-report.ts";
import { answerRows, chartOf, elsewhereRows, type OtherPrice, rowOf, rowsOf } from "../usage-view.ts";
import { budgetText, uncountedText } from "./budget-texts.ts";
import { pricesText } from "./price-texts.ts";
import { correctAnswer } from "./usage-correction.ts";
import { usagePageTexts } from "./usage-page-texts.ts";

const { l10n } = vscode;

/** Models of the price table to compare with, until the person chooses others. */
const usualModels = [
  "openai/gpt-5.5",
  "openai/gpt-5.4-mini",
  "anthropic/claude-opus-5",
  "anthropic/claude-sonnet-5",
  "google/gemini-3.1-pro-preview",
  "google/gemini-3.5-flash",
  "deepseek/deepseek-v4-flash",
];
const CHOSEN = "usage.tableModels";
const MOST_CHOSEN = 1000;

export interface UsageServices {
  ledger: Ledger;
  models: Models;
  priceUpdates: PriceUpdates;
  logger: Logger;
  memory: vscode.Memento;
  extensionUri: vscode.Uri;
  /** Fires when this window added to the ledger. */
  onLedgerChange: vscode.Event<void>;
}

export class UsagePanel implements vscode.Disposable {
  readonly #services: UsageServices;
  readonly #subscriptions: vscode.Disposable[];
  #panel: vscode.WebviewPanel | undefined;
  /** True between `ready` and the page's end: only then do messages reach somebody. */
  #ready = false;
  #range: Pick<DayRange, "name" | "from" | "to"> = { name: "month" };
  /** Those of the last page. */
  #answers: readonly Answer[] = [];
  #updating = false;
  #updateWanted = false;

  constructor(services: UsageServices) {
    this.#services = services;
    this.#subscriptions = [
      services.models.onDidChange(() => this.update()),
      services.onLedgerChange(() => this.update()),
      // Other windows write to the same ledger.
      vscode.window.onDidChangeWindowState(({ focused }) => focused && this.update()),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#panel?.dispose();
  }

  show(): void {
    if (this.#panel) return this.#panel.reveal();
    this.#panel = openTab(this.#services.extensionUri, {
      name: "usage",
      title: l10n.t("Usage"),
      receive: (value) => this.#receive(value),
      hidden: () => {
        this.#ready = false;
      },
      closed: () => {
        this.#panel = undefined;
        this.#ready = false;
      },
    });
  }

  /** Shows what the ledger says now; what changes meanwhile is shown in one more go. */
  update(): void {
    if (!this.#ready) return;
    this.#updateWanted = true;
    if (!this.#updating) void this.#follow();
  }

  /** The report as the page gets it. */
  async page(range: Pick<DayRange, "name" | "from" | "to"> = this.#range): Promise<UsagePage> {
    const { ledger } = this.#services;
    const today = dayOf(Date.now());
    const days = rangeOf(range.name, today, range);
    const { from, to } = days;
    const table = await this.#services.models.prices();
    const report = await ledger.report({
      ...defined({ from, to }),
    });
    this.#answers = report.answers;
    return {
      range: days,
      total: rowOf("", report.total),
      byTarget: rowsOf(report.byTarget),
      byProvider: rowsOf(report.byProvider),
      byPurpose: rowsOf(report.byPurpose),
      byDay: [...report.byDay].map(([day, sums]) => rowOf(day, sums)),
      chart: chartOf(report, days, today),
      answers: answerRows(report.answers),
      elsewhere: elsewhereRows(report, this.#otherPrices(table)),
      prices: pricesText(table, this.#services.priceUpdates.problem),
      ...this.#budget(),
    };
  }

  async #follow(): Promise<void> {
    this.#updating = true;
    while (this.#updateWanted) {
      this.#updateWanted = false;
      try {
        const message: ToUsage = {
          type: "report",
          page: await this.page(),
          texts: usagePageTexts(),
          locale: vscode.env.language,
        };
        if (this.#ready) void this.#panel?.webview.postMessage(message);
      } catch (error) {
        logError(this.#services.logger, "The usage report could not be made", error);
      }
    }
    this.#updating = false;
  }

  #budget(): Pick<UsagePage, "budget" | "remarks"> {
    const { ledger, models } = this.#services;
    const { budget } = models.settings;
    const spending = ledger.spending();
    const remarks: string[] = [];
    if (budget) {
      const { unknown, currencies } = uncounted(budget, spending);
      const left = uncountedText(unknown, currencies.join(", "));
      if (left !== undefined) remarks.push(left);
    }
    const { lines, corrections } = ledger.skipped;
    if (lines > 0) remarks.push(l10n.t("Unreadable lines of the usage ledger that were skipped: {0}", lines));
    if (corrections > 0) remarks.push(l10n.t("Corrections of entries that are not in the ledger: {0}", corrections));
    if (ledger.trouble !== undefined) remarks.push(l10n.t("The usage ledger cannot be written: {0}", ledger.trouble));
    const uses = budget ? budgetUses(budget, spending) : [];
    return { budget: uses.map((use) => ({ ...use, text: budgetText(use) })), remarks };
  }

  #otherPrices(table: PriceTable): OtherPrice[] {
    const chosen = this.#tableModels;
    const listed = listPrices(table).filter(({ name }) => chosen.includes(name));
    const configured = this.#configured().flatMap((target): OtherPrice[] => {
      const candidate = this.#services.models.candidate(target);
      if (candidate === undefined || candidate.provider.config.scripted) return [];
      const priceAt = (at: number, inputTokens: number) => priceOf(candidate, { table, at }, inputTokens);
      return [{ name: formatTarget(target), origin: "settings", priceAt }];
    });
    return [...configured, ...listed.map((price): OtherPrice => ({ ...price, origin: "table" }))];
  }

  /** Every model that the settings name. */
  #configured(): Target[] {
    const { providers, chatModel, editModel, commitModel, failover } = this.#services.models.settings;
    const targets = providers.flatMap(({ id, models }) => models.map((model) => ({ provider: id, model: model.id })));
    const named = [chatModel, editModel, commitModel, ...failover].filter((target) => target !== undefined);
    return [...new Map([...targets, ...named].map((target) => [formatTarget(target), target])).values()];
  }

  get #tableModels(): readonly string[] {
    const chosen = this.#services.memory.get(CHOSEN);
    return Array.isArray(chosen) ? storedStrings(chosen, MOST_CHOSEN) : usualModels;
  }

  #receive(value: unknown): void {
    const defect = asPageDefect(value);
    if (defect !== undefined) return this.#services.logger.error(defectLines("usage", defect));
    const message = asFromUsage(value);
    if (message === undefined) {
      this.#services.logger.warn("The usage report's page sent a message that is not in the protocol; it was ignored.");
      return;
    }
    void this.receive(message);
  }

  /** What the page says. */
  async receive(message: FromUsage): Promise<void> {
    switch (message.type) {
      case "ready":
        this.#ready = true;
        void this.#services.priceUpdates.check();
        await this.#services.ledger.refresh();
        break;
      case "choose-range": {
        const name = rangeNames.find((each) => each === message.name);
        if (name !== undefined) this.#range = { name, from: message.from, to: message.to };
        break;
      }
      case "choose-models":
        await this.#chooseModels();
        break;
      case "export":
        await vscode.commands.executeCommand("runnel.exportUsage", { format: message.format });
        return;
      case "correct":
        await this.#correct(message.id);
        break;
      case "import":
        await vscode.commands.executeCommand("runnel.importUsage");
        return;
    }
    this.update();
  }

  async #correct(id: string): Promise<void> {
    const { ledger, models, logger } = this.#services;
    const answer = this.#answers.find((each) => each.id === id);
    if (answer === undefined) return;
    try {
      await correctAnswer(ledger, answer, models.settings.budget?.currency ?? "USD");
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      logger.error(`A cost could not be corrected: ${reason}`);
      void showError(l10n.t("Could not correct the cost: {0}", reason));
    }
  }

  async #chooseModels(): Promise<void> {
    const chosen = this.#tableModels;
    const listed = listPrices(await this.#services.models.prices());
    const items = listed.flatMap(({ name, priceAt }) => {
      const price = priceAt(Date.now())?.price;
      if (price === undefined) return [];
      const description = l10n.t("{0} in, {1} out per million tokens", `$${price.input}`, `$${price.output}`);
      return [{ label: name, description, picked: chosen.includes(name) }];
    });
    const title = l10n.t("Compare Prices with These Models");
    const picked = await pickMany(items, { title });
    if (picked)
      await this.#services.memory.update(
        CHOSEN,
        picked.map(({ label }) => label),
      );
  }
}
