/** What a connection test finds out about each step on the way to a model, on real sockets. */
import assert from "node:assert/strict";
import { AssistantError } from "../../src/core/errors.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { parseProviderConfig } from "../../src/models/config.ts";
import { createLedger } from "../../src/money/ledger.ts";
import { createProvider } from "../../src/providers/create.ts";
import { createTransport } from "../../src/stream/transport/http.ts";
import { defaultNetwork } from "../../src/stream/transport/proxy.ts";
import type { Transport } from "../../src/stream/transport/transport.ts";
import type { Candidate } from "../../src/turn/candidate.ts";
import { type Steps, stepNames, testConnection } from "../../src/turn/connection-test.ts";
import { createEndpoints } from "../../src/turn/endpoints.ts";
import type { TurnEnvironment } from "../../src/turn/turn-environment.ts";
import { good } from "../support/certificates.ts";
import { chatStream } from "../support/chat.ts";
import { startProxy } from "../support/proxy.ts";
import { type Handler, type ServerSettings, startServer, type TestServer } from "../support/server.ts";

const models = (ids: string[]): string => JSON.stringify({ data: ids.map((id) => ({ id })) });

/** An honest server: lists its models, then answers. */
const honest =
  (answer: Handler = chatStream(["OK"], { usage: { prompt_tokens: 5, completion_tokens: 1 } })): Handler =>
  (request, reply) => {
    if (request.method === "POST") return answer(request, reply);
    reply.head(200, { "content-type": "application/json" });
    reply.end(models(["m", "other"]));
  };

