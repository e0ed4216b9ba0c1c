/** The file of kept prices damaged in every way: the prices that hold are the kept ones or the bundled ones, and nothing else. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProvider } from "@pydantic/genai-prices";
import { silentLogger } from "../../src/core/logger.ts";
import { createPriceUpdates } from "../../src/money/price-updates.ts";
import { loadPrices } from "../../src/money/prices.ts";
import { createTransport } from "../../src/stream/transport/http.ts";
import type { Transport } from "../../src/stream/transport/transport.ts";
import { seed, sizeOf } from "../support/long.ts";
import { mutationKinds, mutations } from "../support/mutations.ts";
import { startServer, type TestServer } from "../support/server.ts";

const DAY = 86_400_000;

describe("kept prices", function () {
  this.timeout(600_000);
  let folder: string;
  let file: string;
  let server: TestServer;
  let transport: Transport;
  let now: number;
  let warnings: string[];
  let kept: Buffer;
  const open = () =>
    createPriceUpdates({
      ...{ file, transport, url: () => `${server.url}/prices.json`, wallClock: () => now },
      logger: { ...silentLogger, warn: (text) => warnings.push(text) },
    });

  before(async () => {
    transport = createTransport({ logger: silentLogger });
    folder = await mkdtemp(join(tmpdir(), "runnel-kept-prices-"));
    file = join(folder, "prices.json");
    const { sellers } = await loadPrices();
    // Few models of each seller: what a damage does hangs on the form of the file, what it takes on its size.
    const data = structuredClone(sellers.map(({ id }) => findProvider({ providerId: id })!));
    for (const { id, models } of data) models.splice(id === "deepseek" ? models.length : 2);
    server = await startServer((_request, reply) => {
      reply.head(200, { "content-type": "application/json" });
      reply.end(JSON.stringify(data));
    });
  });
  after(async () => {
    await transport.close();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    now = Date.parse("2026-12-24T12:00:00Z");
    warnings = [];
    await rm(file, { recursive: true, force: true });
    await open().check();
    kept = await readFile(file);
  });

  const count = sizeOf({ few: 50, all: 2000, quick: mutationKinds.length });
  it(`hold whole or not at all, in ${count} kinds of damage (seed ${seed})`, async () => {
    const whole = await open().table();
    const bundled = await loadPrices();
    let left = count;
    for (const { kind, bytes } of mutations(seed, kept)) {
      if (left-- <= 0) break;
      await writeFile(file, bytes);
      const updates = open();
      const table = await updates.table();
      if (table !== bundled) assert.deepEqual({ ...table, generatedAt: "" }, { ...whole, generatedAt: "" }, kind);
      else if (/^\{"v":2,"check":/.test(String(Buffer.from(bytes.slice(0, 40)))) && updates.problem === undefined)
        assert.ok(!String(Buffer.from(bytes)).includes(`"url":"${server.url}/prices.json"`), `${kind} is not said`);
    }
  });

  it("that are damaged are said to be, and fetched anew at once", async () => {
    await writeFile(file, kept.subarray(0, kept.length / 2));
    const updates = open();
    assert.equal(await updates.table(), await loadPrices());
    assert.match(updates.problem ?? "", /damaged/);
    assert.equal(warnings.length, 1);
    const before = server.requests.length;
    await updates.check();
    assert.equal(server.requests.length, before + 1);
    assert.equal(updates.problem, undefined);
    assert.notEqual(await updates.table(), await loadPrices());
  });

  it("of a newer version stay as they are", async () => {
    const newer = `{"v":3,"url":"${server.url}/prices.json","more":[]}`;
    await writeFile(file, newer);
    const updates = open();
    await updates.check();
    assert.notEqual(await updates.table(), await loadPrices(), "what was fetched holds");
    assert.equal(await readFile(file, "utf8"), newer);
  });

  it("of a clock that was ahead do not keep newer ones away", async () => {
    now -= 400 * DAY;
    const before = server.requests.length;
    await open().check();
    assert.equal(server.requests.length, before + 1);
  });

  it("are done without where a folder is in the file's place", async () => {
    await rm(file);
    await mkdir(file);
    const updates = open();
    await updates.check();
    assert.notEqual(await updates.table(), await loadPrices(), "they hold for this window");
  });
});
