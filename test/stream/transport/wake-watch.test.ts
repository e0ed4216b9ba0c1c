/** A machine that slept: how it is noticed, and what becomes of an answer that was streaming. */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { silentLogger } from "../../../src/core/logger.ts";
import { createTransport } from "../../../src/stream/transport/http.ts";
import type { HttpRequest, Transport } from "../../../src/stream/transport/transport.ts";
import { createWakeWatch, type WakeWatch } from "../../../src/stream/transport/wake-watch.ts";
import { type Handler, startServer, type TestServer } from "../../support/server.ts";
import { eventually, failureOf, readAll, send as sendBy } from "../../support/transport.ts";

describe("the watch for sleep", () => {
  it("notices that the clock went on without it, once, and nothing else", async () => {
    let clock = 1000;
    let woken = 0;
    const stop = createWakeWatch(() => clock, 5).watch(() => woken++);
    await delay(30);
    clock += 20_000;
    await delay(30);
    clock -= 500_000;
    await delay(30);
    assert.equal(woken, 0);
    clock += 40_000;
    await eventually(() => woken > 0);
    await delay(30);
    assert.equal(woken, 1);
    stop();
    clock += 40_000;
    await delay(30);
    assert.equal(woken, 1);
  });

  it("tells all who watch, and takes for no sleep what passed while nobody did", async () => {
    let clock = 0;
    const told: string[] = [];
    const watch = createWakeWatch(() => clock, 5);
    const stops = ["a", "b"].map((name) => watch.watch(() => told.push(name)));
    clock += 40_000;
    await eventually(() => told.length === 2);
    for (const stop of stops) stop();
    clock += 1_000_000;
    const stop = watch.watch(() => told.push("c"));
    await delay(30);
    stop();
    assert.deepEqual(told, ["a", "b"]);
  });
});

describe("an answer that a sleep comes across", () => {
  let transport: Transport;
  let server: TestServer;
  let wake: () => void;

  async function begin(handler: Handler, wakeWatch?: WakeWatch): Promise<void> {
    const watching = new Set<() => void>();
    wake = () => {
      for (const each of watching) each();
    };
    const byHand: WakeWatch = {
      patience: { "first-token-timeout": 0.15, "idle-timeout": 0.1 },
      look() {},
      watch(onWake) {
        watching.add(onWake);
        return () => watching.delete(onWake);
      },
    };
    server = await startServer(handler);
    transport = createTransport({ logger: silentLogger, wakeWatch: wakeWatch ?? byHand });
  }

  afterEach(async () => {
    await transport.close();
    await server.close();
  });

  const send = (more: Partial<HttpRequest> = {}) => sendBy(transport, server.url, more);

  it("ends soon when nothing more comes, keeps what had come, and says why", async () => {
    await begin(async (_request, reply) => {
      await reply.write("half");
      await reply.stall();
    });
    let text = "";
    const error = await failureOf(
      (async () => {
        for await (const bytes of (await send()).body) {
          text += Buffer.from(bytes);
          wake();
        }
      })(),
    );
    assert.equal(text, "half");
    assert.deepEqual([error.kind, error.details.reason, error.retryable], ["idle-timeout", "slept", true]);
    assert.match(error.message, /asleep/);
    await eventually(() => server.open === 0);
  });

  it("goes on, with its own limit, when anything comes", async () => {
    await begin(async (_request, reply) => {
      await reply.write("one");
      await reply.wait(50);
      await reply.write("two");
      await reply.wait(300);
      reply.end("three");
    });
    let text = "";
    for await (const bytes of (await send()).body) {
      text += Buffer.from(bytes);
      if (text === "one") wake();
    }
    assert.equal(text, "onetwothree");
  });

  it("is asked for again when it had not begun", async () => {
    await begin((_request, reply) => reply.stall());
    const running = failureOf(send());
    await eventually(() => server.requests.length === 1);
    wake();
    const error = await running;
    assert.deepEqual([error.kind, error.details.reason, error.retryable], ["first-token-timeout", "slept", true]);
  });

  it("has all its time to begin when the head shows that the connection lives", async () => {
    await begin(async (_request, reply) => {
      await reply.wait(60);
      reply.head(200);
      await reply.wait(300);
      reply.end("late");
    });
    const running = send();
    await eventually(() => server.requests.length === 1);
    wake();
    assert.equal(await readAll(await running), "late");
  });

  it("gets its chance also where timers go on while the machine sleeps", async () => {
    let clock = 0;
    await begin(
      async (_request, reply) => {
        await reply.write("one");
        await reply.wait(300);
        reply.end("two");
      },
      createWakeWatch(() => clock),
    );
    let text = "";
    for await (const bytes of (await send({ timeouts: { connect: 5, firstToken: 5, idle: 0.1 } })).body) {
      text += Buffer.from(bytes);
      clock += 60_000;
    }
    assert.equal(text, "onetwo");
  });
});
