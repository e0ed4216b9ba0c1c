/** Fresh prices from an address of the person's: every kind of answer, from a real server. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProvider } from "@pydantic/genai-prices";
import { type Logger, silentLogger } from "../../src/core/logger.ts";
import { createPriceUpdates, priceAddress } from "../../src/money/price-updates.ts";
import { findPrice, loadPrices } from "../../src/money/prices.ts";
import { createTransport } from "../../src/stream/transport/http.ts";
import type { Transport } from "../../src/stream/transport/transport.ts";
import { type Handler, startServer, type TestServer } from "../support/server.ts";

const DAY = 86_400_000;

describe("fresh prices", () => {
  let folder: string;
  let server: TestServer;
  let transport: Transport;
  let handler: Handler;
  let now: number;
  let warnings: string[];
  let url: string | undefined;
  let patience: number;
  // biome-ignore lint/suspicious/noExplicitAny: the data is changed in places to what it must not be
  let data: any[];

  const open = (changes = () => {}) => {
    const logger: Logger = { ...silentLogger, warn: (message) => warnings.push(message) };
    const file = join(folder, "prices", "prices.json");
    return createPriceUpdates({
      file,
      transport,
      logger,
      url: () => url,
      wallClock: () => now,
      onChange: changes,
      patience,
    });
  };
  const answer =
    (text: string, headers: Record<string, string> = {}): Handler =>
    (_request, reply) => {
      reply.head(200, { "content-type": "application/json", ...headers });
      reply.end(text);
    };
  const inputPrice = async (updates: ReturnType<typeof open>) => {
    const question = { baseUrl: "https://api.openai.com/v1", model: "gpt-4.1", at: now };
    return findPrice(question, await updates.table())?.price.input;
  };
  const model = () => data.find(({ id }) => id === "openai").models.find(({ id }: { id: string }) => id === "gpt-4.1");

  before(() => {
    transport = createTransport({ logger: silentLogger });
  });
  after(() => transport.close());

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "runnel-prices-"));
    now = Date.parse("2026-12-24T12:00:00Z");
    warnings = [];
    patience = 60_000;
    const { sellers } = await loadPrices();
    data = structuredClone(sellers.map(({ id }) => findProvider({ providerId: id })));
    model().prices.input_mtok = 7;
    handler = answer(JSON.stringify(data), { etag: '"one"' });
    server = await startServer((request, reply) => handler(request, reply));
    url = `${server.url}/prices.json`;
  });
  afterEach(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("are asked for only where the person named an address", async () => {
    url = undefined;
    const updates = open();
    await updates.check();
    assert.equal(server.requests.length, 0);
    assert.equal(await inputPrice(updates), 2);
    assert.deepEqual(await updates.table(), await loadPrices());
  });

  it("hold with their day and source, outlive the window, and are asked for once a day with their ETag", async () => {
    let changes = 0;
    const updates = open(() => changes++);
    assert.equal(await inputPrice(updates), 2, "until they are there");
    await updates.check();
    assert.equal(await inputPrice(updates), 7);
    assert.equal(changes, 1);
    const { generatedAt, source } = await updates.table();
    assert.deepEqual([generatedAt, source], ["2026-12-24", new URL(server.url).host]);
    await updates.check();
    const other = open();
    assert.equal(await inputPrice(other), 7);
    await other.check();
    assert.equal(server.requests.length, 1);
    now += DAY;
    handler = (_request, reply) => {
      reply.head(304, { etag: '"one"' });
      reply.end();
    };
    await other.check();
    assert.equal(server.requests[1]?.headers["if-none-match"], '"one"');
    assert.equal(await inputPrice(other), 7);
    assert.equal((await other.table()).generatedAt, "2026-12-24");
    assert.equal(other.problem, undefined);
    await open().check();
    assert.equal(server.requests.length, 2, "another window knows that it was asked");
  });

  it("go with the address, and are not another address's", async () => {
    const updates = open();
    await updates.check();
    url = `${server.url}/others.json`;
    assert.equal(await inputPrice(updates), 2);
    url = undefined;
    assert.equal(await inputPrice(updates), 2);
  });

  const change = (prices: Record<string, unknown>): string => {
    Object.assign(model().prices, prices);
    return JSON.stringify(data);
  };
  const rule = (match: unknown): string => {
    model().match = match;
    return JSON.stringify(data);
  };
  /** What is sent instead, and what is said about it. */
  const bad: Record<string, [text: () => string, said: RegExp]> = {
    "a web page": [() => "<html>", /does not answer with JSON/],
    "something else": [() => '{"hello":1}', /There is no list/],
    "half an answer": [() => JSON.stringify(data).slice(0, 100_000), /does not answer with JSON/],
    "too much": [() => JSON.stringify([...data, "x".repeat(5_000_000)]), /more than 4 MB/],
    "a price below zero": [() => change({ input_mtok: -1 }), /gpt-4\.1 is not plausible: -1/],
    "a price beyond reason": [() => change({ output_mtok: 200_000 }), /gpt-4\.1 is not plausible: 200000/],
    "a price that is a word": [() => change({ output_mtok: "8" }), /no fields.*gpt-4\.1/],
    "a missing seller": [() => JSON.stringify(data.filter(({ id }) => id !== "openai")), /no prices of openai/],
    "a pattern that takes forever": [() => rule({ regex: "^(a+)+$" }), /may take too long/],
    "a rule that is none": [() => rule({ begins: "gpt" }), /no text.*gpt-4\.1/],
  };
  const handlers: Record<string, [handler: Handler, said: RegExp]> = {
    "a server error": [
      (_request, reply) => {
        reply.head(500);
        reply.end("no");
      },
      /status 500/,
    ],
    "a broken connection": [
      async (_request, reply) => {
        await reply.write("[");
        reply.reset();
      },
      /127\.0\.0\.1/,
    ],
    "an answer that never ends": [
      async (_request, reply) => {
        reply.head(200);
        while (!reply.gone) {
          await reply.write(" ");
          await reply.wait(50);
        }
      },
      /not answer in time/,
    ],
  };
  for (const [name, [text, said]] of Object.entries(bad)) {
    handlers[name] = [(request, reply) => answer(text())(request, reply), said];
  }

  for (const [name, [worse, said]] of Object.entries(handlers)) {
    it(`are not taken from ${name}, and the last good ones hold`, async () => {
      await open().check();
      handler = worse;
      now += DAY;
      if (name === "an answer that never ends") patience = 300;
      const updates = open();
      await updates.check();
      assert.match(updates.problem ?? "", said);
      assert.equal(warnings.length, 1);
      assert.equal(await inputPrice(updates), 7);
      assert.equal(await inputPrice(open()), 7);
      await updates.check();
      assert.equal(server.requests.length, 2, "nor is it asked again at once");
    });
  }

  it("that are bad from the beginning leave the bundled ones", async () => {
    handler = answer("{}");
    const updates = open();
    await updates.check();
    assert.equal(await inputPrice(updates), 2);
    assert.match(updates.problem ?? "", /no list/);
  });

  it("come from https, or from this machine", () => {
    assert.equal(priceAddress(" https://prices.example/a.json "), "https://prices.example/a.json");
    assert.equal(priceAddress("http://127.0.0.1:8000/"), "http://127.0.0.1:8000/");
    for (const wrong of ["http://prices.example/", "file:///etc/passwd", "https://me:word@prices.example/", "", 7])
      assert.equal(priceAddress(wrong), undefined);
  });
});
