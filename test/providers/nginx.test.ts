/** Every protocol through a real nginx in front of the server: buffered or not, compressed, upgraded or not, cut, timed out, down. */
import assert from "node:assert/strict";
import { beginningOf, restOf, type ServedAnswer } from "../support/bodies.ts";
import { chatStream } from "../support/chat.ts";
import { type FaultServer, startFaultServer } from "../support/fault-server.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { long } from "../support/long.ts";
import { skipWithout } from "../support/missing.ts";
import { type Nginx, nginxIsHere, startNginx } from "../support/nginx.ts";
import { baseUrlIn, protocolNames, protocols, usageIn } from "../support/protocols.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { Turns } from "../support/turns.ts";

const spoken = { texts: ["Hel", "lo ", "안녕 ", "👋"], usage: { input: 3, output: 4 } };
const text = spoken.texts.join("");

/** What the manual of nginx asks for before a WebSocket. */
const upgrading = "proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;";

long.describe("behind nginx", () => {
  let faulty: FaultServer;
  /** Holds the second half of its answer back until the first was shown. */
  let live: TestServer;
  let goOn: () => void = () => {};
  /** Speaks HTTP to who does not ask for a WebSocket. */
  let gateway: Gateway;
  let nginx: Nginx;
  let turns: Turns;

  before("left out where nginx is not installed", async function () {
    if (!nginxIsHere) skipWithout("nginx", this);
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
    gateway = await startGateway();
    nginx = await startNginx({
      "/buffered/": `proxy_pass ${faulty.url}/; proxy_buffering on;`,
      "/unbuffered/": `proxy_pass ${faulty.url}/; proxy_buffering off;`,
      "/compressed/": `proxy_pass ${faulty.url}/; gzip on; gzip_types *; gzip_min_length 0; gzip_proxied any;`,
      "/impatient/": `proxy_pass ${faulty.url}/; proxy_buffering off; proxy_read_timeout 50ms;`,
      "/live/": `proxy_pass ${live.url}/; proxy_buffering on;`,
      "/live-unbuffered/": `proxy_pass ${live.url}/; proxy_buffering off;`,
      "/upgraded/": `proxy_pass ${faulty.url}/; ${upgrading}`,
      "/upgraded-impatient/": `proxy_pass ${faulty.url}/; ${upgrading} proxy_read_timeout 50ms;`,
      "/not-upgraded/": `proxy_pass ${gateway.http.url}/;`,
      "/down/": "proxy_pass http://127.0.0.1:9/;",
    });
  });
  after(async () => {
    await nginx?.close();
    await faulty?.close();
    await live?.close();
    await gateway?.close();
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

  describe("a WebSocket", () => {
    const run = (path: string, more: Partial<Parameters<Turns["run"]>[0]> = {}) =>
      turns.run({
        entry: { protocol: "websocket", baseUrl: baseUrlIn("websocket", nginx.url + path) },
        ...more,
      });

    it("comes whole and live when nginx passes the upgrade on", async () => {
      for (const fault of ["event-by-event", "in-fragments", "several-in-a-read", "among-pings"]) {
        const turn = await run(`/upgraded/websocket/${fault}`);
        assert.equal(turn.outcome.error?.message, undefined, fault);
        assert.equal(turn.text, text, fault);
        assert.deepEqual(turn.outcome.usage, usageIn("websocket", spoken.usage));
        assert.deepEqual(turn.notices, []);
      }
    });

    it("is incomplete when it is cut, or silent for longer than nginx waits", async () => {
      for (const path of [
        "/upgraded/websocket/reset-in-its-middle",
        "/upgraded/websocket/lost-in-its-middle",
        "/upgraded/websocket/closed-with-1011-in-its-middle",
        "/upgraded-impatient/websocket/silent-in-its-middle",
      ]) {
        const { outcome, text: shown } = await run(path);
        assert.equal(outcome.kind, "incomplete", path);
        assert.equal(outcome.error?.details.reason, "connection-lost", path);
        assert.ok(shown !== "" && text.startsWith(shown));
      }
    });

    it("is closed at the server when it is stopped", async () => {
      const stop = new AbortController();
      const { outcome } = await run("/upgraded/websocket/silent-in-its-middle", {
        signal: stop.signal,
        onText: () => stop.abort(),
      });
      assert.equal(outcome.kind, "stopped");
      const request = faulty.asked.at(-1)!;
      await request.over;
      assert.equal(request.abandoned, true);
    });

    it("is overloaded when the server is down or silent", async () => {
      for (const [path, status] of [
        ["/down", 502],
        ["/upgraded-impatient/websocket/silent-before-the-head", 504],
      ] as const) {
        const { outcome } = await run(path);
        assert.equal(outcome.error?.kind, "overloaded", path);
        assert.equal(outcome.error.details.status, status);
      }
    });

    it("is asked over HTTP where nginx does not pass the upgrade on, whatever the server says to that", async () => {
      for (const status of [400, 404, 426]) {
        gateway.overHttp = (request, reply) => {
          if (request.method === "POST") return chatStream(["over ", "HTTP"])(request, reply);
          reply.head(status);
          reply.end("Upgrade Required");
        };
        const { outcome, text: shown, notices } = await run("/not-upgraded/v1");
        assert.equal(outcome.kind, "completed");
        assert.equal(shown, "over HTTP");
        assert.deepEqual(
          notices.map(({ code }) => code),
          ["fell-back"],
        );
      }
    });
  });
});
