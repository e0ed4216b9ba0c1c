/** Outcomes of turns that never were, for what only keeps account of them. */
import type { TurnOutcome } from "../../src/core/outcome.ts";

export const target = { provider: "p", model: "m" };

export function outcome(change: Partial<TurnOutcome>): TurnOutcome {
  return {
    kind: "completed",
    purpose: "chat",
    message: { role: "assistant", parts: [] },
    target,
    timings: { total: 10 },
    attempts: [{ target }],
    startedAt: Date.now(),
    ...change,
  };
}

/** A turn that cost so many US dollars. */
export function paid(amount: number): TurnOutcome {
  const usage = { inputTokens: 10, outputTokens: 1 };
  return outcome({ usage, cost: { amount, currency: "USD", source: "computed" } });
}
