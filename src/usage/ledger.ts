/** The book of what turns used and cost, read by the status bar; for now it begins with the window and ends with it. */
import type { TurnOutcome } from "../core/outcome.ts";
import { formatTarget, type Target } from "../core/target.ts";
import { percentile } from "./statistics.ts";

export interface LedgerTotals {
  turns: number;
  /** By currency, because amounts of different currencies have no sum. */
  amounts: Map<string, number>;
  /** True when an estimate is among the amounts. */
  estimated: boolean;
  /** Turns whose cost is unknown and therefore in no amount. */
  unknown: number;
}

export interface LatencySummary {
  count: number;
  p50?: number;
  p95?: number;
}

export interface Ledger {
  record(outcome: TurnOutcome): void;
  totals(): LedgerTotals;
  /** Milliseconds to the first token of this target's turns that reached one, the newest 50. */
  latency(target: Target): LatencySummary;
}

const WINDOW = 50;

export function createLedger(): Ledger {
  const totals: LedgerTotals = { turns: 0, amounts: new Map(), estimated: false, unknown: 0 };
  const latencies = new Map<string, number[]>();
  return {
    record(outcome) {
      totals.turns++;
      // Attempts before the last one are paid for as well, if they used anything.
      for (const { usage, cost } of [...outcome.attempts, outcome]) {
        if (cost !== undefined) {
          const { amount, currency, source } = cost;
          totals.amounts.set(currency, (totals.amounts.get(currency) ?? 0) + amount);
          if (source === "estimated") totals.estimated = true;
        } else if (usage !== undefined) totals.unknown++;
      }
      if (outcome.timings.ttft !== undefined) {
        const name = formatTarget(outcome.target);
        const values = latencies.get(name) ?? [];
        values.push(outcome.timings.ttft);
        latencies.set(name, values.slice(-WINDOW));
      }
    },
    totals: () => ({ ...totals, amounts: new Map(totals.amounts) }),
    latency(target) {
      const values = latencies.get(formatTarget(target)) ?? [];
      const summary: LatencySummary = { count: values.length };
      const p50 = percentile(values, 0.5);
      const p95 = percentile(values, 0.95);
      if (p50 !== undefined) summary.p50 = p50;
      if (p95 !== undefined) summary.p95 = p95;
      return summary;
    },
  };
}
