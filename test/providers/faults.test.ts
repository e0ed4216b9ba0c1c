/** Every protocol through every fault, over real sockets, as turns: each ends once, as it should, and leaves nothing behind. */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import type { ErrorKind } from "../../src/core/errors.ts";
import type { TokenUsage } from "../../src/core/usage.ts";
import { eventsOf } from "../support/bodies.ts";
import type { Becomes } from "../support/fault.ts";
import { type FaultServer, startFaultServer } from "../support/fault-server.ts";
import { faultsOf } from "../support/faults.ts";
import { loadFixtures } from "../support/fixtures.ts";
import { long } from "../support/long.ts";
import { baseUrlIn, protocolNames, protocols, usageIn } from "../support/protocols.ts";
import { Asker } from "../support/run.ts";
import { type Handler, startServer } from "../support/server.ts";
import { countTicks } from "../support/ticks.ts";
import { type Turn, Turns, turnKey } from "../support/turns.ts";

const spoken = { texts: ["Hel", "lo ", "안녕 ", "👋"], usage: { input: 3, output: 4 } };
const text = spoken.texts.join("");

/** Of these one run a protocol is enough, and of the last one a kind of body. */
const slow = ["byte-by-byte", "open-after-its-end", "silent-for-long-before-it-began", "with-a-huge-event"];
const ownReader = ["openai-chat", "ollama", "chat-stream", "websocket"];

let turns: Turns;
let timers: number;
let unhandled: unknown[];
const keep = (reason: unknown) => unhandled.push(reason);
const countTimers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;

async function eventually(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400 && !condition(); tries++) await delay(5);
  assert.ok(condition());
}

for (const protocol of protocolNames) {
  describe(`a turn in the protocol ${protocol}`, () => {
    let server: FaultServer;

    beforeEach(async () => {
      unhandled = [];
      process.on("unhandledRejection", keep);
      server = await startFaultServer(() => spoken);
      timers = countTimers();
      turns = new Turns();
    });
    afterEach(async () => {
      await turns.close();
      await eventually(() => server.open === 0);
      await eventually(() => countTimers() <= timers);
      await server.close();
      process.off("unhandledRejection", keep);
      assert.deepEqual(unhandled, []);
    });

    const entryFor = (fault: string) => ({ protocol, baseUrl: server.urlOf(protocol, fault) });

    for (const [fault, { becomes, timeouts = {}, requests = 1 }] of Object.entries(faultsOf(protocols[protocol]))) {
      if (fault === slow.at(-1) && !ownReader.includes(protocol)) continue;
      // The quick round tries them over one protocol: what reads the connection is the same for all.
      const isQuick = protocol === "openai-chat" && !slow.slice(1).includes(fault);
      const test = isQuick ? it : long.it;
      test(`${fault} is ${becomes.outcome}${"kind" in becomes ? ` as ${becomes.kind}` : ""}`, async () => {
        const turn = await turns.run({ entry: { ...entryFor(fault), timeouts } });
        checkEnd(turn, becomes, usageIn(protocol, spoken.usage), `127.0.0.1:${server.port}`);
        assert.equal(turns.ledger.spending().month.turns, 1);
        // What failed before anything was shown is asked again where that could help.
        const tries = becomes.outcome === "failed" && becomes.retryable ? 4 : requests;
        assert.equal(server.asked.length, tries);
        checkSecrets(turn);
        // No exchange stays open, whoever had to end it.
        await Promise.all(server.requests.map(({ over }) => over));
      });
    }

    for (const [phase, fault] of Object.entries({
      "before the head": "silent-before-the-head",
      "after the head": "silent-after-the-head",
      "in its middle": "silent-in-its-middle",
    })) {
      it(`stopped ${phase} is stopped at once, and the server sees it`, async () => {
        const stop = new AbortController();
        const running = turns.run({ entry: entryFor(fault), signal: stop.signal });
        await eventually(() => server.asked.length === 1);
        await delay(30);
        const ticks = countTicks();
        stop.abort();
        const turn = await running;
        assert.ok(ticks() < 40);
        assert.equal(turn.outcome.kind, "stopped");
        assert.equal(turn.outcome.error, undefined);
        assert.equal(turn.text !== "", phase === "in its middle");
        assert.ok(text.startsWith(turn.text));
        await server.asked[0]!.over;
        assert.equal(server.asked[0]!.abandoned, true);
      });
    }

    it("stopped by its first text shows nothing more and leaves another turn alone", async () => {
      const stop = new AbortController();
      const stopped = turns.run({
        entry: entryFor("silent-in-its-middle"),
        signal: stop.signal,
        onText: () => stop.abort(),
      });
      const other = await turns.run({ entry: entryFor("in-one-piece") });
      assert.equal(other.outcome.kind, "completed");
      assert.equal((await stopped).outcome.kind, "stopped");
      assert.equal((await stopped).text, text.slice(0, (await stopped).text.length));
    });
  });

  // Protocols whose streams are more than frames have none.
  const stream = loadFixtures(protocol)
    .filter(({ expected }) => expected.text !== "" && expected.finishReasons.length > 0)
    .sort((one, other) => one.body.length - other.body.length)[0];

  if (stream !== undefined) {
    long.it(`a stream of a server's shape in the protocol ${protocol} ends as a plain one does`, async () => {
      const row = protocols[protocol];
      const server = await startFaultServer(() => ({ ...row, events: eventsOf(stream.body, row.framing) }));
      turns = new Turns();
      for (const [fault, { becomes, timeouts = {} }] of Object.entries(faultsOf(protocols[protocol]))) {
        if (becomes.outcome === "failed" || slow.includes(fault)) continue;
        const entry = { protocol, baseUrl: server.urlOf(protocol, fault), timeouts };
        const { outcome, text: shown } = await turns.run({ entry });
        assert.equal(outcome.kind === "failed" ? "incomplete" : outcome.kind, becomes.outcome, fault);
        assert.ok(stream.expected.text.startsWith(shown), fault);
        if (becomes.outcome === "completed") assert.equal(shown, stream.expected.text, fault);
        else assert.equal(outcome.error?.kind, becomes.kind, fault);
      }
      await turns.close();
      await server.close();
    });
  }

  describe(`a refusal in the protocol ${protocol}`, () => {
    for (const [status, kind, pageKind, retryable] of statuses()) {
      it(`with status ${status} is ${kind}, whatever its body`, async () => {
        let handler: Handler = () => {};
        const server = await startServer((request, reply) => handler(request, reply));
        const asker = new Asker();
        for (const [what, body] of Object.entries(refusalBodies)) {
          handler = (_request, reply) => {
            reply.head(status, { "request-id": "req-1" });
            reply.end(body);
          };
          const { error, events } = await asker.ask(baseUrlIn(protocol, server.url), {
            entry: { protocol },
            apiKey: turnKey,
          });
          assert.ok(events.every(({ type }) => type === "notice"));
          assert.equal(error?.kind, what === "HTML" ? pageKind : kind, what);
          assert.equal(error.retryable, retryable);
          assert.equal(error.details.status, status);
          assert.equal(error.details.requestId, "req-1");
          assert.ok(error.message.length < 700);
          assert.ok(!JSON.stringify([error.message, error.details]).includes(turnKey));
        }
        await asker.close();
        await server.close();
      });
    }
  });
}

