/** Tells "at once" from "after a wait" by counting what the event loop got round to, which a busy machine does not lengthen. */

/** Milliseconds of one tick, of a process that is not kept from running. */
const TICK = 5;

/**
 * Begins to count ticks; the function it returns ends that and says how many there were. A process that waits for a
 * second has some two hundred of them; one that the machine kept from running for that second has one.
 */
export function countTicks(): () => number {
  let count = 0;
  let timer: NodeJS.Timeout;
  const next = (): void => {
    timer = setTimeout(() => {
      count += 1;
      next();
    }, TICK);
  };
  next();
  return () => {
    clearTimeout(timer);
    return count;
  };
}
