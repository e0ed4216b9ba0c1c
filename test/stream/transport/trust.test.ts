/** Whose certificates the transport trusts, by the editor's settings and by a provider's own file. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTransport } from "../../../src/stream/transport/http.ts";
import { defaultNetwork, type NetworkSettings } from "../../../src/stream/transport/proxy.ts";
import type { Transport } from "../../../src/stream/transport/transport.ts";
import { authority, elsewhere, good, vouched } from "../../support/certificates.ts";
import { startServer, type TestServer } from "../../support/server.ts";
import { failureOf, readAll, send } from "../../support/transport.ts";

describe("the trust of the transport", () => {
  let transport: Transport;
  let network: NetworkSettings;
  let warnings: string[];
  let folder: string;
  const servers: TestServer[] = [];

  beforeEach(async () => {
    network = defaultNetwork;
    warnings = [];
    const quiet = () => {};
    const logger = {
      trace: quiet,
      debug: quiet,
      info: quiet,
      error: quiet,
      warn: (text: string) => warnings.push(text),
    };
    transport = createTransport({ logger, network: () => network });
    folder = await mkdtemp(join(tmpdir(), "runnel-"));
  });
  afterEach(async () => {
    await transport.close();
    await Promise.all(servers.splice(0).map((server) => server.close()));
    await rm(folder, { recursive: true });
  });

  async function secure(tls = vouched): Promise<TestServer> {
    const server = await startServer((_request, reply) => reply.end("safe"), { tls });
    servers.push(server);
    return server;
  }

  async function file(text: string): Promise<string> {
    const path = join(folder, "authority.pem");
    await writeFile(path, text);
    return path;
  }

  it("is that of a provider's own file for this provider only", async () => {
    const server = await secure();
    const ca = await file(`${good.cert}\n${authority}`);
    assert.equal(await readAll(await send(transport, server.url, { via: { ca } })), "safe");
    assert.equal((await failureOf(send(transport, server.url))).kind, "tls");
    assert.equal((await failureOf(send(transport, (await secure(elsewhere)).url, { via: { ca } }))).kind, "tls");
  });

  it("says which file is not there or holds no certificate, and reads it again", async () => {
    const server = await secure();
    const ca = join(folder, "authority.pem");
    const missing = await failureOf(send(transport, server.url, { via: { ca } }));
    assert.deepEqual([missing.kind, missing.details.reason, missing.retryable], ["tls", "certificate-file", false]);
    assert.match(missing.message, /authority\.pem cannot be read \(ENOENT\)/);
    await file("no certificate");
    assert.match((await failureOf(send(transport, server.url, { via: { ca } }))).message, /no certificate/);
    await file(authority);
    assert.equal(await readAll(await send(transport, server.url, { via: { ca } })), "safe");
  });

  it("is everybody's when the person wants no checks, with one warning, and only as long", async () => {
    const wrong = await secure(elsewhere);
    network = { ...defaultNetwork, verifyCertificates: false };
    for (let i = 0; i < 2; i++) assert.equal(await readAll(await send(transport, wrong.url)), "safe");
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /proxyStrictSSL/);
    network = defaultNetwork;
    assert.equal((await failureOf(send(transport, wrong.url))).kind, "tls");
  });
});
