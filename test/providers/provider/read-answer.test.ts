/** When an answer is over and when it is stopped, over real sockets; faults.test.ts has what goes wrong in between. */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import type { StreamEvent } from "../../../src/core/events.ts";
import { chatEvents, chatStream, chunk, done, event } from "../../support/chat.ts";
import { long } from "../../support/long.ts";
import { Asker, gather } from "../../support/run.ts";
import { type Handler, startServer, type TestServer } from "../../support/server.ts";
import { countTicks } from "../../support/ticks.ts";

let asker: Asker;
const servers: TestServer[] = [];

beforeEach(() => {
  asker = new Asker();
});
afterEach(async () => {
  await asker.close();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(handler: Handler): Promise<TestServer> {
  const server = await startServer(handler);
  servers.push(server);
  return server;
}

async function eventually(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400 && !condition(); tries++) await delay(5);
  assert.ok(condition());
}

const hello = chatEvents(["Hel", "lo ", "안녕 👋"], { usage: { prompt_tokens: 3, completion_tokens: 4 } }).join("");

describe("an answer", () => {
  long.it("is complete two seconds after its finish reason when nothing more comes", async () => {
    const server = await serve(async (_request, reply) => {
      await reply.write(chunk({ content: "Hi" }) + chunk({}, { finish_reason: "stop" }));
      while (!reply.gone) {
        await reply.write(": ping\n\n");
        await reply.wait(100);
      }
    });
    const began = performance.now();
    const answer = await asker.ask(server.url);
    assert.equal(answer.end?.finishReason, "stop");
    assert.ok(performance.now() - began > 1800);
    await eventually(() => server.open === 0);
  });

  it("is complete after its finish reason when the connection breaks", async () => {
    const server = await serve(async (_request, reply) => {
      await reply.write(chunk({ content: "Hi" }) + chunk({}, { finish_reason: "stop" }));
      await reply.wait(20);
      reply.reset();
    });
    const answer = await asker.ask(server.url);
    assert.equal(answer.end?.finishReason, "stop");
    assert.equal(answer.error, undefined);
  });

  it("gives usage that comes late after the finish reason", async () => {
    const server = await serve(async (_request, reply) => {
      await reply.write(chunk({ content: "Hi" }) + chunk({}, { finish_reason: "stop" }));
      await reply.wait(100);
      await reply.write(event({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } }));
      reply.end(done);
    });
    assert.deepEqual((await asker.ask(server.url)).usage, { inputTokens: 1, outputTokens: 1 });
  });

  it("comes over one connection, several in a row", async () => {
    const server = await serve(chatStream(["Hi"]));
    for (let i = 0; i < 3; i++) {
      assert.equal((await asker.ask(server.url)).text, "Hi");
      await server.requests.at(-1)!.over;
      await delay(60);
    }
    assert.equal(server.connections, 1);
  });

  it("tells the model and the request id that the server names", async () => {
    const server = await serve(chatStream(["Hi"], { model: "gpt-x", headers: { "x-request-id": "req-7" } }));
    const { events } = await asker.ask(server.url);
    assert.deepEqual(events[0], { type: "start", model: "gpt-x", requestId: "req-7" });
  });
});

describe("an answer whose server", () => {
  it("sends comments and no content for long is told of, and waited for", async () => {
    const server = await serve(async (_request, reply) => {
      await reply.write(chunk({ content: "Hi" }));
      for (let i = 0; i < 10; i++) {
        await reply.write(": ping\n\n");
        await reply.wait(60);
      }
      reply.end(done);
    });
    const answer = await asker.ask(server.url, { entry: { timeouts: { idle: 0.16 } } });
    assert.equal(answer.notices[0]?.code, "content-idle");
    assert.ok(answer.notices.length <= 2);
    assert.equal(answer.end?.finishReason, "other");
  });

  it("sends comments before it is waited for", async () => {
    const server = await serve(async (_request, reply) => {
      for (let i = 0; i < 8; i++) {
        await reply.write(": OPENROUTER PROCESSING\n\n");
        await reply.wait(50);
      }
      reply.end(hello);
    });
    const answer = await asker.ask(server.url, { entry: { timeouts: { firstToken: 0.3, idle: 0.3 } } });
    assert.equal(answer.text, "Hello 안녕 👋");
  });
});

