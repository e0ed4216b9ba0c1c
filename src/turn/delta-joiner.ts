/** Joins streamed pieces to at most one hand-over per animation frame; the first piece goes out at once. */

export interface Delta {
  text?: string;
  thinking?: string;
}

/** Milliseconds; one frame of a 60 Hz screen. */
const FRAME = 16;

export function createDeltaJoiner(deliver: (delta: Delta) => void): { push(delta: Delta): void; flush(): void } {
  let pending: Delta | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (pending === undefined) return;
    const delta = pending;
    pending = undefined;
    deliver(delta);
  };
  return {
    push({ text, thinking }) {
      if (!text && !thinking) return;
      pending ??= {};
      if (text) pending.text = (pending.text ?? "") + text;
      if (thinking) pending.thinking = (pending.thinking ?? "") + thinking;
      if (timer !== undefined) return;
      flush();
      timer = setTimeout(() => {
        timer = undefined;
        flush();
      }, FRAME);
    },
    flush,
  };
}
