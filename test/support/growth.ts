/** Tells work that grows with its input from work that grows faster, by comparing sizes and never by a clock alone. */
import { Script } from "node:vm";

/** Milliseconds below which a run is too short to be compared; what grows with the square is far above at these sizes. */
const FLOOR = 2;
/** Milliseconds after which a run is ended: whatever it is, it does not end by itself. */
const PATIENCE = 500;
/** Four times the input takes four times as long; with the square of it, sixteen times. */
const MOST = 8;
const TRIES = 5;

const runner = new Script("runnelGrowth()");

/** Undefined when the work is linear, else how it grew. `prepare` is not measured. */
export function superLinear<Input>(
  prepare: (size: number) => Input,
  work: (input: Input) => unknown,
  size = 4096,
): string | undefined {
  const timeOf = (each: number, patience: number): number => {
    const input = prepare(each);
    return measure(() => work(input), patience);
  };
  let worst = "";
  // Of several, because a machine that is busy slows single runs down.
  for (let tried = 0; tried < TRIES; tried++) {
    // Each time longer, so that a busy machine is not taken for work without end.
    const patience = PATIENCE * 2 ** tried;
    const large = timeOf(4 * size, patience);
    if (large < FLOOR) return undefined;
    if (large === Number.POSITIVE_INFINITY) {
      worst = `over ${patience} ms for ${4 * size}`;
      continue;
    }
    const small = Math.min(timeOf(size, patience), timeOf(size, patience));
    const middle = timeOf(2 * size, patience);
    if (large / Math.max(small, 0.02) < MOST || large / Math.max(middle, 0.02) < MOST / 3) return undefined;
    worst = `${small.toFixed(2)} : ${middle.toFixed(2)} : ${large.toFixed(2)} ms for ${size} : ${2 * size} : ${4 * size}`;
  }
  return worst;
}

/** Milliseconds of this thread; infinite when it was ended. */
function measure(work: () => unknown, patience: number): number {
  Object.assign(globalThis, { runnelGrowth: work });
  const begin = process.cpuUsage();
  const wall = performance.now();
  try {
    runner.runInThisContext({ timeout: patience });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
    return Number.POSITIVE_INFINITY;
  }
  const elapsed = performance.now() - wall;
  const { user, system } = process.cpuUsage(begin);
  // The shorter of both: other programs lengthen the one, other threads of this process the other.
  return Math.min(elapsed, (user + system) / 1000);
}
