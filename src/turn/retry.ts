/** When to ask again: how long to wait, how often, and one gate per endpoint so that many requests do not stampede. */
import { sleep } from "../stream/transport/sleep.ts";

/** Requests after the first; mission: "at most 3". */
export const MOST_RETRIES = 3;
/** Seconds. A server that asks for a longer pause is not waited for; the person decides. */
const LONGEST_WAIT = 60;
/** Milliseconds between two requests that a gate lets go after a pause. */
const SPACING = 100;
const FIRST_BACKOFF = 0.5;
const LONGEST_BACKOFF = 8;

/**
 * Seconds before retry number `retry` (0 = the first), or undefined when the server asks for more than a minute.
 * Full jitter: anything between nothing and the exponential bound, but never less than the server asks for.
 */
export function retryDelay(retry: number, asked: number | undefined, random: () => number): number | undefined {
  if (asked !== undefined && asked > LONGEST_WAIT) return undefined;
  const bound = Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** retry);
  const jittered = random() * bound;
  // Those who wait for the same hint must not all come back in the same instant.
  return asked === undefined ? jittered : asked + random() * Math.min(1, bound);
}

/** Shared by all requests to one endpoint: after a "not now" nobody asks before the pause is over. */
export interface RetryGate {
  /** Keeps everybody out for `seconds`. */
  close(seconds: number): void;
  /** Seconds until it opens; 0 when it is open. */
  readonly remaining: number;
  /** Resolves when it is open. Rejects with the signal's reason after an abort. */
  pass(signal: AbortSignal): Promise<void>;
}

export function createRetryGate(now: () => number): RetryGate {
  let opensAt = 0;
  let waiting = 0;
  const remaining = (): number => Math.max(0, (opensAt - now()) / 1000);
  return {
    close(seconds) {
      opensAt = Math.max(opensAt, now() + seconds * 1000);
    },
    get remaining() {
      return remaining();
    },
    async pass(signal) {
      signal.throwIfAborted();
      const place = waiting++;
      try {
        // It may be closed again meanwhile. Each further one in the queue goes a little later than the one before.
        for (let first = true; remaining() > 0; first = false) {
          await sleep(remaining() * 1000 + (first ? place * SPACING : 0), signal);
        }
      } finally {
        waiting--;
      }
    },
  };
}
