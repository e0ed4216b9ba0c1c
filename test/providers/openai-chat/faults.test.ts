/** Everything that goes wrong between a chat-completions server and the screen, over real sockets. */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import zlib from "node:zlib";
import type { ErrorKind, ErrorReason } from "../../../src/core/errors.ts";
import type { StreamEvent } from "../../../src/core/events.ts";
import { chatEvents, chatStream, chunk, done, event } from "../../support/chat.ts";
import { Asker, gather } from "../../support/run.ts";
import { type Handler, startServer, type TestServer } from "../../support/server.ts";

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
  it("is the same when every byte comes alone", async () => {
    const server = await serve(async (_request, reply) => {
      for (const byte of Buffer.from(hello)) await reply.write(Uint8Array.of(byte));
      reply.end();
    });
    const answer = await asker.ask(server.url);
    assert.equal(answer.text, "Hello 안녕 👋");
    assert.deepEqual(answer.usage, { inputTokens: 3, outputTokens: 4 });
    assert.equal(answer.end?.finishReason, "stop");
  });

  for (const type of [
    "application/json",
    "application/octet-stream",
    "text/html",
    "text/event-stream; charset=latin1",
    undefined,
  ]) {
    it(`is the same when the server calls it ${type}`, async () => {
      const server = await serve((_request, reply) => {
        reply.head(200, type === undefined ? {} : { "content-type": type });
        reply.end(hello);
      });
      assert.equal((await asker.ask(server.url)).text, "Hello 안녕 👋");
    });
  }

  for (const [encoding, encode] of Object.entries({
    gzip: zlib.gzipSync,
    br: zlib.brotliCompressSync,
    deflate: zlib.deflateSync,
    zstd: zlib.zstdCompressSync,
  })) {
    it(`is the same when it is compressed with ${encoding}`, async () => {
      const server = await serve((_request, reply) => {
        reply.head(200, { "content-type": "text/event-stream", "content-encoding": encoding });
        reply.end(encode(hello));
      });
      const answer = await asker.ask(server.url);
      assert.equal(answer.text, "Hello 안녕 👋");
      assert.equal(answer.end?.finishReason, "stop");
    });
  }

  it("of 100,000 events takes time in proportion", async () => {
    const piece = chunk({ content: "abcd" });
    const server = await serve(async (_request, reply) => {
      for (let i = 0; i < 100; i++) await reply.write(piece.repeat(1000));
      reply.end(done);
    });
    const answer = await asker.ask(server.url);
    assert.equal(answer.text.length, 400_000);
  });

  it("is complete at the end mark though the connection stays open, and that is closed", async () => {
    const server = await serve(async (_request, reply) => {
      await reply.write(hello);
      await reply.stall();
    });
    const began = performance.now();
    assert.equal((await asker.ask(server.url)).end?.finishReason, "stop");
    assert.ok(performance.now() - began < 1500);
    await eventually(() => server.open === 0);
  });

  it("is complete two seconds after its finish reason when nothing more comes", async () => {
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

interface Fault {
  what: string;
  behave: Handler;
  text?: string;
  kind: ErrorKind;
  reason?: ErrorReason;
  retryable: boolean;
}

const begun = chunk({ role: "assistant", content: "" }) + chunk({ content: "Hel" }) + chunk({ content: "lo" });
const page =
  (status: number, title: string, type = "text/html"): Handler =>
  (_request, reply) => {
    reply.head(status, { "content-type": type });
    reply.end(`<!DOCTYPE html><html><head><title>${title}</title></head><body></body></html>`);
  };
const sends =
  (body: string, type = "text/event-stream"): Handler =>
  (_request, reply) => {
    reply.head(200, { "content-type": type });
    reply.end(body);
  };

const faults: Fault[] = [
  {
    what: "an end in the middle",
    behave: sends(begun),
    text: "Hello",
    kind: "incomplete",
    reason: "connection-lost",
    retryable: true,
  },
  {
    what: "an end before the beginning",
    behave: sends(""),
    kind: "incomplete",
    reason: "empty-response",
    retryable: true,
  },
  {
    what: "a 204",
    behave: (_request, reply) => {
      reply.head(204);
      reply.end();
    },
    kind: "incomplete",
    reason: "empty-response",
    retryable: true,
  },
  {
    what: "comments and no more",
    behave: sends(": ping\n\n".repeat(10)),
    kind: "incomplete",
    reason: "empty-response",
    retryable: true,
  },
  {
    what: "a reset in the middle",
    behave: async (_request, reply) => {
      await reply.write(begun);
      await reply.wait(20);
      reply.reset();
    },
    text: "Hello",
    kind: "network",
    reason: "connection-lost",
    retryable: true,
  },
  {
    what: "a FIN in the middle",
    behave: async (_request, reply) => {
      await reply.write(begun);
      await reply.wait(20);
      reply.finish();
    },
    text: "Hello",
    kind: "network",
    reason: "connection-lost",
    retryable: true,
  },
  {
    what: "a reset after the head",
    behave: async (_request, reply) => {
      reply.head(200);
      await reply.wait(20);
      reply.reset();
    },
    kind: "network",
    reason: "connection-lost",
    retryable: true,
  },
  {
    what: "a reset before the head",
    behave: (_request, reply) => reply.reset(),
    kind: "network",
    reason: "connection-lost",
    retryable: true,
  },
  {
    what: "broken chunk framing",
    behave: async (_request, reply) => {
      await reply.write(begun);
      reply.raw("zzz\r\n");
      await reply.stall();
    },
    text: "Hello",
    kind: "malformed",
    retryable: true,
  },
  {
    what: "a web page with status 200",
    behave: page(200, "Welcome"),
    kind: "malformed",
    reason: "html",
    retryable: false,
  },
  {
    what: "a web page under the name of an event stream",
    behave: page(200, "Sign in", "text/event-stream"),
    kind: "malformed",
    reason: "html",
    retryable: false,
  },
  {
    what: "a gateway's page with status 200",
    behave: page(200, "502 Bad Gateway"),
    kind: "overloaded",
    reason: "html",
    retryable: true,
  },
  {
    what: "a gateway's page",
    behave: page(504, "504 Gateway Time-out"),
    kind: "overloaded",
    reason: "html",
    retryable: true,
  },
  { what: "a page that is not found", behave: page(404, "404"), kind: "not-found", reason: "html", retryable: false },
  {
    what: "an error in JSON with status 200",
    behave: sends('{"error":{"message":"no","code":401}}', "application/json"),
    kind: "unauthorized",
    retryable: false,
  },
  {
    what: "an error of 1 MB",
    behave: (_request, reply) => {
      reply.head(500);
      reply.end("x".repeat(1_000_000));
    },
    kind: "reported",
    reason: "server-error",
    retryable: true,
  },
  {
    what: "an error without end",
    behave: async (_request, reply) => {
      reply.head(400);
      while (!reply.gone) await reply.write("x".repeat(10_000));
    },
    kind: "bad-request",
    retryable: false,
  },
  {
    what: "an event beyond all size",
    behave: async (_request, reply) => {
      await reply.write("data: ");
      while (!reply.gone) await reply.write(Buffer.alloc(1 << 20, "x"));
    },
    kind: "malformed",
    reason: "too-large",
    retryable: false,
  },
  {
    what: "an encoding that lies",
    behave: (_request, reply) => {
      reply.head(200, { "content-encoding": "gzip" });
      reply.end(hello);
    },
    kind: "malformed",
    retryable: false,
  },
  {
    what: "a gzip body that was cut off",
    behave: (_request, reply) => {
      reply.head(200, { "content-encoding": "gzip" });
      reply.end(zlib.gzipSync(begun.repeat(50) + hello).subarray(0, -60));
    },
    kind: "incomplete",
    reason: "connection-lost",
    retryable: true,
  },
];

describe("an answer that meets", () => {
  for (const { what, behave, text, kind, reason, retryable } of faults) {
    it(`${what} ends once, as ${kind}${reason ? `, ${reason}` : ""}, and keeps its text`, async () => {
      const server = await serve(behave);
      const answer = await asker.ask(server.url, { apiKey: "topsecretkey" });
      assert.equal(answer.error?.kind, kind);
      assert.equal(answer.error?.details.reason, reason);
      assert.equal(answer.error?.retryable, retryable);
      assert.equal(answer.error?.details.host, `127.0.0.1:${server.port}`);
      assert.equal(answer.end, undefined);
      if (text !== undefined) assert.equal(answer.text, text);
      assert.doesNotMatch(
        JSON.stringify([answer.error?.message, answer.error?.details, String(answer.error?.cause)]),
        /topsecret/,
      );
      if (what !== "a 204" && !what.includes("page"))
        await eventually(() => server.requests.every((request) => request.abandoned) || server.open <= 1);
    });
  }

  it("silence in the middle ends as idle-timeout and keeps its text", async () => {
    const server = await serve(async (_request, reply) => {
      await reply.write(begun);
      await reply.stall();
    });
    const answer = await asker.ask(server.url, { entry: { timeouts: { idle: 0.2 } } });
    assert.equal(answer.error?.kind, "idle-timeout");
    assert.equal(answer.text, "Hello");
    await eventually(() => server.open === 0);
  });

  it("comments and no content for long says so, and waits on", async () => {
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

  it("keep-alive comments before it waits on", async () => {
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
    "before the head": (_request, reply) => reply.stall(),
    "before the first text": async (_request, reply) => {
      reply.head(200);
      await reply.stall();
    },
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
    it(`${phase} throws the reason within 100 ms, gives nothing more, and the server sees it`, async () => {
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
      stopped = performance.now();
      stop.abort(reason);
      await assert.rejects(reading, (error) => error === reason);
      assert.ok(performance.now() - stopped < 100);
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

  it("one of two leaves the other alone", async () => {
    const server = await serve(chatStream(["a", "b", "c", "d"], { delayMs: 20 }));
    const provider = asker.provider(`${server.url}/v1`);
    const stop = new AbortController();
    const stopped = gather(asker.stream(provider, { signal: stop.signal }));
    const other = gather(asker.stream(provider));
    stopped.catch(() => {});
    await delay(50);
    stop.abort(new Error("stopped by test"));
    await assert.rejects(stopped, /stopped by test/);
    assert.equal((await other).text, "abcd");
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
