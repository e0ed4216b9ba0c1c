/** The straight corridor: the only caller of providers and the only catch around a turn. */
import { AssistantError } from "../core/errors.ts";
import type { StreamEvent } from "../core/events.ts";
import type { Logger } from "../core/logger.ts";
import type { ChatRequest } from "../core/message.ts";
import {
  type Attempt,
  formatTarget,
  type OutcomeKind,
  type Purpose,
  type Target,
  type TurnOutcome,
} from "../core/outcome.ts";
import type { Price } from "../core/usage.ts";
import type { Provider } from "../providers/provider.ts";
import type { Transport } from "../stream/http.ts";
import { costOf } from "../usage/cost.ts";
import { estimateUsage } from "../usage/estimate.ts";
import type { Ledger } from "../usage/ledger.ts";
import { findPrice } from "../usage/prices.ts";
import { createRecorder, type Recorder } from "./recorder.ts";

/** A model that could answer, with what asking it needs. */
export interface Candidate {
  provider: Provider;
  model: string;
  /** Read just before each request. Throws `AssistantError` when a key is needed and none fits the origin. */
  apiKey(): Promise<string | undefined>;
  /** The person's own price for this model, and the endpoint's. */
  ownPrice?: Price;
  endpointPrice?: Price;
}

export interface TurnOptions {
  purpose: Purpose;
  signal: AbortSignal;
  /** Called in order, synchronously as chunks arrive. */
  onEvent(event: StreamEvent): void;
}

export interface TurnEnvironment {
  transport: Transport;
  ledger: Ledger;
  logger: Logger;
  /** Milliseconds on a monotonic clock. */
  now(): number;
  /** Milliseconds since 1970. */
  wallClock(): number;
}

/**
 * Asks the first candidate and streams its answer. Never rejects: every end, also a failure, is one `TurnOutcome`,
 * and it is in the ledger when this resolves.
 */
export async function runTurn(
  candidates: readonly Candidate[],
  question: Omit<ChatRequest, "model">,
  options: TurnOptions,
  environment: TurnEnvironment,
): Promise<TurnOutcome> {
  const { logger, now } = environment;
  const startedAt = now();
  const wallClock = environment.wallClock();
  const recorder = createRecorder(startedAt);
  const attempts: Attempt[] = [];
  const candidate = candidates[0];
  let target: Target = { provider: "", model: "" };
  let error: AssistantError | undefined;
  let kind: OutcomeKind = "completed";
  const usedRequest = { request: { ...question, model: candidate?.model ?? "" } };

  try {
    if (candidate === undefined) throw new AssistantError("bad-request", "No model is chosen", { reason: "no-model" });
    target = { provider: candidate.provider.config.id, model: candidate.model };
    attempts.push({ target });
    logger.debug(`${options.purpose}: asking ${formatTarget(target)}`);
    await streamInto(recorder, candidate, usedRequest.request, options, environment);
  } catch (thrown) {
    if (options.signal.aborted) kind = "stopped";
    else {
      error = asAssistantError(thrown, target);
      kind = recorder.shown ? "incomplete" : "failed";
    }
  }

  const total = now() - startedAt;
  // Counts that were reported stand; without any, what was sent and received is estimated if anything was received.
  let usage = recorder.usage;
  if (usage?.outputTokens === undefined && recorder.shown)
    usage = { ...estimateUsage(usedRequest.request, recorder.written()), ...usage, estimated: true };
  const known =
    candidate &&
    findPrice({
      model: candidate.model,
      ...(candidate.provider.config.preset === undefined ? {} : { preset: candidate.provider.config.preset }),
      ...(usage?.inputTokens === undefined ? {} : { inputTokens: usage.inputTokens }),
      ...(candidate.ownPrice === undefined ? {} : { own: candidate.ownPrice }),
      ...(candidate.endpointPrice === undefined ? {} : { endpoint: candidate.endpointPrice }),
    });
  const outcome: TurnOutcome = {
    kind,
    purpose: options.purpose,
    message: recorder.message(),
    target,
    timings: recorder.timings(total),
    attempts,
    startedAt: wallClock,
  };
  if (recorder.model !== undefined && recorder.model !== target.model) outcome.answeredBy = recorder.model;
  if (recorder.finishReason !== undefined) outcome.finishReason = recorder.finishReason;
  if (recorder.rawReason !== undefined) outcome.rawReason = recorder.rawReason;
  if (usage !== undefined) outcome.usage = usage;
  const cost = costOf({ usage, known, ...(recorder.reportedCost && { reported: recorder.reportedCost }) });
  if (cost !== undefined) outcome.cost = cost;
  const rate = recorder.rate(usage?.outputTokens, usage?.reasoningTokens);
  if (rate !== undefined) outcome.tokensPerSecond = rate;
  if (error !== undefined) {
    outcome.error = error;
    const attempt = attempts.at(-1);
    if (attempt)
      attempt.error = {
        kind: error.kind,
        message: error.message,
        ...(error.details.status === undefined ? {} : { status: error.details.status }),
      };
    logger.warn(`${options.purpose}: ${formatTarget(target)} ${kind}: ${error.kind}: ${error.message}`);
  }
  environment.ledger.record(outcome);
  return outcome;
}

async function streamInto(
  recorder: Recorder,
  candidate: Candidate,
  request: ChatRequest,
  options: TurnOptions,
  environment: TurnEnvironment,
): Promise<void> {
  const { transport, logger, now } = environment;
  const { signal } = options;
  signal.throwIfAborted();
  const apiKey = await candidate.apiKey();
  signal.throwIfAborted();
  const context = { signal, transport, logger, ...(apiKey === undefined ? {} : { apiKey }) };
  for await (const events of candidate.provider.stream(request, context)) {
    const at = now();
    for (const event of events) {
      // A chunk that was read before the stop but handed over after it is not shown any more.
      if (signal.aborted) signal.throwIfAborted();
      recorder.record(event, at);
      options.onEvent(event);
    }
  }
  signal.throwIfAborted();
  if (recorder.ended) return;
  const host = hostOf(candidate);
  throw recorder.shown
    ? new AssistantError("incomplete", `${host} ended the answer without finishing it`, { host })
    : new AssistantError("incomplete", `${host} sent an empty answer`, {
        host,
        reason: "empty-response",
        retryable: true,
      });
}

function hostOf(candidate: Candidate): string {
  return URL.parse(candidate.provider.config.baseUrl)?.host ?? candidate.provider.config.name;
}

/** A defect of ours must not look like the provider's fault, but must end the turn all the same. */
function asAssistantError(thrown: unknown, target: Target): AssistantError {
  if (thrown instanceof AssistantError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new AssistantError("malformed", `Unexpected error: ${message}`, { provider: target.provider, cause: thrown });
}
