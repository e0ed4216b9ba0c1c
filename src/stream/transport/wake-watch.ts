/** Notices that the machine slept: the clock on the wall went on while timers stood still. */

export interface WakeWatch {
  /** Calls `onWake` after each sleep until the returned function is called. */
  watch(onWake: () => void): () => void;
  /** Looks at once, for timers that are due before the watch's own. */
  look(): void;
  /** Seconds that a connection has to show life after waking: with the answer still to come, and in its middle. */
  readonly patience: Readonly<Record<"first-token-timeout" | "idle-timeout", number>>;
}

/** Shorter pauses are those of a busy editor or a corrected clock. */
const shortestSleep = 30_000;
const period = 5000;

export function createWakeWatch(wallClock: () => number = Date.now, milliseconds = period): WakeWatch {
  const watching = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  let seen = 0;

  function look(): void {
    const slept = wallClock() - seen > milliseconds + shortestSleep;
    seen = wallClock();
    if (slept) for (const onWake of [...watching]) onWake();
  }

  return {
    // A server that still thinks when it is asked again in vain would have to think twice, so it has longer.
    patience: { "first-token-timeout": 60, "idle-timeout": 10 },
    look() {
      if (watching.size > 0) look();
    },
    watch(onWake) {
      if (watching.size === 0) {
        seen = wallClock();
        timer = setInterval(look, milliseconds).unref();
      }
      // A function of its own, so that the same one can watch twice.
      const watcher = () => onWake();
      watching.add(watcher);
      return () => {
        watching.delete(watcher);
        if (watching.size === 0) clearInterval(timer);
      };
    },
  };
}
