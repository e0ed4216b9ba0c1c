/** Collects what streams in and hands it on once per animation frame, so a fast model costs no more than the screen shows. */
import type { ViewMessage } from "../../src/chat/protocol.ts";

export interface Delta {
  text: string;
  thinking: string;
}

export interface DeltaQueue {
  /** `message` is the whole message with this delta in it. */
  push(delta: { text?: string; thinking?: string }, message: ViewMessage): void;
  /** Hands on what has come so far; whatever follows must find it shown. */
  flush(): void;
}

export function createDeltaQueue(apply: (delta: Delta, message: ViewMessage) => void): DeltaQueue {
  const waiting = new Map<string, { delta: Delta; message: ViewMessage }>();
  let frame: number | undefined;
  const flush = () => {
    if (frame !== undefined) cancelAnimationFrame(frame);
    frame = undefined;
    for (const [id, { delta, message }] of waiting) {
      // Taken out first: one that cannot be shown must not come back with every message that follows.
      waiting.delete(id);
      apply(delta, message);
    }
  };
  return {
    push({ text = "", thinking = "" }, message) {
      const before = waiting.get(message.id)?.delta;
      const delta = { text: (before?.text ?? "") + text, thinking: (before?.thinking ?? "") + thinking };
      waiting.set(message.id, { delta, message });
      frame ??= requestAnimationFrame(flush);
    },
    flush,
  };
}
