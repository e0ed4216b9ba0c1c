/** Stop, in every phase of a turn: it ends at once, keeps what had come, and the server sees the connection close. */
import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { silentLogger } from "../../src/core/logger.ts";
import { textOf, userMessage } from "../../src/core/message.ts";
import { createLedger } from "../../src/money/ledger.ts";
import { createProvider } from "../../src/providers/create.ts";
import { createTransport } from "../../src/stream/transport/http.ts";
import type { Transport } from "../../src/stream/transport/transport.ts";
import type { Candidate } from "../../src/turn/candidate.ts";
import { createEndpoints } from "../../src/turn/endpoints.ts";
import { runTurn } from "../../src/turn/turn.ts";
import { chatStream, chunk } from "../support/chat.ts";
import { configure } from "../support/run.ts";
import { type Handler, startServer, type TestServer } from "../support/server.ts";
import { countTicks } from "../support/ticks.ts";

/** Ticks: far above what it takes, far below any of the waits that are cut short. */
const atOnce = 200;

interface Phase {
  name: string;
  handler?: Handler;
  entry?: Record<string, unknown>;
  /** Never resolves where the key is what the turn waits for. */
  apiKey?: () => Promise<string | undefined>;
  /** What keeps the turn waiting before it is asked. */
  before?: (candidate: Candidate, endpoints: ReturnType<typeof createEndpoints>) => Promise<unknown>;
  /** What is true once the phase is reached. */
  reached?: (server: TestServer, text: string) => boolean;
  /** Requests that the server then sees abandoned. */
  requests: number;
  text?: string;
}

const phases: Phase[] = [
  {
    name: "while waiting for a slot",
    entry: { rateLimit: { concurrent: 1 } },
    before: ({ provider }, endpoints) =>
      endpoints.limiter(provider.config).acquire({ signal: new AbortController().signal, patience: 1 }),
    requests: 0,
  },
  {
    name: "while waiting because the server wants a pause",
    before: async ({ provider }, endpoints) => endpoints.gate(provider.config).close(30),
    requests: 0,
  },
  {
    name: "while waiting before it asks again",
    handler: (_request, reply) => {
      reply.head(429, { "retry-after": "30" });
      reply.end();
    },
    reached: ({ requests }) => requests.length === 1,
    requests: 1,
  },
  { name: "while looking for the key", apiKey: () => new Promise(() => {}), requests: 0 },
  {
    name: "before the headers",
    handler: (_request, reply) => reply.stall(),
    reached: ({ requests }) => requests.length === 1,
    requests: 1,
  },
  {
    name: "before the first token",
    handler: async (_request, reply) => {
      await reply.write(chunk({ role: "assistant", content: "" }));
      await reply.stall();
    },
    reached: ({ requests }) => requests.length === 1,
    requests: 1,
  },
  {
    name: "in the middle of a stream that stalls",
    handler: async (_request, reply) => {
      await reply.write(chunk({ content: "half" }));
      await reply.stall();
    },
    reached: (_server, text) => text === "half",
    requests: 1,
    text: "half",
  },
  {
    name: "in the middle of a fast stream",
    handler: chatStream(Array(5000).fill("word ")),
    reached: (_server, text) => text.length > 50,
    requests: 1,
  },
];

describe("a turn that is stopped", () => {
  let transport: Transport;
  let server: TestServer;

  beforeEach(() => {
    transport = createTransport({ logger: silentLogger });
  });
  afterEach(async () => {
    await transport.close();
    await server.close();
  });

  const start = (
    baseUrl: string,
    entry: Record<string, unknown>,
    apiKey: Candidate["apiKey"],
    before?: Phase["before"],
  ) => {
    const now = () => performance.now();
    const endpoints = createEndpoints(now);
    const abort = new AbortController();
    const candidate = { provider: createProvider(configure({ baseUrl, ...entry })), model: "m", apiKey };
    const run = { abort, shown: "", late: false };
    const ledger = createLedger();
    const running = Promise.resolve(before?.(candidate, endpoints)).then(() =>
      runTurn(
        [candidate],
        { messages: [userMessage("hi")] },
        {
          purpose: "chat",
          signal: abort.signal,
          onEvent(event) {
            if (abort.signal.aborted) run.late = true;
            if (event.type === "text-delta") run.shown += event.text;
          },
        },
        { transport, ledger, logger: silentLogger, endpoints, now, wallClock: Date.now, random: () => 0.5 },
      ),
    );
    return { run, running, ledger };
  };

  for (const { name, handler, entry = {}, apiKey, before, reached, requests, text } of phases) {
    it(`${name} ends at once`, async () => {
      server = await startServer((request, reply) => handler?.(request, reply));
      const { run, running, ledger } = start(`${server.url}/v1`, entry, apiKey ?? (async () => "k"), before);
      for (let turn = 0; turn < 500 && reached?.(server, run.shown) === false; turn++) await delay(5);
      await delay(30);
      const ticks = countTicks();
      run.abort.abort();
      const outcome = await running;
      assert.ok(ticks() < atOnce);
      assert.equal(outcome.kind, "stopped");
      assert.equal(outcome.error, undefined);
      assert.equal(textOf(outcome.message), run.shown);
      if (text !== undefined) assert.equal(run.shown, text);
      assert.equal(run.late, false);
      assert.equal(ledger.spending().today.turns, 1);
      const closing = countTicks();
      await Promise.all(server.requests.map(({ over }) => over));
      assert.ok(closing() < atOnce);
      assert.equal(server.requests.length, requests);
      if (requests > 0 && name !== "while waiting before it asks again") assert.ok(server.requests[0]!.abandoned);
    });
  }

  it("while connecting ends at once and closes the socket", async () => {
    // Takes the connection and never answers the handshake of TLS.
    const sockets: Socket[] = [];
    const mute = createServer((socket) => {
      socket.on("error", () => {});
      sockets.push(socket.resume());
    });
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
    server = await startServer(() => {});
    const { port } = mute.address() as AddressInfo;
    const { run, running } = start(`https://127.0.0.1:${port}/v1`, {}, async () => "k");
    for (let turn = 0; turn < 500 && sockets.length === 0; turn++) await delay(5);
    const closed = new Promise((resolve) => sockets[0]!.once("close", resolve));
    const ticks = countTicks();
    run.abort.abort();
    assert.equal((await running).kind, "stopped");
    await closed;
    assert.ok(ticks() < atOnce);
    await new Promise((resolve) => mute.close(resolve));
  });
});
