/** What is remembered about servers between turns: their limits on our side, their pauses, and who is cooling down. */
import type { MessageError } from "../core/errors.ts";
import { formatTarget, type Target } from "../core/target.ts";
import type { ProviderConfig } from "../providers/provider/provider.ts";
import { createRateLimiter, type RateLimiter } from "./rate-limit.ts";
import { createRetryGate, type RetryGate } from "./retry.ts";

export interface Endpoints {
  /** One per provider entry; a changed limit in settings makes a new one. */
  limiter(config: ProviderConfig): RateLimiter;
  /** One per base URL, so that entries with the same server share it. */
  gate(config: ProviderConfig): RetryGate;
  /** Leaves `target` out of failover for `seconds`, because of `error`. */
  coolDown(target: Target, seconds: number, error: MessageError): void;
  /** Undefined when `target` may be asked. */
  cooling(target: Target): CoolDown | undefined;
  /** True the first time that this is said of `target`: what stays as it is need not be said with every answer. */
  isNews(target: Target, what: string): boolean;
}

export interface CoolDown {
  /** Left of it. */
  seconds: number;
  error: MessageError;
}

/** `now` is a monotonic clock in milliseconds. */
export function createEndpoints(now: () => number): Endpoints {
  const limiters = new Map<string, { written: string; limiter: RateLimiter }>();
  const gates = new Map<string, RetryGate>();
  const said = new Set<string>();
  const cooling = new Map<string, { until: number; error: MessageError }>();
  return {
    limiter({ id, rateLimit = {} }) {
      const written = JSON.stringify(rateLimit);
      const kept = limiters.get(id);
      if (kept?.written === written) return kept.limiter;
      const limiter = createRateLimiter(rateLimit, now);
      limiters.set(id, { written, limiter });
      return limiter;
    },
    gate({ baseUrl }) {
      const gate = gates.get(baseUrl) ?? createRetryGate(now);
      gates.set(baseUrl, gate);
      return gate;
    },
    isNews(target, what) {
      const key = `${what} ${formatTarget(target)}`;
      return !said.has(key) && said.add(key) !== undefined;
    },
    coolDown(target, seconds, error) {
      cooling.set(formatTarget(target), { until: now() + seconds * 1000, error });
    },
    cooling(target) {
      const kept = cooling.get(formatTarget(target));
      if (kept === undefined || kept.until <= now()) return undefined;
      return { seconds: (kept.until - now()) / 1000, error: kept.error };
    },
  };
}
