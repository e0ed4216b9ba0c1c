/** What runTurn does when a server says no: ask again, ask another, or say so; always before anything is shown. */
import assert from "node:assert/strict";
import type { Notice } from "../../src/core/events.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { userMessage } from "../../src/core/message.ts";
import type { TurnOutcome } from "../../src/core/outcome.ts";
import { parseProviderConfig } from "../../src/providers/config.ts";
import { createProvider } from "../../src/providers/create.ts";
import { createEndpoints } from "../../src/session/endpoints.ts";
import { type Candidate, runTurn, type TurnEnvironment } from "../../src/session/turn.ts";
import { createTransport, type Transport } from "../../src/stream/http.ts";
import { createLedger } from "../../src/usage/ledger.ts";
import { chatStream, chunk, event } from "../support/chat.ts";
import { type Handler, startServer, type TestServer } from "../support/server.ts";

const refuse =
  (status: number, headers: Record<string, string> = {}, body = "{}"): Handler =>
  (_request, reply) => {
    reply.head(status, { "content-type": "application/json", ...headers });
    reply.end(body);
  };

describe("a turn", () => {
  let transport: Transport;
  let environment: TurnEnvironment;
  let servers: TestServer[];
  let notices: Notice[];
  let abort: AbortController;
  let text: string;

  beforeEach(() => {
    transport = createTransport({ logger: silentLogger });
    const now = () => performance.now();
    environment = {
      transport,
      ledger: createLedger(),
      logger: silentLogger,
      endpoints: createEndpoints(now),
      now,
      wallClock: Date.now,
      random: () => 0.01,
    };
    servers = [];
    notices = [];
    abort = new AbortController();
    text = "";
  });

  afterEach(async () => {
    await transport.close();
    for (const server of servers) await server.close();
  });

  /** A server that answers its requests by these handlers in turn, the last one again and again. */
  const candidate = async (id: string, handlers: Handler[], more: Record<string, unknown> = {}): Promise<Candidate> => {
    let count = 0;
    const server = await startServer((request, reply) =>
      handlers[Math.min(count++, handlers.length - 1)]!(request, reply),
    );
    servers.push(server);
    const parsed = parseProviderConfig({ id, protocol: "openai-chat", baseUrl: `${server.url}/v1`, ...more });
    assert.ok(parsed.ok);
    const price = { input: 1, output: 1, currency: "USD" };
    return { provider: createProvider(parsed.config), model: `${id}-model`, ownPrice: price, apiKey: async () => "k" };
  };
  const run = (...candidates: Candidate[]): Promise<TurnOutcome> =>
    runTurn(
      candidates,
      { messages: [userMessage("hi")] },
      {
        purpose: "chat",
        signal: abort.signal,
        onEvent(one) {
          if (one.type === "notice") notices.push(one);
          if (one.type === "text-delta") text += one.text;
        },
      },
      environment,
    );
  const codes = () => notices.map(({ code }) => code);

  it("asks again at most three times and says each time why", async () => {
    const outcome = await run(await candidate("a", [refuse(503)]));
    assert.equal(outcome.kind, "failed");
    assert.equal(outcome.error?.kind, "overloaded");
    assert.equal(servers[0]!.requests.length, 4);
    assert.equal(outcome.attempts.length, 4);
    assert.deepEqual(codes(), ["retrying", "retrying", "retrying"]);
    assert.deepEqual(
      notices.map(({ count }) => count),
      [1, 2, 3],
    );
    assert.equal(notices[0]?.error?.kind, "overloaded");
  });

  it("gets through when the server comes back, and measures the request that answered", async () => {
    const outcome = await run(
      await candidate("a", [refuse(500), refuse(429, { "retry-after": "0.05" }), chatStream(["fine"])]),
    );
    assert.equal(outcome.kind, "completed");
    assert.equal(text, "fine");
    assert.deepEqual(
      outcome.attempts.map(({ error }) => error?.status),
      [500, 429, undefined],
    );
    assert.ok(outcome.timings.waited! >= 50);
    assert.ok(outcome.timings.ttft! <= outcome.timings.total - outcome.timings.waited! + 1);
  });

  it("waits no shorter than the server asks, and not at all when it asks for more than a minute", async () => {
    const begin = performance.now();
    await run(await candidate("a", [refuse(429, { "retry-after-ms": "120" }), chatStream(["ok"])]));
    assert.ok(performance.now() - begin >= 120);
    const outcome = await run(await candidate("b", [refuse(429, { "retry-after": "3600" })]));
    assert.equal(servers[1]!.requests.length, 1);
    assert.equal(outcome.error?.details.seconds, 3600);
  });

  it("never asks again for spent credit, a wrong key or a wrong request", async () => {
    const quota = JSON.stringify({ error: { code: "insufficient_quota", message: "You exceeded your current quota" } });
    for (const handler of [
      refuse(402),
      refuse(429, {}, quota),
      refuse(401),
      refuse(400),
      refuse(500, { "x-should-retry": "false" }),
    ]) {
      await run(await candidate("a", [handler]));
      assert.equal(servers.at(-1)!.requests.length, 1);
    }
  });

  it("treats an error inside a successful answer like its status, before anything was shown", async () => {
    const inside: Handler = (_request, reply) =>
      reply.end(event({ error: { message: "Overloaded", type: "overloaded_error" } }));
    const outcome = await run(await candidate("a", [inside, chatStream(["ok"])]));
    assert.equal(outcome.kind, "completed");
    assert.equal(servers[0]!.requests.length, 2);
  });

  it("asks nobody again once something was shown", async () => {
    const cut: Handler = async (_request, reply) => {
      await reply.write(chunk({ content: "half" }));
      reply.reset();
    };
    const outcome = await run(await candidate("a", [cut]), await candidate("b", [chatStream(["other"])]));
    assert.equal(outcome.kind, "incomplete");
    assert.equal(text, "half");
    assert.equal(servers[0]!.requests.length, 1);
    assert.equal(servers[1]!.requests.length, 0);
  });

  it("fails over to the next model, names it, books the cost to it and leaves the first one out for a while", async () => {
    const first = await candidate("a", [refuse(503)]);
    const second = await candidate("b", [
      chatStream(["from b"], { usage: { prompt_tokens: 5, completion_tokens: 5 } }),
    ]);
    const outcome = await run(first, second);
    assert.equal(outcome.kind, "completed");
    assert.deepEqual(outcome.target, { provider: "b", model: "b-model" });
    assert.ok(outcome.cost);
    assert.deepEqual(codes(), ["retrying", "failed-over"]);
    assert.deepEqual(notices[1]?.target, { provider: "a", model: "a-model" });
    assert.equal(servers[0]!.requests.length, 2);
    await run(first, second);
    assert.equal(servers[0]!.requests.length, 2);
    assert.equal(servers[1]!.requests.length, 2);
    // Alone it is asked although it cools down.
    await run(first);
    assert.ok(servers[0]!.requests.length > 2);
  });

  it("is priced by the model that answered in the end, where a router chose it", async () => {
    const routed: Handler = (_request, reply) =>
      reply.end(
        chunk({ content: "o" }, { id: "1", model: "gpt-4.1" }) +
          chunk({ content: "k" }, { id: "2", model: "gpt-4.1-mini" }) +
          chunk({}, { id: "3", model: "", finish_reason: "stop" }) +
          event({ model: "", choices: [], usage: { prompt_tokens: 1_000_000, completion_tokens: 0 } }),
      );
    const { ownPrice: _, ...router } = await candidate("a", [routed]);
    const outcome = await run({ ...router, model: "auto" });
    assert.equal(text, "ok");
    assert.equal(outcome.answeredBy, "gpt-4.1-mini");
    assert.equal(outcome.cost?.amount, 0.4);
  });

  it("does not fail over for a fault of the question itself", async () => {
    const long = refuse(
      400,
      {},
      JSON.stringify({ error: { message: "maximum context length exceeded", code: "context_length_exceeded" } }),
    );
    const outcome = await run(await candidate("a", [long]), await candidate("b", [chatStream(["b"])]));
    assert.equal(outcome.error?.kind, "context-too-long");
    assert.equal(servers[1]!.requests.length, 0);
  });

  it("stops at once in a pause between two tries", async () => {
    const running = run(await candidate("a", [refuse(429, { "retry-after": "30" })]));
    while (notices.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const begin = performance.now();
    abort.abort();
    const outcome = await running;
    assert.equal(outcome.kind, "stopped");
    assert.equal(outcome.error, undefined);
    assert.ok(performance.now() - begin < 1000);
  });

  it("lets no more requests go at once than the settings allow, and says that it waits", async () => {
    let open = 0;
    let most = 0;
    const slow: Handler = async (request, reply) => {
      most = Math.max(most, ++open);
      await reply.wait(20);
      open--;
      await chatStream(["ok"])(request, reply);
    };
    const one = await candidate("a", [slow], { rateLimit: { concurrent: 2 } });
    const outcomes = await Promise.all([1, 2, 3, 4, 5].map(() => run(one)));
    assert.ok(outcomes.every(({ kind }) => kind === "completed"));
    assert.equal(most, 2);
    assert.deepEqual(codes(), ["waiting-for-slot", "waiting-for-slot", "waiting-for-slot"]);
  });

  it("tells a defect of our own from a fault of the provider, and still ends in one outcome", async () => {
    const one = await candidate("a", [chatStream(["ok"])]);
    const outcome = await runTurn(
      [one],
      { messages: [userMessage("hi")] },
      {
        purpose: "chat",
        signal: abort.signal,
        onEvent(happened) {
          if (happened.type === "text-delta") throw new TypeError("a listener broke");
        },
      },
      environment,
    );
    assert.equal(outcome.error?.details.reason, "internal");
    assert.equal(environment.ledger.totals().turns, 1);
  });
});
