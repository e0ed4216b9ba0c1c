/** Every protocol through a real nginx in front of the server: buffered or not, compressed, cut, timed out, and down. */
import assert from "node:assert/strict";
import { beginningOf, restOf, type ServedAnswer } from "../support/bodies.ts";
import { type FaultServer, startFaultServer } from "../support/fault-server.ts";
import { long } from "../support/long.ts";
import { type Nginx, nginxIsHere, startNginx } from "../support/nginx.ts";
import { protocolNames, protocols, usageIn } from "../support/protocols.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { Turns } from "../support/turns.ts";

const spoken = { texts: ["Hel", "lo ", "안녕 ", "👋"], usage: { input: 3, output: 4 } };
const text = spoken.texts.join("");

long.describe("behind nginx", () => {
  let faulty: FaultServer;
  /** Holds the second half of its answer back until the first was shown. */
  let live: TestServer;
  let goOn: () => void = () => {};
  let nginx: Nginx;
  let turns: Turns;

  before("left out where nginx is not installed", async function () {
    if (!nginxIsHere) this.skip();
    faulty = await startFaultServer(() => spoken);
    live = await startServer(async (request, reply) => {
      const [, protocol] = request.path.split("/") as [string, keyof typeof protocols];
      const row = protocols[protocol];
      const answer: ServedAnswer = { ...row, events: row.events(spoken) };
      const shown = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      const header: Record<string, string> = request.path.includes("unasked") ? {} : { "x-accel-buffering": "no" };
      reply.head(200, { "content-type": "text/event-stream", ...header });
      for (const event of beginningOf(answer)) await reply.write(event);
      await shown;
      reply.end(restOf(answer).join(""));
    });
    nginx = await startNginx({
      "/buffered/": `proxy_pass ${faulty.url}/; proxy_buffering on;`,
      "/unbuffered/": `proxy_pass ${faulty.url}/; proxy_buffering off;`,
      "/compressed/": `proxy_pass ${faulty.url}/; gzip on; gzip_types *; gzip_min_length 0; gzip_proxied any;`,
      "/impatient/": `proxy_pass ${faulty.url}/; proxy_buffering off; proxy_read_timeout 50ms;`,
      "/live/": `proxy_pass ${live.url}/; proxy_buffering on;`,
      "/live-unbuffered/": `proxy_pass ${live.url}/; proxy_buffering off;`,
      "/down/": "proxy_pass http://127.0.0.1:9/;",
    });
  });
  after(async () => {
    await nginx?.close();
    await faulty?.close();
    await live?.close();
  });
  beforeEach(() => {
    turns = new Turns();
  });
  afterEach(() => turns.close());

  for (const protocol of protocolNames.filter((name) => protocols[name].framing !== "messages")) {
    const run = (path: string, more: Partial<Parameters<Turns["run"]>[0]> = {}) =>
      turns.run({ entry: { protocol, baseUrl: nginx.url + path.replace(":", protocol) }, ...more });

    for (const how of ["buffered", "unbuffered", "compressed"]) {
      it(`${protocol} comes whole when it is ${how}, however the server sends it`, async () => {
        for (const fault of ["in-one-piece", "event-by-event", "gzip", "of-HTTP-1.0"]) {
          const turn = await run(`/${how}/:/${fault}`);
          assert.equal(turn.outcome.error?.message, undefined, fault);
          assert.equal(turn.text, text, fault);
          assert.deepEqual(turn.outcome.usage, usageIn(protocol, spoken.usage));
        }
      });

      it(`${protocol} is incomplete when it is ${how} and cut`, async () => {
        for (const fault of ["reset-in-its-middle", "closed-in-its-middle", "ended-in-its-middle"]) {
          const { outcome, text: shown } = await run(`/${how}/:/${fault}`);
          assert.equal(outcome.kind, "incomplete", fault);
          assert.match(outcome.error?.details.reason ?? "", /connection-lost/);
          assert.ok(shown !== "" && text.startsWith(shown));
        }
      });
    }

    it(`${protocol} comes live when nginx does not buffer, or the server asks it not to`, async () => {
      for (const path of ["/live/:/asked", "/live-unbuffered/:/unasked"]) {
        const turn = await run(path, { onText: () => goOn() });
        assert.equal(turn.outcome.kind, "completed", path);
        assert.equal(turn.text, text);
      }
    });

    it(`${protocol} is overloaded when the server is down or silent, and incomplete when it falls silent`, async () => {
      for (const path of ["/down/:", "/impatient/:/silent-before-the-head"]) {
        const { outcome } = await run(path);
        assert.equal(outcome.error?.kind, "overloaded");
        assert.equal(outcome.error?.details.reason, "html");
        assert.equal(outcome.error?.details.status, path.startsWith("/down") ? 502 : 504);
        assert.equal(outcome.attempts.length, 4);
      }
      const { outcome } = await run("/impatient/:/silent-in-its-middle");
      assert.equal(outcome.kind, "incomplete");
      assert.equal(outcome.error?.details.reason, "connection-lost");
    });
  }
});
