/** Reads OTLP requests with the message classes that the OpenTelemetry project generates from its own schema. */
import assert from "node:assert/strict";
import schema from "@opentelemetry/otlp-transformer/build/src/generated/root.js";

interface MessageClass {
  verify(message: unknown): string | null;
  fromObject(object: unknown): unknown;
  encode(message: unknown): { finish(): Uint8Array };
  decode(bytes: Uint8Array): unknown;
  toObject(message: unknown, options: object): unknown;
}

/** What is used of it; the package types it as any schema whatever. */
interface Schema {
  opentelemetry: {
    proto: {
      collector: {
        metrics: { v1: { ExportMetricsServiceRequest: MessageClass } };
        trace: { v1: { ExportTraceServiceRequest: MessageClass } };
      };
    };
  };
}

const { metrics, trace } = (schema as unknown as Schema).opentelemetry.proto.collector;
const classes = {
  "/v1/metrics": metrics.v1.ExportMetricsServiceRequest,
  "/v1/traces": trace.v1.ExportTraceServiceRequest,
};

export type OtlpPath = keyof typeof classes;

/**
 * What the schema makes of a request, by way of its binary form. Fails where a field is of the wrong type, and where
 * anything gets lost on the way because the schema does not know it.
 */
export function readOtlp(path: OtlpPath, json: unknown): unknown {
  const MessageType = classes[path];
  const message = MessageType.fromObject(withIds(json, (hex) => Buffer.from(hex, "hex").toString("base64")));
  assert.equal(MessageType.verify(message), null);
  const options = { longs: String, enums: Number, bytes: String };
  const decoded = MessageType.toObject(MessageType.decode(MessageType.encode(message).finish()), options);
  const read = withIds(decoded, (base64) => Buffer.from(base64, "base64").toString("hex"));
  // Empty lists have no binary form.
  assert.deepEqual(plain(read), plain(json));
  return read;
}

export interface OtlpAttribute {
  key: string;
  value: Record<string, unknown>;
}

export interface OtlpSpan {
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: OtlpAttribute[];
  events: { name: string; timeUnixNano: string; attributes: OtlpAttribute[] }[];
  status: { code?: number };
}

export interface OtlpPoint {
  attributes: OtlpAttribute[];
  startTimeUnixNano: string;
  timeUnixNano: string;
  count: string;
  sum: number;
  asDouble: number;
  explicitBounds: number[];
  bucketCounts: string[];
}

export interface OtlpMetric {
  name: string;
  unit: string;
  histogram: { aggregationTemporality: number; dataPoints: OtlpPoint[] };
  sum: { isMonotonic: boolean; dataPoints: OtlpPoint[] };
}

/** The spans of a request, read by the schema. */
export function spansOf(json: unknown): OtlpSpan[] {
  const read = readOtlp("/v1/traces", json) as { resourceSpans: { scopeSpans: { spans: OtlpSpan[] }[] }[] };
  return read.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}

/** The metrics of a request, read by the schema. */
export function metricsOf(json: unknown): OtlpMetric[] {
  const read = readOtlp("/v1/metrics", json) as { resourceMetrics: { scopeMetrics: { metrics: OtlpMetric[] }[] }[] };
  return read.resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
}

/** Attributes by name, each as its wire value. */
export function valuesOf({ attributes }: { attributes: OtlpAttribute[] }): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

/** JSON has ids in hexadecimal digits, the schema has bytes. */
function withIds(value: unknown, translate: (id: string) => string): unknown {
  return JSON.parse(JSON.stringify(value), (key, each) => (/^(trace|span)Id$/.test(key) ? translate(each) : each));
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_key, each) =>
    Array.isArray(each) && each.length === 0 ? undefined : each,
  );
}
