/** How fast a model usually is, and whether it is not at the moment. */
import { SAMPLES, type Sample } from "./roll-up.ts";
import { percentile } from "./statistics.ts";

export interface LatencySummary {
  count: number;
  /** Milliseconds to the first token. */
  p50?: number;
  p95?: number;
  /** Tokens per second: half of the turns were faster, and one in twenty was slower than `slow`. */
  rate?: { p50: number; slow: number };
  /** Set when the newest turns' first tokens came clearly outside of what the turns before them took. */
  trend?: "slower" | "faster";
}

/** Turns whose middle is compared with the ones before: one slow answer is no trend. */
const NEWEST = 3;
const ENOUGH = 10;

/** Of the newest 50 samples of all lists. */
export function summarizeLatency(lists: readonly (readonly Sample[])[]): LatencySummary {
  const samples = lists
    .flat()
    .sort(([one], [other]) => one - other)
    .slice(-SAMPLES);
  const times = samples.map(([, ttft]) => ttft);
  const rates = samples.map(([, , rate]) => rate).filter((rate) => rate !== undefined);
  const summary: LatencySummary = { count: samples.length };
  const p50 = percentile(times, 0.5);
  const p95 = percentile(times, 0.95);
  if (p50 !== undefined) summary.p50 = p50;
  if (p95 !== undefined) summary.p95 = p95;
  const middle = percentile(rates, 0.5);
  const slow = percentile(rates, 0.05);
  if (middle !== undefined && slow !== undefined) summary.rate = { p50: middle, slow };
  const trend = trendOf(times);
  if (trend !== undefined) summary.trend = trend;
  return summary;
}

function trendOf(times: readonly number[]): LatencySummary["trend"] {
  const before = times.slice(0, -NEWEST);
  const now = percentile(times.slice(-NEWEST), 0.5);
  const [low, usual, high] = [0.05, 0.5, 0.95].map((share) => percentile(before, share));
  if (before.length < ENOUGH || now === undefined || usual === undefined) return undefined;
  // Where all took much the same, a few milliseconds would already be outside.
  if (now > high! && now > usual * 1.25) return "slower";
  return now < low! && now < usual / 1.25 ? "faster" : undefined;
}
