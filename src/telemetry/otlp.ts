/** Turns as OpenTelemetry tells them: spans and metrics by the GenAI conventions, as the JSON of OTLP requests. */
import type { ChatMessage, MessagePart } from "../core/message.ts";
import { assertNever } from "../core/never.ts";
import type { TurnOutcome } from "../core/outcome.ts";
import { attributesOf, type JsonAttribute, nanoseconds, type Values } from "./otlp-values.ts";

/** What is told of one turn. Texts are in it only where the person has allowed that twice. */
export interface TurnRecord {
  outcome: TurnOutcome;
  server: ServerOf;
  /** 32 and 16 lower-case hexadecimal digits. */
  traceId: string;
  spanId: string;
  content?: TurnContent;
}

/** Where provider entries lead; undefined for one that is no longer in the settings. */
export type ServerOf = (providerId: string) => { preset?: string; baseUrl: string } | undefined;

export interface TurnContent {
  system?: string;
  messages: readonly ChatMessage[];
}

/** Who tells: one window of one version. */
export interface Teller {
  version: string;
  /** Different for each window, so that their sums are not taken for one. */
  instance: string;
}

/** The names that the conventions have for makers; every other provider goes by the id it has in the settings. */
const conventionalNames: Record<string, string> = {
  openai: "openai",
  "openai-responses": "openai",
  anthropic: "anthropic",
  deepseek: "deepseek",
  gemini: "gcp.gemini",
  groq: "groq",
  mistral: "mistral_ai",
  moonshot: "moonshot_ai",
  xai: "x_ai",
};

/** A span of a client that calls another process. */
const CLIENT = 3;
const ERROR = 2;

/** The attributes that metrics and spans share. */
export function requestValues(target: TurnOutcome["target"], serverOf: ServerOf): Values {
  const server = serverOf(target.provider);
  const url = server === undefined ? undefined : URL.parse(server.baseUrl);
  return {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": conventionalNames[server?.preset ?? ""] ?? target.provider,
    "gen_ai.request.model": target.model,
    "server.address": url?.hostname.replace(/^\[|\]$/g, ""),
    "server.port": url ? Number(url.port) || (/^(https|wss):$/.test(url.protocol) ? 443 : 80) : undefined,
  };
}

/** False for a turn that came to no request: there is nothing to tell of it. */
export function isTellable({ target }: TurnOutcome): boolean {
  return target.provider !== "";
}

/** Of a failure only its kind is told: a provider's words may repeat what was asked. */
export function errorType({ kind, error }: TurnOutcome): string | undefined {
  return kind === "failed" || kind === "incomplete" ? (error?.kind ?? "_OTHER") : undefined;
}

/** The body of a request to `/v1/traces`: one span a turn. */
export function tracesBody(records: readonly TurnRecord[], teller: Teller): unknown {
  const spans = records.map(spanOf);
  return { resourceSpans: [{ resource: resourceOf(teller), scopeSpans: [{ scope: scopeOf(teller), spans }] }] };
}

export function resourceOf({ version, instance }: Teller): { attributes: JsonAttribute[] } {
  const values = { "service.name": "runnel", "service.version": version, "service.instance.id": instance };
  return { attributes: attributesOf(values) };
}

export function scopeOf({ version }: Teller): { name: string; version: string } {
  return { name: "runnel", version };
}

function spanOf(record: TurnRecord): unknown {
  const { outcome, traceId, spanId } = record;
  const { startedAt, timings, target } = outcome;
  const failed = errorType(outcome) !== undefined;
  return {
    traceId,
    spanId,
    name: `chat ${target.model}`,
    kind: CLIENT,
    startTimeUnixNano: nanoseconds(startedAt),
    endTimeUnixNano: nanoseconds(startedAt + timings.total),
    attributes: attributesOf({ ...spanValues(record), ...contentValues(record) }),
    events: eventsOf(record),
    status: failed ? { code: ERROR } : {},
  };
}

function spanValues({ outcome, server }: TurnRecord): Values {
  const { usage, cost, timings, error } = outcome;
  return {
    ...requestValues(outcome.target, server),
    "gen_ai.request.stream": true,
    "gen_ai.response.model": outcome.answeredBy,
    "gen_ai.response.finish_reasons": outcome.finishReason && [outcome.finishReason],
    "gen_ai.response.time_to_first_chunk": timings.ttft === undefined ? undefined : timings.ttft / 1000,
    ...usageValues(usage),
    "error.type": errorType(outcome),
    "http.response.status_code": error?.details.status,
    "runnel.outcome": outcome.kind,
    "runnel.purpose": outcome.purpose,
    "runnel.tokens_per_second": outcome.tokensPerSecond,
    ...costValues(cost),
  };
}

function usageValues(usage: TurnOutcome["usage"]): Values {
  return {
    "gen_ai.usage.input_tokens": usage?.inputTokens,
    "gen_ai.usage.output_tokens": usage?.outputTokens,
    "gen_ai.usage.cache_read.input_tokens": usage?.cacheReadTokens,
    "gen_ai.usage.cache_creation.input_tokens": usage?.cacheWriteTokens,
    "gen_ai.usage.reasoning.output_tokens": usage?.reasoningTokens,
    "runnel.usage.estimated": usage && (usage.estimated ?? false),
  };
}

function costValues(cost: TurnOutcome["cost"]): Values {
  if (cost === undefined) return {};
  // With a point of its own even where it is whole, so that a receiver never sees this attribute change its type.
  return {
    "runnel.cost": { double: cost.amount },
    "runnel.cost.currency": cost.currency,
    "runnel.cost.source": cost.source,
  };
}

/** One event for each request of the turn that failed. Their times were not measured: all had happened by then. */
function eventsOf({ outcome, server }: TurnRecord): unknown[] {
  const { attempts, startedAt, timings } = outcome;
  const timeUnixNano = nanoseconds(startedAt + (timings.waited ?? timings.total));
  return attempts.flatMap(({ target, error, usage, cost }) => {
    if (error === undefined) return [];
    const values = {
      ...requestValues(target, server),
      "error.type": error.kind,
      "http.response.status_code": error.status,
      ...usageValues(usage),
      ...costValues(cost),
    };
    return [{ name: "runnel.attempt.failed", timeUnixNano, attributes: attributesOf(values) }];
  });
}

function contentValues({ outcome, content }: TurnRecord): Values {
  if (content === undefined) return {};
  const { system, messages } = content;
  const answer = { ...conventional(outcome.message), finish_reason: outcome.finishReason ?? outcome.kind };
  return {
    "gen_ai.system_instructions": system && JSON.stringify([{ type: "text", content: system }]),
    "gen_ai.input.messages": JSON.stringify(messages.map(conventional)),
    "gen_ai.output.messages": JSON.stringify([answer]),
  };
}

/** A message in the conventions' words. */
function conventional({ role, parts }: ChatMessage): { role: string; parts: unknown[] } {
  return { role, parts: parts.map(conventionalPart) };
}

function conventionalPart(part: MessagePart): unknown {
  switch (part.type) {
    case "text":
      return { type: "text", content: part.text };
    case "thinking":
      return { type: "reasoning", content: part.text };
    case "tool-call":
      return { type: "tool_call", id: part.id, name: part.name, arguments: part.arguments };
    case "tool-result":
      return { type: "tool_call_response", id: part.id, response: part.text };
    default:
      return assertNever(part);
  }
}
