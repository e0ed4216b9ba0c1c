/** Long work on this thread in slices, between which the editor, timers and the person's Stop have their turn. */

/** Milliseconds of work in a row; a frame of the screen has 16. */
const SLICE = 12;

export interface Slices {
  /** Others just had their turn. */
  restart(): void;
  /** To be awaited where the work may pause; pauses only when a slice is over. Rejects with the signal's reason. */
  pause(): Promise<void> | undefined;
  /** To be awaited before work that takes a slice by itself: pauses in any case. Rejects with the signal's reason. */
  rest(): Promise<void>;
}

/** `now`: milliseconds on a monotonic clock. */
export function createSlices(signal?: AbortSignal, now: () => number = () => performance.now()): Slices {
  let begin = now();
  const rest = (): Promise<void> =>
    new Promise((resolve, reject) => {
      setImmediate(() => {
        begin = now();
        if (signal?.aborted) reject(signal.reason);
        else resolve();
      });
    });
  return {
    rest,
    restart() {
      begin = now();
    },
    pause() {
      signal?.throwIfAborted();
      return now() - begin < SLICE ? undefined : rest();
    },
  };
}
