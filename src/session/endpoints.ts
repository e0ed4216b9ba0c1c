/** What is remembered about servers between turns: their limits on our side, their pauses, and who is cooling down. */
import { formatTarget, type Target } from "../core/target.ts";
import type { ProviderConfig } from "../providers/provider.ts";
import { createRateLimiter, type RateLimiter } from "../stream/rate-limit.ts";
import { createRetryGate, type RetryGate } from "../stream/retry.ts";

export interface Endpoints {
  /** One per provider entry; a changed limit in settings makes a new one. */
  limiter(config: ProviderConfig): RateLimiter;
  /** One per base URL, so that entries with the same server share it. */
  gate(config: ProviderConfig): RetryGate;
  /** Leaves `target` out of failover for `seconds`. */
  coolDown(target: Target, seconds: number): void;
  isCooling(target: Target): boolean;
}

/** `now` is a monotonic clock in milliseconds. */
export function createEndpoints(now: () => number): Endpoints {
  const limiters = new Map<string, { written: string; limiter: RateLimiter }>();
  const gates = new Map<string, RetryGate>();
  const cooling = new Map<string, number>();
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
    coolDown(target, seconds) {
      cooling.set(formatTarget(target), now() + seconds * 1000);
    },
    isCooling(target) {
      return (cooling.get(formatTarget(target)) ?? 0) > now();
    },
  };
}
