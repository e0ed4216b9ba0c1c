/** The soak (`npm run soak`) in short: what can be lost or left behind shows in a hundred turns as well. */
import assert from "node:assert/strict";
import { long } from "../support/long.ts";
import { soak } from "./soak.ts";

long.it("a hundred turns over all protocols, eight at a time, lose nothing and leave nothing", async function () {
  this.timeout(30_000);
  const { wrong, outcomes, recorded, usage, openSockets, unhandledRejections } = await soak(100);
  assert.deepEqual(wrong, []);
  assert.equal(recorded, 100);
  assert.ok(outcomes.completed! >= 90);
  assert.deepEqual(usage.ours, usage.server);
  assert.equal(openSockets, 0);
  assert.equal(unhandledRejections, 0);
});
