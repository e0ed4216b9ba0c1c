/** Marks tests that take seconds or start programs: `npm test` runs them, the quick round of `npm run check` leaves them out. */

interface Marks {
  it(title: string, body: (this: Mocha.Context) => void | PromiseLike<void>): void;
  describe(title: string, body: (this: Mocha.Suite) => void): void;
}

const isQuick = process.env.RUNNEL_QUICK !== undefined;

/** In the place of mocha's own. */
export const long: Marks = isQuick ? { it: () => {}, describe: () => {} } : { it, describe };

/** True in `npm run test:long`. */
export const isFullSize = process.env.RUNNEL_LONG !== undefined;

/** How many of something a test tries: few in every run, all in `npm run test:long`, and fewer still in `npm run check`. */
export function sizeOf({ few, all, quick = few }: { few: number; all: number; quick?: number }): number {
  if (isFullSize) return all;
  return isQuick ? quick : few;
}

/** `RUNNEL_SEED` repeats a run; otherwise every run of `npm run test:long` has its own, and the others always the same. */
export const seed = Number(process.env.RUNNEL_SEED ?? 20_261_130);
