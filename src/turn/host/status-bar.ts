/** The one status bar item: time to first token, tokens per second and cost, live and afterwards. */
import * as vscode from "vscode";
import type { StreamEvent } from "../../core/events.ts";
import { estimateMark, exactAmount, formatCost, formatDuration, formatElapsed, formatRate } from "../../core/format.ts";
import type { TurnOutcome } from "../../core/outcome.ts";
import { formatTarget } from "../../core/target.ts";
import type { Label } from "../../editor/surfaces/labels.ts";
import { StatusItem } from "../../editor/surfaces/status-item.ts";
import type { Models } from "../../models/host/models.ts";
import { budgetUses, uncounted } from "../../money/budget.ts";
import { budgetText, uncountedText } from "../../money/host/budget-texts.ts";
import { priceOriginText } from "../../money/host/price-texts.ts";
import { latencyRows, totalsText, trendMark } from "../../money/host/usage-texts.ts";
import type { Ledger } from "../../money/ledger.ts";
import { liveRate, type MeterState, meterEvent, silentFor, startMeter } from "../meter.ts";

const { l10n } = vscode;

/** Milliseconds between two changes of the item while streaming: faster would only flicker. */
const REFRESH = 200;
/** Milliseconds from activation until the ledger is read. */
const READ_AFTER = 3000;

/** What one turn tells the status bar. */
export interface TurnMeter {
  event(event: StreamEvent): void;
  end(outcome: TurnOutcome): void;
}

export class StatusBar implements vscode.Disposable {
  readonly #item: StatusItem;
  readonly #ledger: Ledger;
  readonly #models: Models;
  readonly #subscriptions: vscode.Disposable[];
  #state: MeterState = { phase: "idle" };
  /** Of the turns that are running. */
  #shown: TurnMeter | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  readonly #reading: ReturnType<typeof setTimeout>;
  /** "+2 −3", or "" where no edit is pending in the active editor. */
  #pending = "";