describe("a connection test", () => {
  let transport: Transport;
  let server: TestServer | undefined;
  const changes: Steps[] = [];

  beforeEach(() => {
    transport = createTransport({ logger: silentLogger });
    changes.length = 0;
  });
  afterEach(async () => {
    await transport.close();
    await server?.close();
    server = undefined;
  });

  const environment = (): TurnEnvironment => {
    const now = () => performance.now();
    const endpoints = createEndpoints(now);
    return {
      transport,
      ledger: createLedger(),
      logger: silentLogger,
      endpoints,
      now,
      wallClock: Date.now,
      random: () => 0,
    };
  };
  const candidate = (baseUrl: string, more: { model?: string; key?: string } = {}): Candidate => {
    const parsed = parseProviderConfig({ id: "test", protocol: "openai-chat", baseUrl });
    assert.ok(parsed.ok);
    return { provider: createProvider(parsed.config), model: more.model ?? "m", apiKey: async () => more.key };
  };
  const test = (tested: Candidate, signal = new AbortController().signal): Promise<Steps> =>
    testConnection(tested, environment(), { signal, onChange: (steps) => changes.push(steps) });
  const serve = async (handler: Handler, settings?: ServerSettings): Promise<TestServer> => {
    server = await startServer(handler, settings);
    return server;
  };
  const states = (steps: Steps) => Object.fromEntries(stepNames.map((name) => [name, steps[name].state]));

  it("ticks every step of an honest server, one after the other", async () => {
    const { url } = await serve(honest());
    const steps = await test(candidate(`${url.replace("127.0.0.1", "localhost")}/v1`, { key: "secret-key" }));
    assert.deepEqual(states(steps), {
      name: "passed",
      connection: "passed",
      encryption: "skipped",
      service: "passed",
      key: "passed",
      models: "passed",
      answer: "passed",
      usage: "passed",
    });
    assert.ok(steps.name.addresses?.includes("127.0.0.1"));
    assert.deepEqual(steps.models.models, { count: 2, listed: true });
    assert.ok((steps.answer.outcome?.timings.ttft ?? 0) > 0);
    assert.equal(states(changes[0]!).name, "running");
    assert.deepEqual(changes.at(-1), steps);
  });

  it("says which certificate vouches, and that one is not trusted", async () => {
    await transport.close();
    transport = createTransport({ logger: silentLogger, certificates: [good.cert] });
    const { url } = await serve(honest(), { tls: good });
    const trusted = await test(candidate(`${url}/v1`));
    assert.equal(trusted.encryption.state, "passed");
    assert.match(trusted.encryption.certificate?.validUntil ?? "", /^\d{4}-\d\d-\d\d$/);
    await transport.close();
    transport = createTransport({ logger: silentLogger });
    const steps = await test(candidate(`${url}/v1`));
    assert.equal(steps.encryption.state, "failed");
    assert.equal(steps.encryption.error?.kind, "tls");
    assert.equal(steps.service.state, "open");
  });

  it("stops at a name that nobody knows, and at a port where nothing listens", async () => {
    const unknown = await test(candidate("https://no-such-host.invalid/v1"));
    assert.equal(unknown.name.error?.details.reason, "dns");
    assert.equal(unknown.connection.state, "open");
    const { port, close } = await startServer(honest());
    await close();
    const refused = await test(candidate(`http://127.0.0.1:${port}/v1`));
    assert.equal(refused.name.state, "skipped");
    assert.equal(refused.connection.error?.details.reason, "connection-refused");
  });

  it("looks at the proxy where there is one, and says when it does not let through", async () => {
    const { url, port } = await serve(honest());
    const proxy = await startProxy();
    await transport.close();
    const network = () => ({ ...defaultNetwork, proxy: proxy.url });
    transport = createTransport({ logger: silentLogger, network });
    assert.equal((await test(candidate(`${url}/v1`))).connection.proxy, undefined, "this machine is reached directly");
    const steps = await test(candidate(`https://relay.test:${port}/v1`));
    assert.equal(steps.connection.proxy, new URL(proxy.url).host);
    assert.equal(steps.connection.state, "passed");
    assert.equal(steps.encryption.state, "failed");
    await proxy.close();
    const refused = await test(candidate("https://relay.test/v1"));
    assert.equal(refused.connection.state, "failed");
  });

  it("tells a refused key from a server that answers with a web page", async () => {
    const refuses = await serve((_request, reply) => {
      reply.head(401);
      reply.end(JSON.stringify({ error: { message: "bad key" } }));
    });
    const steps = await test(candidate(`${refuses.url}/v1`, { key: "wrong-key" }));
    assert.equal(steps.service.state, "passed");
    assert.equal(steps.key.state, "failed");
    assert.equal(steps.key.error?.details.providerMessage, "bad key");
    assert.equal(steps.answer.state, "open");
    await refuses.close();

    const page = await serve((_request, reply) => {
      reply.head(200, { "content-type": "text/html" });
      reply.end("<!doctype html><title>Hotel Wi-Fi</title>");
    });
    const lost = await test(candidate(`${page.url}/v1`));
    assert.equal(lost.service.state, "failed");
    assert.equal(lost.service.error?.details.reason, "html");
  });

  it("says that a key works only after an answer that shows it", async () => {
    const failing = (status: number, body: object) =>
      honest((_request, reply) => {
        reply.head(status);
        reply.end(JSON.stringify(body));
      });
    for (const [state, status, error] of [
      ["open", 400, { message: "bad gateway config" }],
      ["open", 500, { message: "boom" }],
      ["passed", 429, { message: "too fast", code: "rate_limit_exceeded" }],
      ["passed", 429, { message: "no quota", code: "insufficient_quota" }],
      ["passed", 404, { message: "The model `m` does not exist", code: "model_not_found" }],
    ] as const) {
      const { url, close } = await startServer(failing(status, { error }));
      const steps = await test(candidate(`${url}/v1`, { key: "a-key" }));
      await close();
      assert.deepEqual([steps.key.state, steps.answer.state], [state, "failed"], error.message);
    }
  });

  it("says nothing of a key that was not sent because the budget is used up", async () => {
    const { url, requests } = await serve(honest());
    const check = async () => {
      throw new AssistantError("no-credit", "used up", { reason: "budget" });
    };
    const budget = { begin: () => ({ check, end: async () => {} }) };
    const signal = new AbortController().signal;
    const own = { ...environment(), budget };
    const steps = await testConnection(candidate(`${url}/v1`, { key: "k" }), own, { signal, onChange() {} });
    assert.ok(requests.every(({ method }) => method === "GET"));
    assert.deepEqual([steps.key.state, steps.answer.state], ["open", "failed"]);
  });

  it("goes on where no models are listed, and remarks on what is missing", async () => {
    const { url } = await serve((request, reply) => {
      if (request.method === "POST") return chatStream(["OK"])(request, reply);
      reply.head(404);
      reply.end("{}");
    });
    const steps = await test(candidate(`${url}/v1`));
    assert.equal(steps.models.state, "skipped");
    assert.equal(steps.answer.state, "passed");
    assert.equal(steps.usage.state, "warned", "an estimate is not a report");
  });

  it("remarks on a model that the server does not list and on an answer that was not streamed", async () => {
    const { url } = await serve(
      honest((_request, reply) => {
        reply.head(200, { "content-type": "application/json" });
        reply.end(
          JSON.stringify({ choices: [{ message: { role: "assistant", content: "OK" }, finish_reason: "stop" }] }),
        );
      }),
    );
    const steps = await test(candidate(`${url}/v1`, { model: "absent" }));
    assert.deepEqual(steps.models.models, { count: 2, listed: false });
    assert.equal(steps.answer.state, "warned");
    assert.equal(steps.answer.notStreamed, true);
  });

  it("ends at once when it is stopped", async () => {
    const { url, requests } = await serve((_request, reply) => reply.stall());
    const abort = new AbortController();
    const running = test(candidate(`${url}/v1`), abort.signal);
    while (requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    abort.abort();
    await assert.rejects(running, { name: "AbortError" });
    await requests[0]!.over;
  });
});
