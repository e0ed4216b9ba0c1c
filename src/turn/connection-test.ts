/** Tests the way to a model step by step, and says of each step whether it works and, where it does not, why. */
import { asAssistantError, describeDefect } from "../core/defect.ts";
import type { AssistantError, ErrorKind } from "../core/errors.ts";
import { userMessage } from "../core/message.ts";
import type { TurnOutcome } from "../core/outcome.ts";
import type { ModelInfo } from "../providers/provider/provider.ts";
import { type Dialer, type Probed, probe } from "../stream/transport/probe.ts";
import type { Candidate } from "./candidate.ts";
import { runTurn } from "./turn.ts";
import { contextFor } from "./turn-context.ts";
import type { TurnEnvironment } from "./turn-environment.ts";

/** In the order in which they are shown. */
export const stepNames = [
  "name", // DNS
  "connection", // TCP, or the proxy
  "encryption", // TLS
  "service", // HTTP
  "key",
  "models",
  "answer", // one streamed token
  "usage",
] as const;

export type StepName = (typeof stepNames)[number];

export type Step = {
  /** `open`: not reached. `warned`: works, but something is worth knowing. `skipped`: there is nothing to test. */
  state: "open" | "running" | "passed" | "warned" | "failed" | "skipped";
  milliseconds?: number;
  error?: AssistantError;
} & Facts;

/** What was found out; which of them a step has goes by its name. */
interface Facts {
  addresses?: string[];
  /** Host and port of the proxy on the way. */
  proxy?: string;
  certificate?: { issuer: string; validUntil: string };
  /** How many models the server lists, and whether the one asked is among them. */
  models?: { count: number; listed: boolean };
  /** The answer arrived all at once, not streamed. */
  notStreamed?: boolean;
  outcome?: TurnOutcome;
}

export type Steps = Readonly<Record<StepName, Step>>;

/** Errors of a server that gave no answer at all. */
const unreached: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  "network",
  "tls",
  "proxy",
  "connect-timeout",
  "first-token-timeout",
  "idle-timeout",
]);

/** Tokens; enough for a word from a model that thinks first to begin, too few to cost anything. */
const ANSWER_LIMIT = 64;

export const untested = Object.fromEntries(stepNames.map((name) => [name, { state: "open" }])) as Record<
  StepName,
  Step
>;

/**
 * Runs the test and calls `onChange` with all steps after each that changed. Resolves to the last of these; a step that
 * an earlier failure makes pointless stays `open`. Rejects with the signal's reason after an abort.
 */
export async function testConnection(
  candidate: Candidate,
  environment: TurnEnvironment,
  options: { signal: AbortSignal; onChange(steps: Steps): void },
): Promise<Steps> {
  const { signal } = options;
  let steps: Steps = untested;
  const set = (name: StepName, step: Step): void => {
    steps = { ...steps, [name]: step };
    options.onChange(steps);
  };

  const reached = await testWay(candidate, environment, signal, set);
  if (!reached) return steps;
  await testService(candidate, environment, signal, set);
  signal.throwIfAborted();
  if (steps.service.state !== "failed") await testAnswer(candidate, environment, signal, set);
  signal.throwIfAborted();
  return steps;
}

type SetStep = (name: StepName, step: Step) => void;

/** Name, connection and encryption. Resolves to whether a server was reached. */
async function testWay(
  { provider }: Candidate,
  { transport }: TurnEnvironment,
  signal: AbortSignal,
  set: SetStep,
): Promise<boolean> {
  let reached = true;
  set("name", { state: "running" });
  const { config } = provider;
  const dialer: Dialer = {
    proxyTo: (url) => transport.proxyTo(url, config),
    dial: (url, stop) => transport.dial(url, stop, config),
  };
  await probe(new URL(config.baseUrl), dialer, signal, (probed: Probed, next) => {
    const { step, ...result } = probed;
    set(step, result);
    if (result.state === "failed") reached = false;
    else if (next) set(next, { state: "running" });
  });
  signal.throwIfAborted();
  return reached;
}

/** Whether something answers there that speaks the protocol, and which models it lists. */
async function testService(
  candidate: Candidate,
  { transport, logger, now }: TurnEnvironment,
  signal: AbortSignal,
  set: SetStep,
): Promise<void> {
  const { provider, model } = candidate;
  set("service", { state: "running" });
  const begin = now();
  try {
    const context = await contextFor(candidate, { transport, logger, signal, purpose: "test" });
    await provider.health?.(context);
    const models = await provider.listModels(context);
    set("service", { state: "passed", milliseconds: now() - begin });
    set("models", listing(models, model));
  } catch (thrown) {
    signal.throwIfAborted();
    const error = asAssistantError(thrown);
    if (error.details.reason === "internal") logger.error(describeDefect(thrown));
    if (error.kind === "missing-key") {
      set("service", { state: "open" });
      set("key", { state: "failed", error });
    } else if (unreached.has(error.kind) || error.details.reason === "html") {
      set("service", { state: "failed", error });
    } else {
      // It answers, though not with a list; some servers have none, and some keys may not read it.
      set("service", { state: "passed", milliseconds: now() - begin });
      set("models", { state: "warned", error });
    }
  }
}

function listing(models: readonly ModelInfo[], model: string): Step {
  if (models.length === 0) return { state: "skipped" };
  const listed = models.some(({ id }) => id === model);
  return { state: listed ? "passed" : "warned", models: { count: models.length, listed } };
}

/** One streamed token, which also tells whether the key is accepted and whether the server counts tokens. */
async function testAnswer(
  candidate: Candidate,
  environment: TurnEnvironment,
  signal: AbortSignal,
  set: SetStep,
): Promise<void> {
  set("key", { state: "running" });
  set("answer", { state: "running" });
  let notStreamed = false;
  const outcome = await runTurn(
    [candidate],
    { messages: [userMessage("Reply with the single word OK.")], maxOutputTokens: ANSWER_LIMIT },
    {
      purpose: "test",
      signal,
      onEvent(event) {
        if (event.type === "notice" && event.code === "not-streamed") notStreamed = true;
      },
    },
    environment,
  );
  signal.throwIfAborted();
  const { error } = outcome;
  const needsKey =
    candidate.provider.config.needsKey || (await candidate.apiKey().catch(() => undefined)) !== undefined;
  if (error?.kind === "unauthorized" || error?.kind === "missing-key") {
    set("key", { state: "failed", error });
    set("answer", { state: "open" });
    return;
  }
  set("key", { state: !needsKey ? "skipped" : showsKeyWorks(error) ? "passed" : "open" });
  if (error) {
    set("answer", { state: "failed", error, outcome });
    return;
  }
  set("answer", { state: notStreamed ? "warned" : "passed", outcome, ...(notStreamed ? { notStreamed } : {}) });
  set("usage", {
    state: outcome.usage?.outputTokens === undefined || outcome.usage.estimated ? "warned" : "passed",
    outcome,
  });
}

/** An answer, or a refusal that only who knows the key can give; any other failure says nothing about the key. */
function showsKeyWorks(error: AssistantError | undefined): boolean {
  if (error === undefined) return true;
  const { kind, details } = error;
  const { reason } = details;
  if (kind === "rate-limited") return reason !== "own-limit";
  return (kind === "no-credit" && reason !== "budget") || reason === "model-not-found";
}
