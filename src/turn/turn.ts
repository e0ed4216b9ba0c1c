/** The straight corridor: the only caller of providers and the only catch around a turn. */

import { asAssistantError, describeDefect } from "../core/defect.ts";
import { defined } from "../core/defined.ts";
import { AssistantError, logged, plainError } from "../core/errors.ts";
import type { Notice, NoticeCode, StreamEvent } from "../core/events.ts";
import type { ChatRequest } from "../core/message.ts";
import type { Attempt, OutcomeKind, Spent, TurnOutcome } from "../core/outcome.ts";
import type { Redactor } from "../core/redactor.ts";
import { formatTarget, type Target } from "../core/target.ts";
import type { BudgetTurn } from "../money/budget.ts";
import type { PriceTable } from "../money/price-types.ts";
import { loadPrices } from "../money/prices.ts";
import { answerSize, createAnswerLimit } from "./answer-limit.ts";
import { checkBudget } from "./budget-check.ts";
import type { Candidate } from "./candidate.ts";
import { lineOf, targetOf } from "./candidate-line.ts";
import type { Endpoints } from "./endpoints.ts";
import { guarded } from "./guarded.ts";
import { nextStep } from "./next-step.ts";
import { outcomeOf, spentBy } from "./outcome-of.ts";
import { createRecorder, type Recorder } from "./recorder.ts";
import { contextFor } from "./turn-context.ts";
import type { Clean, TurnEnvironment, TurnOptions } from "./turn-environment.ts";

const nobody: Target = { provider: "", model: "" };
const unpriced: PriceTable = { generatedAt: "", source: "", sellers: [] };

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
  /** Of the keys that went along. */
  redactor?: Redactor;
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
  const begin = now();
  const startedAt = environment.wallClock();
  // Read while the server thinks.
  const prices = guarded(logger, "Reading the prices", unpriced, environment.prices ?? loadPrices);
  const spent = async (attempt: Omit<Tried, "error"> & { error?: AssistantError | undefined }): Promise<Spent> => {
    const table = await prices;
    return guarded(logger, "Pricing", {}, () => spentBy({ ...attempt, question, startedAt, prices: table }));
  };
  const attempts: Attempt[] = [];
  const redactors: Redactor[] = [];
  let budget: BudgetTurn | undefined;
  let tried: Tried = { candidate: undefined, target: nobody, recorder: createRecorder(begin), sent: false };
  try {
    budget = environment.budget?.begin();
    const { line, leftOut } = lineOf(candidates, endpoints);
    for (const left of leftOut) options.onEvent(left);
    let place = 0;
    let retries = 0;
    let notice: Notice | undefined;
    /** What is asked again where the provider goes on with the answer: its rest, and not another one to pay for. */
    let resumed: { question: typeof question; options: TurnOptions } | undefined;

    for (;;) {
      const asked = resumed ?? { question, options };
      tried = await attempt(line[place], notice, asked.question, asked.options, { ...environment, turn: budget });
      const { candidate, target, error } = tried;
      const told: Attempt = error ? { target, error: attemptError(error) } : { target };
      attempts.push(told);
      if (tried.redactor) redactors.push(tried.redactor);
      if (error) logger.warn(`${options.purpose}: ${formatTarget(target)}: ${logged(error)}`);
      if (error?.kind === "malformed" && error.cause !== undefined) logger.error(describeDefect(error.cause));
      if (!candidate || !error || tried.recorder.shown || options.signal.aborted) break;
      const step = nextStep({ error, retries, hasNext: place + 1 < line.length, random });
      if (step.type === "end") break;
      const point = step.type === "retry" && !question.continues ? tried.recorder.resume : undefined;
      // What is read on is counted as a whole in the end.
      if (!point) Object.assign(told, await spent(tried));
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
  } catch (thrown) {
    tried = { ...tried, error: asAssistantError(thrown, { provider: tried.target.provider }) };
  }

  const outcome = outcomeOf({
    ...tried,
    kind: kindOf(tried, options.signal),
    error: options.signal.aborted ? undefined : tried.error,
    attempts,
    spent: await spent(options.signal.aborted ? { ...tried, error: undefined } : tried),
    spentBefore: options.resume?.spent ?? {},
    purpose: options.purpose,
    startedAt,
    begin,
    end: now(),
  });
  // None of these may lose the answer, nor one the others.
  await guarded(logger, "Booking the turn", undefined, () => environment.ledger.record(outcome, options.entryId));
  await guarded(logger, "Ending the turn's hold", undefined, () => budget?.end());
  const clean: Clean = (value) => redactors.reduce((safe, each) => each.value(safe), value);
  await guarded(logger, "Telling of the outcome", undefined, () => environment.onOutcome?.(outcome, question, clean));
  return outcome;
}

function kindOf({ error, recorder }: Tried, signal: AbortSignal): OutcomeKind {
  if (recorder.ended && error === undefined) return "completed";
  if (signal.aborted || error === undefined) return "stopped";
  return recorder.shown ? "incomplete" : "failed";
}

function attemptError({ kind, message, details: { status } }: AssistantError): NonNullable<Attempt["error"]> {
  return { kind, message, ...defined({ status }) };
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
  const target = candidate ? targetOf(candidate) : nobody;
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
    if (candidate.unreadablePrice && endpoints.isNews(target, "price"))
      onEvent({ type: "notice", code: "implausible-numbers", detail: "price", target });
    logger.debug(`${options.purpose}: asking ${formatTarget(target)}`);
    await streamInto(tried, candidate, requestTo(candidate, question, options), options, environment);
  } catch (thrown) {
    if (!signal.aborted) tried.error = asAssistantError(thrown, { provider: target.provider });
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
  const { transport, logger, now, endpoints } = environment;
  const { signal, purpose } = options;
  const { recorder } = tried;
  const onSent = (): void => {
    tried.sent = true;
  };
  const context = await contextFor(candidate, { transport, logger, signal, purpose, onSent });
  if (context.redactor) tried.redactor = context.redactor;
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
        if (!isOldNews(kept, tried.target, endpoints)) options.onEvent(kept);
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

/** A server that counts wrongly does so with every answer. */
function isOldNews(event: StreamEvent, target: Target, endpoints: Endpoints): boolean {
  return (
    event.type === "notice" &&
    event.code === "implausible-numbers" &&
    !endpoints.isNews(target, `${event.code} ${event.detail}`)
  );
}

function requestTo(candidate: Candidate, question: Omit<ChatRequest, "model">, { resume }: TurnOptions): ChatRequest {
  const request: ChatRequest = { ...question, model: candidate.model };
  const isKeeper = resume !== undefined && formatTarget(resume.target) === formatTarget(targetOf(candidate));
  if (isKeeper && request.continues) request.continues = { ...request.continues, resume: resume.point };
  return request;
}