  constructor(services: { ledger: Ledger; models: Models }) {
    this.#ledger = services.ledger;
    this.#models = services.models;
    this.#item = new StatusItem("runnel.meter", {
      name: l10n.t("Runnel Meter"),
      command: "runnel.showMeterActions",
      priority: 100,
    });
    this.#subscriptions = [
      this.#models.onDidChange(() => this.#render()),
      // Other windows write to the same ledger.
      vscode.window.onDidChangeWindowState(({ focused }) => focused && void this.#refresh()),
    ];
    this.#render();
    // Activation reads no files; what was spent before is known a moment later.
    this.#reading = setTimeout(() => void this.#refresh(), READ_AFTER);
  }

  dispose(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#reading);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#item.dispose();
  }

  /** The item as a person reads it, for tests. */
  get text(): string {
    return this.#item.text;
  }

  get tooltip(): string {
    return this.#item.tooltip;
  }

  /** A turn begins. Of several at once the one that began last is shown, and at their ends the one that ended last. */
  begin(): TurnMeter {
    const shown: TurnMeter = {
      event: (event) => {
        if (this.#shown !== shown) return;
        const first = this.#state.phase === "waiting";
        this.#state = meterEvent(this.#state, event, performance.now());
        if (first && this.#state.phase === "streaming") this.#render();
      },
      end: (outcome) => {
        if (this.#shown !== shown && this.#shown !== undefined) return;
        this.#shown = undefined;
        clearInterval(this.#timer);
        this.#state = { phase: "done", outcome };
        this.#render();
      },
    };
    this.#shown = shown;
    this.#state = startMeter(performance.now());
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#render(), REFRESH);
    this.#render();
    return shown;
  }

  async #refresh(): Promise<void> {
    await this.#ledger.refresh();
    this.#render();
  }

  /** The ledger has changed. */
  update(): void {
    this.#render();
  }

  /** Lines of the edits that wait in the active editor. */
  showPending(counts: { added: number; removed: number } | undefined): void {
    const pending = counts === undefined ? "" : `+${counts.added} −${counts.removed}`;
    if (pending === this.#pending) return;
    this.#pending = pending;
    this.#render();
  }

  #render(): void {
    const isWarning = (this.#ledger.trouble ?? this.#ledger.unreadable) !== undefined;
    const pending = this.#pending === "" ? [] : [{ icon: "edit", text: this.#pending }];
    this.#item.show([...pending, this.#shortText()], this.#rows(), isWarning);
  }

  #shortText(): Label {
    const state = this.#state;
    switch (state.phase) {
      case "idle":
        return { icon: "pulse", text: this.#models.choice()?.label ?? "Runnel" };
      case "waiting": {
        const now = performance.now();
        const left = Math.ceil(((state.until ?? 0) - now) / 1000);
        if (left > 0) return { icon: "watch", text: l10n.t("waiting, {0} left", formatElapsed(left * 1000)) };
        return { icon: "loading~spin", text: formatDuration(Math.max(0, now - state.startedAt)) };
      }
      case "streaming": {
        const rate = liveRate(state, performance.now());
        const silence = silentFor(state, performance.now());
        const parts = [formatDuration(state.ttft)];
        if (silence !== undefined) parts.push(l10n.t("silent for {0} s", Math.floor(silence)));
        if (rate !== undefined) parts.push(`~${formatRate(rate)} tok/s`);
        return { icon: "loading~spin", text: parts.join(" · ") };
      }
      case "done":
        return doneText(state.outcome, trendMark(this.#ledger.latency(state.outcome.target)));
    }
  }

  #rows(): [string, string][] {
    const rows: [string, string][] = [];
    if (this.#pending !== "") rows.push([l10n.t("Pending edit"), this.#pending]);
    const target = this.#state.phase === "done" ? this.#state.outcome.target : this.#models.chosen;
    if (target?.provider) {
      rows.push([l10n.t("Model"), formatTarget(target)]);
      if (this.#models.config(target.provider)?.scripted)
        rows.push([l10n.t("Note"), l10n.t("demo: scripted answers, and a made-up price if any")]);
    }
    if (this.#state.phase === "done") rows.push(...outcomeRows(this.#state.outcome));
    if (target?.provider) rows.push(...latencyRows(this.#ledger.latency(target)));
    rows.push(...this.#spendingRows());
    return rows;
  }

  #spendingRows(): [string, string][] {
    const spending = this.#ledger.spending();
    const rows: [string, string][] = [
      [l10n.t("Today"), totalsText(spending.today)],
      [l10n.t("This month"), totalsText(spending.month)],
    ];
    const { budget } = this.#models.settings;
    if (budget) {
      for (const use of budgetUses(budget, spending)) rows.push([l10n.t("Budget"), budgetText(use)]);
      const { unknown, currencies } = uncounted(budget, spending);
      const left = uncountedText(unknown, currencies.join(", "));
      if (left !== undefined) rows.push([l10n.t("Budget"), left]);
    }
    const { trouble, unreadable } = this.#ledger;
    if (trouble !== undefined) rows.push([l10n.t("Usage ledger"), l10n.t("cannot be written: {0}", trouble)]);
    if (unreadable !== undefined) rows.push([l10n.t("Usage ledger"), l10n.t("cannot be read: {0}", unreadable)]);
    return rows;
  }
}

function doneText(outcome: TurnOutcome, mark: string): Label {
  const { timings, tokensPerSecond, kind } = outcome;
  if (kind === "failed") return { icon: "error", text: l10n.t("failed after {0}", formatDuration(timings.total)) };
  const icon = kind === "completed" ? "pulse" : kind === "stopped" ? "debug-stop" : "warning";
  if (timings.ttft === undefined) return { icon, text: l10n.t("stopped after {0}", formatDuration(timings.total)) };
  const parts = [formatDuration(timings.ttft) + mark];
  if (tokensPerSecond !== undefined) parts.push(`${estimateMark(outcome.usage)}${formatRate(tokensPerSecond)} tok/s`);
  parts.push(formatCost(outcome.cost));
  return { icon, text: parts.join(" · ") };
}

function outcomeRows(outcome: TurnOutcome): [string, string][] {
  const { timings, usage, cost } = outcome;
  const rows: [string, string][] = [];
  if (outcome.answeredBy !== undefined) rows.push([l10n.t("Answered by"), outcome.answeredBy]);
  if (timings.ttft !== undefined) rows.push([l10n.t("Time to first token"), formatDuration(timings.ttft)]);
  rows.push([l10n.t("Total time"), formatDuration(timings.total)]);
  if (outcome.tokensPerSecond !== undefined)
    rows.push([l10n.t("Tokens per second"), `${estimateMark(outcome.usage)}${formatRate(outcome.tokensPerSecond)}`]);
  // Nothing was asked, or it was turned down, so there is nothing to count or pay.
  if (usage === undefined && outcome.kind !== "completed") return rows;
  const mark = usage?.estimated ? "~" : "";
  const count = (tokens: number | undefined): string =>
    tokens === undefined ? "—" : `${mark}${tokens.toLocaleString("en")}`;
  rows.push([l10n.t("Input tokens"), count(usage?.inputTokens)]);
  if (usage?.cacheReadTokens !== undefined) rows.push([l10n.t("of these cached"), count(usage.cacheReadTokens)]);
  rows.push([l10n.t("Output tokens"), count(usage?.outputTokens)]);
  if (usage?.reasoningTokens !== undefined) rows.push([l10n.t("of these reasoning"), count(usage.reasoningTokens)]);
  const exact = cost === undefined ? "" : ` (${exactAmount(cost.amount, cost.currency)})`;
  rows.push([l10n.t("Cost"), formatCost(cost) + exact]);
  rows.push([l10n.t("Price from"), priceOriginText(outcome.cost)]);
  return rows;
}
