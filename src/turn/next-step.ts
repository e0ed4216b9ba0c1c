/** What follows an attempt that failed before anything was shown: the same again, the next model, or the end. */
import type { AssistantError } from "../core/errors.ts";
import { assertNever } from "../core/never.ts";
import { MOST_RETRIES, retryDelay } from "./retry.ts";

/** Seconds that a target which failed is left out, so that each question does not stumble over it again. */
const COOL_DOWN = 60;
/** Longer than that no server is believed. */
const LONGEST_COOL_DOWN = 3600;

/** With another model waiting, one more try is enough. */
const RETRIES_BEFORE_FAILOVER = 1;

export type NextStep =
  | { type: "end" }
  /** Ask the same again after `seconds`. */
  | { type: "retry"; seconds: number; most: number }
  /** Ask the next model, and leave this one out for `coolDown` seconds. */
  | { type: "fail-over"; coolDown: number };

export interface Situation {
  error: AssistantError;
  /** How often this candidate was asked again already. */
  retries: number;
  hasNext: boolean;
  random(): number;
}

export function nextStep({ error, retries, hasNext, random }: Situation): NextStep {
  const most = hasNext ? RETRIES_BEFORE_FAILOVER : MOST_RETRIES;
  if (error.retryable && retries < most) {
    const seconds = retryDelay(retries, error.details.seconds, random);
    if (seconds !== undefined) return { type: "retry", seconds, most };
  }
  if (!hasNext || !mayFailOver(error)) return { type: "end" };
  const coolDown = Math.min(Math.max(COOL_DOWN, error.details.seconds ?? 0), LONGEST_COOL_DOWN);
  return { type: "fail-over", coolDown };
}

/** False where the question itself is the trouble, or where the person has to do something that they would want to know. */
function mayFailOver(error: AssistantError): boolean {
  switch (error.kind) {
    case "no-credit":
      return error.details.reason !== "budget";
    case "unauthorized":
    case "rate-limited":
    case "overloaded":
    case "not-found":
    case "network":
    case "tls":
    case "proxy":
    case "connect-timeout":
    case "first-token-timeout":
    case "idle-timeout":
    case "incomplete":
    case "reported":
    case "too-large":
      return true;
    case "malformed":
      return error.details.reason !== "internal" && error.details.reason !== "not-loaded";
    case "missing-key":
    case "bad-request":
    case "context-too-long":
    case "refused":
      return false;
    default:
      return assertNever(error.kind);
  }
}
