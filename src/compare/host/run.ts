/** One comparison while it runs and afterwards: what was measured, and how the page shows it. */

import { plainError } from "../../core/errors.ts";
import { isWait, type Notice, type StreamEvent } from "../../core/events.ts";
import type { ChatRequest } from "../../core/message.ts";
import type { TurnOutcome } from "../../core/outcome.ts";
import type { Candidate } from "../../turn/candidate.ts";
import { createDeltaJoiner } from "../../turn/delta-joiner.ts";
import { errorView, filteredText } from "../../turn/host/error-texts.ts";
import { waitText } from "../../turn/host/notice-texts.ts";
import { type SideTurnServices, tellNotices } from "../../turn/host/side-turn.ts";
import type { TurnMeter } from "../../turn/host/status-bar.ts";
import { keepNotice } from "../../turn/kept-notices.ts";
import { runTurn } from "../../turn/turn.ts";
import { type ComparisonRun, runComparison, type Slot } from "../comparison.ts";
import { type Comparison, outcomesOf } from "../export.ts";
import { figuresOf, spentOn } from "../figures.ts";
import type { CompareModel, CompareResult, CompareRun, ToCompare } from "../protocol.ts";
import { progressText } from "./texts.ts";

/** All that a person said yes to. */
export interface ComparisonPlan {
  candidates: Candidate[];
  comparison: Pick<Comparison, "prompt" | "rounds" | "models">;
  models: CompareModel[];
  question: Omit<ChatRequest, "model">;
}

export interface RunningComparison {
  readonly comparison: Comparison;
  readonly result: CompareResult;
  /** Resolves when what was streaming has ended. */
  stop(): Promise<void>;
  readonly done: Promise<void>;
}

export function startComparison(
  services: SideTurnServices,
  plan: ComparisonPlan,
  post: (message: ToCompare) => void,
): RunningComparison {
  const { environment, running, statusBar } = services;
  const comparison: Comparison = { ...plan.comparison, startedAt: environment.wallClock(), runs: [] };
  const { rounds, prompt, models } = comparison;
  const requests = rounds * models.length;
  const result: CompareResult = {
    models: plan.models,
    rounds,
    prompt,
    running: true,
    progress: progressText(0, requests, spentOn([])),
    figures: models.map(() => figuresOf([])),
    runs: models.map(() => Array.from({ length: rounds }, () => ({ state: "planned" as const, text: "" }))),
  };
  const abort = new AbortController();
  const leave = running.enter("compare", () => stop());
  const notices: Notice[] = [];
  let meter: TurnMeter | undefined;
  let joiner = createDeltaJoiner(() => {});

  const change = ({ place, round }: Slot, run: Omit<CompareRun, "text">): void => {
    const row = result.runs[place]!;
    row[round] = { ...run, text: row[round]!.text };
    post({ type: "run-changed", place, round, run });
  };
  const tell = (): void => {
    const outcomes = comparison.runs.map(({ outcome }) => outcome);
    result.progress = progressText(outcomes.length, requests, spentOn(outcomes));
    result.figures = models.map((_, place) => figuresOf(outcomesOf(comparison, place)));
    const { figures, progress } = result;
    post({ type: "result-changed", change: { running: result.running, figures, progress } });
  };
  const providerName = (id: string): string => services.models.config(id)?.name ?? id;

  async function run(): Promise<void> {
    await runComparison(plan.candidates, plan.question, {
      rounds,
      signal: abort.signal,
      ask: (candidate, question, options) => runTurn([candidate], question, options, environment),
      listener: {
        onStart(slot) {
          meter = statusBar.begin();
          joiner = createDeltaJoiner(({ text = "" }) => {
            result.runs[slot.place]![slot.round]!.text += text;
            post({ type: "delta", ...slot, text });
          });
          change(slot, { state: "streaming" });
        },
        onEvent(slot, event) {
          meter?.event(event);
          if (event.type === "notice") keepNotice(notices, event);
          if (event.type === "text-delta") joiner.push({ text: event.text });
          const wait = waitChange(event, providerName);
          if (wait) change(slot, { state: "streaming", ...wait });
        },
        onOutcome(made) {
          joiner.flush();
          meter?.end(made.outcome);
          comparison.runs.push(made);
          change(made, endOf(made.outcome, providerName(made.outcome.target.provider)));
          tell();
        },
        onLeftOut: (slot) => change(slot, { state: "left-out" }),
      },
    });
    leave();
    result.running = false;
    tell();
    tellNotices(services, notices);
  }

  async function stop(): Promise<void> {
    abort.abort();
    await done;
  }

  post({ type: "result-began", result });
  const done = run();
  return { comparison, result, stop, done };
}

/** Undefined for events that neither begin nor end a wait. */
function waitChange(event: StreamEvent, providerName: (id: string) => string): Pick<CompareRun, "wait"> | undefined {
  if (event.type !== "notice") return undefined;
  const text = waitText(event, providerName);
  if (text !== undefined) return { wait: { text, seconds: event.seconds ?? 0 } };
  return endsWait(event) ? {} : undefined;
}

function endsWait(notice: Notice): boolean {
  return notice.code === "asking" || isWait(notice);
}

function endOf(outcome: TurnOutcome, providerName: string): Omit<CompareRun, "text"> {
  const { kind, error, target, finishReason } = outcome;
  const state = kind === "completed" ? "complete" : kind;
  if (error === undefined && finishReason === "content-filter")
    return { state, error: { kind: "refused", text: filteredText(), actions: [] } };
  if (error === undefined) return { state };
  const place = { providerName, model: error.details.model ?? target.model, partial: kind === "incomplete" };
  const view = errorView(plainError(error), place);
  // Asking once more is what the next comparison is for.
  return { state, error: { ...view, actions: view.actions.filter(({ action }) => action !== "retry") } };
}

/** The run of a slot, once it has ended. */
export function runAt({ runs }: Comparison, { place, round }: Slot): ComparisonRun | undefined {
  return runs.find((run) => run.place === place && run.round === round);
}