describe("stopping", () => {
  const phases: Record<string, Handler> = {
    "in the text": async (_request, reply) => {
      while (!reply.gone) {
        await reply.write(chunk({ content: "x" }));
        await reply.wait(3);
      }
    },
    "in the time after the finish reason": async (_request, reply) => {
      await reply.write(chunk({ content: "x" }) + chunk({}, { finish_reason: "stop" }));
      await reply.stall();
    },
  };
  for (const [phase, handler] of Object.entries(phases)) {
    it(`${phase} throws the reason at once, gives nothing more, and the server sees it`, async () => {
      const server = await serve(handler);
      const stop = new AbortController();
      const reason = new Error("stopped by test");
      let stopped = Number.POSITIVE_INFINITY;
      let late = 0;
      const reading = (async () => {
        for await (const batch of asker.stream(asker.provider(`${server.url}/v1`), { signal: stop.signal })) {
          if (performance.now() > stopped) late += batch.length;
        }
      })();
      reading.catch(() => {});
      await eventually(() => server.requests.length === 1);
      await delay(40);
      const ticks = countTicks();
      stopped = performance.now();
      stop.abort(reason);
      await assert.rejects(reading, (error) => error === reason);
      assert.ok(ticks() < 20);
      assert.equal(late, 0);
      await server.requests[0]!.over;
      assert.equal(server.requests[0]!.abandoned, true);
    });
  }

  it("while events wait to be read gives none of them", async () => {
    const server = await serve(async (_request, reply) => {
      for (let i = 0; i < 5; i++) await reply.write(chunk({ content: "x" }));
      await reply.stall();
    });
    const stop = new AbortController();
    const stream = asker.stream(asker.provider(`${server.url}/v1`), { signal: stop.signal })[Symbol.asyncIterator]();
    await stream.next();
    await delay(50);
    stop.abort(new Error("stopped by test"));
    await assert.rejects(stream.next(), /stopped by test/);
    assert.equal((await stream.next()).done, true);
  });

  it("while events wait to be read of a body that is over gives none of them", async () => {
    const server = await serve(async (_request, reply) => {
      await reply.write(chunk({ content: "x" }));
      await reply.wait(30);
      await reply.write(chunk({ content: "y" }));
      reply.end(done);
    });
    const stop = new AbortController();
    const stream = asker.stream(asker.provider(`${server.url}/v1`), { signal: stop.signal })[Symbol.asyncIterator]();
    await stream.next();
    await server.requests[0]!.over;
    await delay(50);
    stop.abort(new Error("stopped by test"));
    await assert.rejects(stream.next(), /stopped by test/);
  });

  it("after the end changes nothing", async () => {
    const server = await serve(chatStream(["Hi"]));
    const stop = new AbortController();
    const answer = await gather(asker.stream(asker.provider(`${server.url}/v1`), { signal: stop.signal }));
    stop.abort();
    assert.equal(answer.end?.finishReason, "stop");
  });

  it("by leaving the loop closes the connection", async () => {
    const server = await serve(async (_request, reply) => {
      while (!reply.gone) {
        await reply.write(chunk({ content: "x" }));
        await reply.wait(5);
      }
    });
    const seen: StreamEvent[] = [];
    for await (const batch of asker.stream(asker.provider(`${server.url}/v1`))) {
      seen.push(...batch);
      if (seen.some(({ type }) => type === "text-delta")) break;
    }
    await server.requests[0]!.over;
    assert.equal(server.requests[0]!.abandoned, true);
  });
});
