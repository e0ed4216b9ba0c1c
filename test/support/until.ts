/** Waits for something by asking again and again: the windows of the end-to-end tests tell nobody when they are done. */

/** Resolves with the first answer that is neither false, null nor undefined; fails with the sentence after the limit. */
export async function until<T>(
  sentence: string,
  ask: () => T | Promise<T>,
  milliseconds = 60_000,
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = performance.now() + milliseconds;
  let trouble: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== false && answer !== null && answer !== undefined) {
        return answer as Exclude<T, false | null | undefined>;
      }
    } catch (error) {
      // A frame may go away or an element may not be there yet; what counts is the last trouble before the limit.
      trouble = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`Not within ${milliseconds / 1000} s: ${sentence}`, trouble ? { cause: trouble } : undefined);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
