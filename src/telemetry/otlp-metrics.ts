/** Metrics of turns by the GenAI conventions: each request tells what was added since the one before (delta). */
import type { Cost, TokenUsage } from "../core/usage.ts";
import { errorType, requestValues, resourceOf, scopeOf, type Teller, type TurnRecord } from "./otlp.ts";
import { attributesOf, nanoseconds, type Values } from "./otlp-values.ts";

const DELTA = 1;

/** The bounds the conventions want: seconds from 0.01 by doubling, tokens from 1 by fours. */
const secondBounds = Array.from({ length: 14 }, (_, power) => 2 ** power / 100);
const tokenBounds = Array.from({ length: 14 }, (_, power) => 4 ** power);

const histograms = {
  "gen_ai.client.operation.duration": { unit: "s", bounds: secondBounds },
  "gen_ai.client.operation.time_to_first_chunk": { unit: "s", bounds: secondBounds },
  "gen_ai.client.token.usage": { unit: "{token}", bounds: tokenBounds },
};

type HistogramName = keyof typeof histograms;

interface Measurement {
  name: HistogramName | "runnel.cost";
  value: number;
  values: Values;
}

/** Milliseconds since 1970 between which the turns ended. */
export interface Interval {
  from: number;
  to: number;
}

/** The body of a request to `/v1/metrics`. */
export function metricsBody(records: readonly TurnRecord[], { from, to }: Interval, teller: Teller): unknown {
  const times = { startTimeUnixNano: nanoseconds(from), timeUnixNano: nanoseconds(to) };
  const points = new Map<Measurement["name"], unknown[]>();
  const series = groupBy(records.flatMap(measurementsOf), ({ name, values }) => JSON.stringify([name, values]));
  for (const measurements of series) {
    const { name, values } = measurements[0]!;
    const amounts = measurements.map(({ value }) => value);
    const point = { attributes: attributesOf(values), ...times, ...amountsOf(name, amounts) };
    points.set(name, [...(points.get(name) ?? []), point]);
  }
  const metrics = [...points].map(([name, dataPoints]) => metricOf(name, dataPoints));
  return { resourceMetrics: [{ resource: resourceOf(teller), scopeMetrics: [{ scope: scopeOf(teller), metrics }] }] };
}

function metricOf(name: Measurement["name"], dataPoints: unknown[]): unknown {
  if (name === "runnel.cost") {
    // Amounts of different currencies are series of their own, so the unit cannot name one.
    return { name, unit: "1", sum: { aggregationTemporality: DELTA, isMonotonic: true, dataPoints } };
  }
  return { name, unit: histograms[name].unit, histogram: { aggregationTemporality: DELTA, dataPoints } };
}

function amountsOf(name: Measurement["name"], values: readonly number[]): object {
  const sum = values.reduce((total, value) => total + value, 0);
  if (name === "runnel.cost") return { asDouble: sum };
  const { bounds } = histograms[name];
  const counts = new Array<number>(bounds.length + 1).fill(0);
  for (const value of values) counts[bucketOf(value, bounds)]!++;
  return {
    count: `${values.length}`,
    sum,
    min: Math.min(...values),
    max: Math.max(...values),
    explicitBounds: bounds,
    bucketCounts: counts.map(String),
  };
}

/** A bound belongs to the bucket below it. */
function bucketOf(value: number, bounds: readonly number[]): number {
  const place = bounds.findIndex((bound) => value <= bound);
  return place === -1 ? bounds.length : place;
}

function measurementsOf({ outcome, server }: TurnRecord): Measurement[] {
  const { timings, answeredBy, attempts, target, usage, cost } = outcome;
  const values: Values = { ...requestValues(target, server), "gen_ai.response.model": answeredBy };
  const measurements: Measurement[] = [
    {
      name: "gen_ai.client.operation.duration",
      value: timings.total / 1000,
      values: { ...values, "error.type": errorType(outcome) },
    },
  ];
  if (timings.ttft !== undefined) {
    measurements.push({ name: "gen_ai.client.operation.time_to_first_chunk", value: timings.ttft / 1000, values });
  }
  // Requests that failed before the last one are paid for as well, if they used anything.
  for (const attempt of attempts) measurements.push(...spent(requestValues(attempt.target, server), attempt));
  measurements.push(...spent(values, { usage, cost }));
  return measurements;
}

function spent(
  values: Values,
  { usage, cost }: { usage?: TokenUsage | undefined; cost?: Cost | undefined },
): Measurement[] {
  const measurements: Measurement[] = [];
  const tokens = { input: usage?.inputTokens, output: usage?.outputTokens };
  for (const [type, value] of Object.entries(tokens)) {
    if (value === undefined) continue;
    const more = { "gen_ai.token.type": type, "runnel.usage.estimated": usage?.estimated ?? false };
    measurements.push({ name: "gen_ai.client.token.usage", value, values: { ...values, ...more } });
  }
  if (cost !== undefined) {
    const more = { "runnel.cost.currency": cost.currency, "runnel.cost.source": cost.source };
    measurements.push({ name: "runnel.cost", value: cost.amount, values: { ...values, ...more } });
  }
  return measurements;
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
}
