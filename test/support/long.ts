/** Marks tests that take seconds or start programs: `npm test` runs them, the quick round of `npm run check` leaves them out. */

interface Marks {
  it(title: string, body: (this: Mocha.Context) => void | PromiseLike<void>): void;
  describe(title: string, body: (this: Mocha.Suite) => void): void;
}

/** In the place of mocha's own. */
export const long: Marks =
  process.env.RUNNEL_QUICK === undefined ? { it, describe } : { it: () => {}, describe: () => {} };
