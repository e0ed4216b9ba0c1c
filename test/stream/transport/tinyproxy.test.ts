/** The transport through a proxy that others wrote (tinyproxy), where it is installed. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { silentLogger } from "../../../src/core/logger.ts";
import { createTransport } from "../../../src/stream/transport/http.ts";
import { defaultNetwork } from "../../../src/stream/transport/proxy.ts";
import type { Transport } from "../../../src/stream/transport/transport.ts";
import { authority, vouched } from "../../support/certificates.ts";
import { freePort } from "../../support/free-port.ts";
import { long } from "../../support/long.ts";
import { skipWithout } from "../../support/missing.ts";
import { startProxy, type TestProxy } from "../../support/proxy.ts";
import { startServer, type TestServer } from "../../support/server.ts";
import { eventually, failureOf, readAll, send } from "../../support/transport.ts";

const program = "/usr/bin/tinyproxy";
const there = existsSync(program);

long.describe(`the transport behind tinyproxy${there ? "" : ` (left out: there is no ${program})`}`, () => {
  let folder: string;
  let proxy: ChildProcess;
  let port: number;
  /** It knows where relay.test is, which tinyproxy does not. */
  let upstream: TestProxy;
  let secure: TestServer;
  let plain: TestServer;
  const transports: Transport[] = [];

  before(async function () {
    if (!there) skipWithout(program, this);
    upstream = await startProxy();
    secure = await startServer(stream, { tls: vouched });
    plain = await startServer(stream);
    port = await freePort();
    folder = await mkdtemp(join(tmpdir(), "runnel-"));
    const settings = {
      Port: port,
      Listen: "127.0.0.1",
      Timeout: 60,
      LogLevel: "Warning",
      BasicAuth: "person topsecret",
      // As it is delivered with most systems: tunnels lead to the ports of TLS only.
      ConnectPort: secure.port,
      Upstream: `http 127.0.0.1:${upstream.port}`,
    };
    const lines = Object.entries(settings).map((pair) => pair.join(" "));
    await writeFile(join(folder, "tinyproxy.conf"), `${lines.join("\n")}\n`);
    proxy = spawn(program, ["-d", "-c", join(folder, "tinyproxy.conf")], { stdio: "ignore" });
    await listening(port);
  });

  after(async () => {
    if (!there) return;
    proxy.kill();
    await Promise.all([upstream, secure, plain].map((each) => each.close()));
    await rm(folder, { recursive: true });
  });

  afterEach(() => Promise.all(transports.splice(0).map((transport) => transport.close())));

  async function stream(_request: unknown, reply: Parameters<Parameters<typeof startServer>[0]>[1]): Promise<void> {
    await reply.write("data: one\n\n");
    await reply.wait(30);
    reply.end("data: two\n\n");
  }

  function behind(credentials: string): Transport {
    const network = () => ({ ...defaultNetwork, proxy: `http://${credentials}127.0.0.1:${port}` });
    const transport = createTransport({ logger: silentLogger, certificates: [authority], network });
    transports.push(transport);
    return transport;
  }

  it("streams from a TLS server of a private authority through a tunnel, and keeps it", async () => {
    const transport = behind("person:topsecret@");
    const url = `https://relay.test:${secure.port}/v1`;
    await transport.preconnect(url);
    for (let i = 0; i < 2; i++) assert.equal(await readAll(await send(transport, url)), "data: one\n\ndata: two\n\n");
    assert.equal(secure.connections, 1);
  });

  it("streams from a plain server, to which it lets no tunnel through", async () => {
    const transport = behind("person:topsecret@");
    const url = `http://relay.test:${plain.port}/v1`;
    assert.equal(await readAll(await send(transport, url)), "data: one\n\ndata: two\n\n");
    const error = await failureOf(send(transport, `https://relay.test:${plain.port}`));
    assert.deepEqual([error.kind, error.details.status], ["proxy", 403]);
  });

  it("is told that it wants a name and password", async () => {
    for (const credentials of ["", "person:wrong@"]) {
      const error = await failureOf(send(behind(credentials), `https://relay.test:${secure.port}`));
      assert.deepEqual([error.kind, error.details.status], ["proxy", credentials === "" ? 407 : 401]);
      assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${port} .*name and password`));
    }
  });

  it("closes the whole way when it is stopped", async () => {
    const stop = new AbortController();
    const url = `https://relay.test:${secure.port}`;
    const response = await send(behind("person:topsecret@"), url, { signal: stop.signal });
    stop.abort(new Error("stopped by test"));
    await assert.rejects(readAll(response), /stopped by test/);
    await eventually(() => upstream.open === 0);
  });
});

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const answered = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true));
      socket.on("error", () => resolve(false)).on("connect", () => socket.destroy());
    });
    if (answered) return;
    await delay(30);
  }
  throw new Error("tinyproxy does not listen");
}
