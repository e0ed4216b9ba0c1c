/** The straight corridor: the only caller of providers and the only catch around a turn. */
import { AssistantError, logged, plainError } from "../core/errors.ts";
import type { Notice, NoticeCode, StreamEvent } from "../core/events.ts";
import type { Logger } from "../core/logger.ts";
import type { ChatRequest, ResumePoint } from "../core/message.ts";
import type { Attempt, OutcomeKind, Purpose, Spent, TurnOutcome } from "../core/outcome.ts";
import { formatTarget, type Target } from "../core/target.ts";
import type { Price } from "../core/usage.ts";
import type { Provider } from "../providers/provider.ts";
import type { Transport } from "../stream/http.ts";
import { unlessAborted } from "../stream/sleep.ts";
import type { BudgetGuard, BudgetTurn } from "../usage/budget.ts";
import { isFree } from "../usage/cost.ts";
import type { Ledger } from "../usage/ledger.ts";
import { loadPrices, type PriceTable } from "../usage/prices.ts";
import { answerSize, createAnswerLimit } from "./answer-limit.ts";
import { lineOf, targetOf } from "./candidate-line.ts";
import { mostOf, priceOf } from "./candidate-price.ts";
import type { Endpoints } from "./endpoints.ts";
import { nextStep } from "./next-step.ts";
import { outcomeOf, spentBy } from "./outcome-of.ts";
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
  /** Of the turn in the ledger; any when absent. */
  entryId?: string;
  /** With a question that `continues`: where this target, and no other, keeps the rest of the answer. */
  resume?: {
    target: Target;
    point: ResumePoint;
    /** What is accounted for of the answer so far. */
    spent?: Spent;
  };
  /** Characters that are read of an answer; absent = what `limits` say. */
  mostCharacters?: number;
  /** Called in order, synchronously as chunks arrive. */
  onEvent(event: StreamEvent): void;
}

export interface TurnEnvironment {
  transport: Transport;
  ledger: Ledger;
  /** Told of each end after the ledger, for those who watch from outside. Must not throw. */
  onOutcome?(outcome: TurnOutcome, question: Omit<ChatRequest, "model">): void;
  logger: Logger;
  endpoints: Endpoints;
  /** Absent = the person has no budget. */
  budget?: BudgetGuard;
  /** The bundled table when not given. */
  prices?(): Promise<PriceTable>;
  /** Milliseconds on a monotonic clock. */
  now(): number;
  /** Milliseconds since 1970. */
  wallClock(): number;
  /** From 0 up to but not including 1. */
  random(): number;
}

/** Seconds that a request waits for a slot of its provider's rate limit. */
const SLOT_PATIENCE = 30;

/** One attempt that ended, well or not; its recorder says what had been shown. */
interface Tried {
  candidate: Candidate | undefined;
  target: Target;
  recorder: Recorder;
  /** The question went out. */
  sent: boolean;
  error?: AssistantError;
}

/**
 * Asks the candidates in their order until one answers. Before anything is shown, the same candidate is asked again
 * where that could help, then the next one; afterwards neither. Never rejects: every end, also a failure, is one
 * `TurnOutcome`, and it is in the ledger when this resolves.
 */
export async function runTurn(
  candidates: readonly Candidate[],
  question: Omit<ChatRequest, "model">,
  options: TurnOptions,
  environment: TurnEnvironment,
): Promise<TurnOutcome> {
  const { endpoints, logger, now, random } = environment;
  const budget = environment.budget?.begin();
  const begin = now();
  const startedAt = environment.wallClock();
  // Read while the server thinks.
  const prices = (environment.prices ?? loadPrices)();
  const { line, leftOut } = lineOf(candidates, endpoints);
  for (const left of leftOut) options.onEvent(left);
  const attempts: Attempt[] = [];
  let place = 0;
  let retries = 0;
  let notice: Notice | undefined;
  let tried: Tried;
  /** What is asked again where the provider goes on with the answer: its rest, and not another one to pay for. */
  let resumed: { question: typeof question; options: TurnOptions } | undefined;

  for (;;) {
    const asked = resumed ?? { question, options };
    tried = await attempt(line[place], notice, asked.question, asked.options, { ...environment, turn: budget });
    const { candidate, target, error } = tried;
    const told: Attempt = error ? { target, error: attemptError(error) } : { target };
    attempts.push(told);
    if (error) logger.warn(`${options.purpose}: ${formatTarget(target)}: ${logged(error)}`);
    if (!candidate || !error || tried.recorder.shown || options.signal.aborted) break;
    const step = nextStep({ error, retries, hasNext: place + 1 < line.length, random });
    if (step.type === "end") break;
    const point = step.type === "retry" && !question.continues ? tried.recorder.resume : undefined;
    // What is read on is counted as a whole in the end.
    if (!point) Object.assign(told, spentBy({ ...tried, error, question, startedAt, prices: await prices }));
    resumed = undefined;
    if (step.type === "retry") {
      retries++;
      if (point) {
        const continues = { text: "", instruction: "" };
        resumed = { question: { ...question, continues }, options: { ...options, resume: { target, point } } };
      }
      const gate = endpoints.gate(candidate.provider.config);
      gate.close(step.seconds);
      notice = {
        type: "notice",
        code: "retrying",
        seconds: gate.remaining,
        count: retries,
        most: step.most,
        target,
        error: plainError(error),
      };
    } else {
      place++;
      retries = 0;
      endpoints.coolDown(target, step.coolDown, plainError(error));
      notice = { type: "notice", code: "failed-over", target, error: plainError(error) };
    }
  }

  const outcome = outcomeOf({
    ...tried,
    kind: kindOf(tried, options.signal),
    error: options.signal.aborted ? undefined : tried.error,
    attempts,
    question,
    spentBefore: options.resume?.spent ?? {},
    prices: await prices,
    purpose: options.purpose,
    startedAt,
    begin,
    end: now(),
  });
  await environment.ledger.record(outcome, options.entryId);
  await budget?.end();
  environment.onOutcome?.(outcome, question);
  return outcome;
}

