/** Leaves tests out where what they need is not on the machine; in continuous integration that is a failure. */
import assert from "node:assert/strict";

/** Skips the test or hook with `context`; `what` names what is missing. Throws where `CI` is set, so that nothing goes unseen. */
export function skipWithout(what: string, context: Mocha.Context): never {
  if (process.env.CI) assert.fail(`${what} is missing, and with CI set no test is left out for that`);
  return context.skip();
}
