/** Joins a continued answer to what was already there when the model repeats a little. */

/** Shorter repeats are more often accident than overlap. */
const SHORTEST = 8;
const LONGEST = 400;

/** How many characters at the start of `continuation` repeat the end of `previous`. */
export function overlapLength(previous: string, continuation: string): number {
  const longest = Math.min(LONGEST, previous.length, continuation.length);
  for (let length = longest; length >= SHORTEST; length--) {
    if (previous.endsWith(continuation.slice(0, length))) return length;
  }
  return 0;
}

/**
 * Holds back the beginning of a continuation until it is long enough to see the overlap, then lets the rest through.
 * `push` returns what may be shown; `finish` returns what was still held.
 */
export function createOverlapTrimmer(previous: string): { push(text: string): string; finish(): string } {
  let held: string | undefined = "";
  const release = (): string => {
    const text = (held ?? "").slice(overlapLength(previous, held ?? ""));
    held = undefined;
    return text;
  };
  return {
    push(text) {
      if (held === undefined) return text;
      held += text;
      // Nothing of what is held occurs at the end of the answer: no overlap can come of it.
      const possible = previous.slice(-LONGEST).includes(held.slice(0, SHORTEST));
      return held.length >= LONGEST || (held.length >= SHORTEST && !possible) ? release() : "";
    },
    finish: () => (held === undefined ? "" : release()),
  };
}
