/** Marks tests that take seconds or start programs: `npm test` runs them, the quick round of `npm run check` leaves them out. */

interface Marks {
  it(title: string, body: (this: Mocha.Context) => void | PromiseLike<void>): void;
  describe(title: string, body: (this: Mocha.Suite) => void): void;
}

/** In the place of mocha's own. */
export const long: Marks =
  process.env.RUNNEL_QUICK === undefined ? { it, describe } : { it: () => {}, describe: () => {} };

/** True in `npm run test:long`. */
export const isFullSize = process.env.RUNNEL_LONG !== undefined;

/** How many of something a test tries: few in every run, all of them in `npm run test:long`. */
export function sizeOf({ few, all }: { few: number; all: number }): number {
  return isFullSize ? all : few;
}

/** `RUNNEL_SEED` repeats a run; otherwise every run of `npm run test:long` has its own, and the others always the same. */
export const seed = Number(process.env.RUNNEL_SEED ?? 20_261_130);
