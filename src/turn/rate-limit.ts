/** Keeps a provider's published limits on our side: requests per minute over a sliding window, and requests at once. */

export interface RateLimit {
  /** Absent = no limit. */
  requestsPerMinute?: number;
  concurrent?: number;
}

export interface AcquireOptions {
  signal: AbortSignal;
  /** Milliseconds; how long to wait for a slot before giving up. */
  patience: number;
  /** Called once if there is no slot at once. */
  onWait?(): void;
}

export interface RateLimiter {
  /**
   * A slot, first come first served. Call the result when the request is over. Rejects with the signal's reason after
   * an abort; resolves to undefined when `patience` ran out.
   */
  acquire(options: AcquireOptions): Promise<(() => void) | undefined>;
  /** Requests waiting for a slot. */
  readonly waiting: number;
}

const MINUTE = 60_000;

interface Waiter {
  admit(): void;
}

/** `now` is a monotonic clock in milliseconds. */
export function createRateLimiter(limit: RateLimit, now: () => number): RateLimiter {
  const { requestsPerMinute = Number.POSITIVE_INFINITY, concurrent = Number.POSITIVE_INFINITY } = limit;
  /** When each request of the last minute was admitted, oldest first. */
  const admitted: number[] = [];
  const queue: Waiter[] = [];
  let running = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const forget = (): void => {
    while (admitted.length > 0 && now() - admitted[0]! >= MINUTE) admitted.shift();
  };
  const free = (): boolean => {
    forget();
    return running < concurrent && admitted.length < requestsPerMinute;
  };
  const take = (): (() => void) => {
    running++;
    admitted.push(now());
    let released = false;
    return () => {
      if (released) return;
      released = true;
      running--;
      serve();
    };
  };
  const serve = (): void => {
    clearTimeout(timer);
    timer = undefined;
    while (queue.length > 0 && free()) queue.shift()!.admit();
    // Only the window opens by itself; a running request calls when it ends.
    if (queue.length > 0 && running < concurrent)
      timer = setTimeout(serve, Math.max(1, MINUTE - (now() - admitted[0]!)));
  };

  return {
    acquire({ signal, patience, onWait }) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        if (queue.length === 0 && free()) return resolve(take());
        const leave = (): void => {
          clearTimeout(deadline);
          signal.removeEventListener("abort", onAbort);
          const at = queue.indexOf(waiter);
          if (at >= 0) queue.splice(at, 1);
          if (queue.length === 0) clearTimeout(timer);
        };
        const onAbort = (): void => {
          leave();
          reject(signal.reason);
        };
        const waiter: Waiter = {
          admit() {
            leave();
            resolve(take());
          },
        };
        const deadline = setTimeout(() => {
          leave();
          resolve(undefined);
        }, patience);
        signal.addEventListener("abort", onAbort, { once: true });
        queue.push(waiter);
        onWait?.();
        serve();
      });
    },
    get waiting() {
      return queue.length;
    },
  };
}
