/** The connection opened while a person writes: when, to whom, how often, and that the question then takes it. */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { createPreconnect, type Preconnect } from "../../src/chat/preconnect.ts";
import { silentLogger } from "../../src/core/logger.ts";
import type { ProviderConfig } from "../../src/providers/provider/provider.ts";
import { createTransport } from "../../src/stream/transport/http.ts";
import type { Transport } from "../../src/stream/transport/transport.ts";
import { configure } from "../support/run.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { eventually, readAll, send } from "../support/transport.ts";

describe("connecting ahead of need", () => {
  let transport: Transport;
  let first: TestServer;
  let second: TestServer;
  let chosen: ProviderConfig | undefined;
  let ready: boolean;
  let clock: number;
  let preconnect: Preconnect;

  beforeEach(async () => {
    transport = createTransport({ logger: silentLogger });
    first = await startServer((_request, reply) => reply.end("ok"));
    second = await startServer((_request, reply) => reply.end("ok"));
    chosen = configure({ baseUrl: first.url });
    ready = true;
    clock = 0;
    preconnect = createPreconnect({
      chosen: () => chosen,
      isReady: async () => ready,
      environment: { transport, logger: silentLogger, now: () => clock },
    });
  });
  afterEach(() => Promise.all([transport.close(), first.close(), second.close()]));

  it("happens with the focus, and the question rides on it", async () => {
    preconnect.focused();
    await eventually(() => first.open === 1);
    assert.equal(first.requests.length, 0);
    assert.equal(await readAll(await send(transport, first.url)), "ok");
    assert.equal(first.connections, 1);
  });

  it("happens at most once in twenty seconds", async () => {
    preconnect.focused();
    await eventually(() => first.connections === 1);
    await readAll(await send(transport, first.url, { headers: { connection: "close" } }));
    await eventually(() => first.open === 0);
    clock = 19_000;
    preconnect.focused();
    await delay(50);
    assert.equal(first.connections, 1);
    clock = 21_000;
    preconnect.focused();
    await eventually(() => first.connections === 2);
  });

  it("follows the model while the composer has the focus", async () => {
    preconnect.focused();
    await eventually(() => first.connections === 1);
    chosen = configure({ baseUrl: second.url });
    preconnect.modelChanged();
    await eventually(() => second.connections === 1);
  });

  it("does not follow it once the focus is gone", async () => {
    preconnect.focused();
    await eventually(() => first.connections === 1);
    preconnect.blurred();
    chosen = configure({ baseUrl: second.url });
    preconnect.modelChanged();
    await delay(50);
    assert.equal(second.connections, 0);
  });

  it("calls nobody without a model or without the key that is needed", async () => {
    ready = false;
    preconnect.focused();
    chosen = undefined;
    ready = true;
    preconnect.focused();
    await delay(50);
    assert.equal(first.connections, 0);
  });
});