function checkEnd({ outcome, text: shown }: Turn, becomes: Becomes, usage: TokenUsage, host: string): void {
  const { error } = outcome;
  assert.equal(error?.kind, "kind" in becomes ? becomes.kind : undefined, error?.message);
  assert.equal(outcome.kind, becomes.outcome);
  if (becomes.outcome === "completed") {
    assert.equal(shown, text);
    assert.deepEqual(outcome.usage, usage);
    assert.equal(outcome.finishReason, "stop");
    return;
  }
  assert.equal(error?.details.reason, becomes.reason);
  assert.equal(error?.retryable, becomes.retryable);
  assert.equal(error?.details.host, host);
  assert.equal(outcome.finishReason, undefined);
  assert.ok(text.startsWith(shown));
  assert.equal(shown !== "", becomes.outcome === "incomplete");
  // What the server did not report is unknown or an estimate that says so, never 0.
  if (shown === "") assert.deepEqual(outcome.usage ?? {}, {});
  else assert.ok(outcome.usage?.estimated && outcome.usage.outputTokens! > 0);
}

function checkSecrets({ outcome: { error, attempts } }: Turn): void {
  const told = JSON.stringify([error?.message, error?.details, String(error?.cause), attempts, turns.log]);
  assert.ok(!told.includes(turnKey));
}

/** What each status means, what it means with a web page, and whether to ask again. */
function statuses(): readonly [status: number, kind: ErrorKind, pageKind: ErrorKind, retryable: boolean][] {
  return [
    [400, "bad-request", "reported", false],
    [401, "unauthorized", "reported", false],
    [402, "no-credit", "reported", false],
    [403, "unauthorized", "reported", false],
    [404, "not-found", "not-found", false],
    [407, "proxy", "proxy", false],
    [408, "reported", "reported", true],
    [409, "bad-request", "reported", false],
    [413, "context-too-long", "context-too-long", false],
    [422, "bad-request", "reported", false],
    [429, "rate-limited", "rate-limited", true],
    [500, "reported", "reported", true],
    [502, "overloaded", "overloaded", true],
    [503, "overloaded", "overloaded", true],
    [504, "overloaded", "overloaded", true],
    [520, "overloaded", "overloaded", true],
    [524, "overloaded", "overloaded", true],
    [529, "overloaded", "overloaded", true],
  ];
}

const refusalBodies = {
  JSON: JSON.stringify({ type: "error", error: { message: "some words", type: "some_type" } }),
  HTML: "<!doctype html><html><head><title>Some words</title></head><body></body></html>",
  nothing: "",
  "more than is read of it": "x".repeat(100_000),
};
