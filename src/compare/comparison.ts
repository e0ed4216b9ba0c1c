/** Asks several models the same, one after the other and round by round, through the corridor that every question takes. */
import type { StreamEvent } from "../core/events.ts";
import type { ChatRequest } from "../core/message.ts";
import type { TurnOutcome } from "../core/outcome.ts";
import type { Candidate } from "../turn/candidate.ts";
import type { TurnOptions } from "../turn/turn-environment.ts";

export const FEWEST_MODELS = 2;
export const MOST_MODELS = 6;
export const MOST_ROUNDS = 5;

/** One question to one model: their places in the comparison, from 0. */
export interface Slot {
  place: number;
  round: number;
}

export interface ComparisonRun extends Slot {
  outcome: TurnOutcome;
}

export interface ComparisonListener {
  onStart(slot: Slot): void;
  onEvent(slot: Slot, event: StreamEvent): void;
  onOutcome(run: ComparisonRun): void;
  /** The model is not asked in this round, because what was wrong with it before is still wrong. */
  onLeftOut(slot: Slot): void;
}

export interface ComparisonOptions {
  rounds: number;
  signal: AbortSignal;
  listener: ComparisonListener;
  /** `runTurn` with one candidate: in a comparison nobody answers in another's place. */
  ask(candidate: Candidate, question: Omit<ChatRequest, "model">, options: TurnOptions): Promise<TurnOutcome>;
}

/** A B C, C B A, A B C: what changes while it runs, such as the load of a shared line, meets all alike. */
export function planRounds(models: number, rounds: number): Slot[] {
  const plan: Slot[] = [];
  for (let round = 0; round < rounds; round++) {
    for (let step = 0; step < models; step++) {
      plan.push({ place: round % 2 === 0 ? step : models - 1 - step, round });
    }
  }
  return plan;
}

/** Resolves when all have been asked, or soon after the signal. Two at once would share the line, so there is only one. */
export async function runComparison(
  candidates: readonly Candidate[],
  question: Omit<ChatRequest, "model">,
  { rounds, signal, listener, ask }: ComparisonOptions,
): Promise<void> {
  const hopeless = new Set<number>();
  for (const slot of planRounds(candidates.length, rounds)) {
    if (signal.aborted) return;
    if (hopeless.has(slot.place)) {
      listener.onLeftOut(slot);
      continue;
    }
    listener.onStart(slot);
    const outcome = await ask(candidates[slot.place]!, question, {
      purpose: "compare",
      signal,
      onEvent: (event) => listener.onEvent(slot, event),
    });
    if (outcome.kind === "failed" && outcome.error?.retryable !== true) hopeless.add(slot.place);
    listener.onOutcome({ ...slot, outcome });
  }
}
