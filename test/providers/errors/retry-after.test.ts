/** How long servers ask to wait, in every spelling. */
import assert from "node:assert/strict";
import { retryAfterSeconds } from "../../../src/providers/errors/retry-after.ts";

const now = Date.parse("2026-11-20T12:00:00Z");

describe("the wait a server asks for", () => {
  const table: [headers: Record<string, string>, seconds: number | undefined][] = [
    [{}, undefined],
    [{ "retry-after": "3" }, 3],
    [{ "retry-after": " 2.5 " }, 2.5],
    [{ "retry-after": "0" }, 0],
    [{ "retry-after": "86400" }, 86_400],
    [{ "retry-after": "-5" }, undefined],
    [{ "retry-after": "soon" }, undefined],
    [{ "retry-after": "" }, undefined],
    [{ "retry-after": "Fri, 20 Nov 2026 12:00:10 GMT" }, 10],
    [{ "retry-after": "Fri, 20 Nov 2026 11:00:00 GMT" }, 0],
    [{ "retry-after-ms": "1500" }, 1.5],
    [{ "retry-after-ms": "1500", "retry-after": "9" }, 1.5],
    [{ "retry-after-ms": "x", "retry-after": "9" }, 9],
    [{ "x-ms-retry-after-ms": "250" }, 0.25],
    [{ "x-ratelimit-reset-requests": "6m0s" }, undefined],
  ];
  for (const [headers, seconds] of table) {
    it(`in ${JSON.stringify(headers)} is ${seconds ?? "unknown"}`, () =>
      assert.equal(retryAfterSeconds(429, headers, now), seconds));
  }

  it("counts for failures that pass only", () => {
    for (const status of [402, 408, 409, 425, 429, 500, 503, 529])
      assert.equal(retryAfterSeconds(status, { "retry-after": "3" }), 3);
    for (const status of [200, 301, 400, 401, 404])
      assert.equal(retryAfterSeconds(status, { "retry-after": "3" }), undefined);
  });
});