function kindOf({ error, recorder }: Tried, signal: AbortSignal): OutcomeKind {
  if (recorder.ended && error === undefined) return "completed";
  if (signal.aborted || error === undefined) return "stopped";
  return recorder.shown ? "incomplete" : "failed";
}

function attemptError({ kind, message, details: { status } }: AssistantError): NonNullable<Attempt["error"]> {
  return { kind, message, ...(status === undefined ? {} : { status }) };
}

/** One request: says why it is made, waits for its turn, streams, and tells how it ended. The one catch of a turn. */
async function attempt(
  candidate: Candidate | undefined,
  notice: Notice | undefined,
  question: Omit<ChatRequest, "model">,
  options: TurnOptions,
  environment: TurnEnvironment & { turn: BudgetTurn | undefined },
): Promise<Tried> {
  const { endpoints, logger, now, turn } = environment;
  const { signal, onEvent } = options;
  const target = candidate ? targetOf(candidate) : { provider: "", model: "" };
  const tried: Tried = { candidate, target, recorder: createRecorder(now()), sent: false };
  let release: (() => void) | undefined;
  try {
    if (notice) onEvent(notice);
    if (!candidate) throw new AssistantError("bad-request", "No model is chosen", { reason: "no-model" });
    const { config } = candidate.provider;
    let waits = notice?.code === "retrying";
    const tellWait = (code: NoticeCode, seconds: number): void => {
      waits = true;
      onEvent({ type: "notice", code, seconds, target });
    };
    const gate = endpoints.gate(config);
    if (gate.remaining > 0 && notice?.code !== "retrying") tellWait("waiting-for-server", gate.remaining);
    await gate.pass(signal);
    const patience = config.rateLimit?.wait ?? SLOT_PATIENCE;
    release = await endpoints.limiter(config).acquire({
      signal,
      patience: patience * 1000,
      onWait: () => tellWait("waiting-for-slot", patience),
    });
    if (release === undefined) {
      const details = { provider: config.id, reason: "own-limit" } as const;
      throw new AssistantError("rate-limited", `No slot for ${config.name} became free`, details);
    }
    // Last of all, so that what others spent meanwhile counts.
    if (turn) for (const news of await checkBudget(turn, candidate, question, environment)) onEvent(news);
    signal.throwIfAborted();
    if (waits) onEvent({ type: "notice", code: "asking", target });
    tried.recorder = createRecorder(now());
    logger.debug(`${options.purpose}: asking ${formatTarget(target)}`);
    await streamInto(tried, candidate, requestTo(candidate, question, options), options, environment);
  } catch (thrown) {
    if (!signal.aborted) tried.error = asAssistantError(thrown, target);
  } finally {
    release?.();
  }
  return tried;
}

async function streamInto(
  tried: Tried,
  candidate: Candidate,
  request: ChatRequest,
  options: TurnOptions,
  environment: TurnEnvironment,
): Promise<void> {
  const { transport, logger, now } = environment;
  const { signal } = options;
  const { recorder } = tried;
  signal.throwIfAborted();
  const apiKey = await unlessAborted(candidate.apiKey(), signal);
  signal.throwIfAborted();
  const onSent = (): void => {
    tried.sent = true;
  };
  const context = { signal, transport, logger, onSent, ...(apiKey === undefined ? {} : { apiKey }) };
  const host = URL.parse(candidate.provider.config.baseUrl)?.host ?? candidate.provider.config.name;
  const limit = createAnswerLimit({ host, ...tried.target }, answerSize(options));
  for await (const events of candidate.provider.stream(request, context)) {
    const at = now();
    for (const event of events) {
      // A chunk that was read before the stop but handed over after it is not shown any more.
      if (signal.aborted) signal.throwIfAborted();
      const over = limit.count(event);
      const kept = over ? over.kept : event;
      if (kept) {
        recorder.record(kept, at);
        options.onEvent(kept);
      }
      if (over) throw over.error;
    }
  }
  signal.throwIfAborted();
  if (recorder.ended) return;
  throw recorder.shown
    ? new AssistantError("incomplete", `${host} ended the answer without finishing it`, { host })
    : new AssistantError("incomplete", `${host} sent an empty answer`, {
        host,
        reason: "empty-response",
        retryable: true,
      });
}

function requestTo(candidate: Candidate, question: Omit<ChatRequest, "model">, { resume }: TurnOptions): ChatRequest {
  const request: ChatRequest = { ...question, model: candidate.model };
  const isKeeper = resume !== undefined && formatTarget(resume.target) === formatTarget(targetOf(candidate));
  if (isKeeper && request.continues) request.continues = { ...request.continues, resume: resume.point };
  return request;
}

/** A model that costs nothing is a way out of a budget that is used up. */
async function checkBudget(
  turn: BudgetTurn,
  candidate: Candidate,
  question: Omit<ChatRequest, "model">,
  { wallClock, prices: load = loadPrices }: TurnEnvironment,
): Promise<Notice[]> {
  const prices = { table: await load(), at: wallClock() };
  const known = priceOf(candidate, prices);
  return known && isFree(known.price) ? [] : turn.check(targetOf(candidate), mostOf(candidate, question, prices));
}

/** A defect of ours must not look like the provider's fault, but must end the turn all the same. */
function asAssistantError(thrown: unknown, target: Target): AssistantError {
  if (thrown instanceof AssistantError) return thrown;
  const message = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return new AssistantError("malformed", message, { provider: target.provider, reason: "internal", cause: thrown });
}
