/** The transport through real proxies on the loopback: tunnels, plain requests, refusals, and changed settings. */
import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { Connector } from "../../../src/stream/transport/connector.ts";
import { createTransport } from "../../../src/stream/transport/http.ts";
import { defaultNetwork, type NetworkSettings } from "../../../src/stream/transport/proxy.ts";
import { createRouteTo } from "../../../src/stream/transport/route.ts";
import type { HttpRequest, Transport } from "../../../src/stream/transport/transport.ts";
import { authority, good, vouched } from "../../support/certificates.ts";
import { type ProxySettings, startProxy, type TestProxy } from "../../support/proxy.ts";
import { type Handler, startServer, type TestServer } from "../../support/server.ts";
import { eventually, failureOf, readAll, send as sendBy } from "../../support/transport.ts";

let transport: Transport;
let network: NetworkSettings;
let logged: string[];
const open: { close(): Promise<unknown> }[] = [];

beforeEach(() => {
  network = defaultNetwork;
  logged = [];
  const log = (message: string) => void logged.push(message);
  const logger = { trace: log, debug: log, info: log, warn: log, error: log };
  transport = createTransport({ logger, certificates: [authority, good.cert], network: () => network });
});
afterEach(async () => {
  await transport.close();
  await Promise.all(open.splice(0).map((each) => each.close()));
});

const ok: Handler = (_request, reply) => reply.end("ok");

async function serve(handler = ok, secure = true): Promise<TestServer & { relay: string }> {
  const server = await startServer(handler, secure ? { tls: vouched } : {});
  open.push(server);
  return Object.assign(server, { relay: `${secure ? "https" : "http"}://relay.test:${server.port}` });
}

async function proxied(settings: ProxySettings = {}, credentials = ""): Promise<TestProxy> {
  const proxy = await startProxy(settings);
  open.push(proxy);
  network = { ...defaultNetwork, proxy: proxy.url.replace("://", `://${credentials}`) };
  return proxy;
}

const send = (url: string, more: Partial<HttpRequest> = {}) => sendBy(transport, url, more);

describe("the transport behind a proxy", () => {
  for (const [what, settings] of Object.entries({ "an HTTP proxy": {}, "an HTTPS proxy": { tls: good } })) {
    it(`reaches a TLS server through a tunnel of ${what}, and keeps it`, async () => {
      const server = await serve();
      const proxy = await proxied(settings);
      for (let i = 0; i < 3; i++) assert.equal(await readAll(await send(`${server.relay}/v1`)), "ok");
      assert.deepEqual(proxy.requests, [
        { method: "CONNECT", target: `relay.test:${server.port}`, authorization: undefined },
      ]);
      assert.equal(server.connections, 1);
    });

    it(`asks ${what} for a plain server by the whole address, over one kept connection`, async () => {
      const server = await serve(ok, false);
      const proxy = await proxied(settings, "user:topsecret@");
      for (let i = 0; i < 2; i++) assert.equal(await readAll(await send(`${server.relay}/v1?x=1`)), "ok");
      const authorization = `Basic ${Buffer.from("user:topsecret").toString("base64")}`;
      const request = { method: "POST", target: `${server.relay}/v1?x=1`, authorization };
      assert.deepEqual(proxy.requests, [request, request]);
      assert.equal(proxy.connections, 1);
      // The server has no business with it.
      assert.equal(server.requests[0]?.headers["proxy-authorization"], undefined);
    });
  }

  it("hands over bytes as they come, and closes all of it when the body is left", async () => {
    const server = await serve(async (_request, reply) => {
      await reply.write("one");
      await reply.stall();
    });
    const proxy = await proxied({ tls: good });
    for await (const bytes of (await send(server.relay)).body) {
      assert.equal(Buffer.from(bytes).toString(), "one");
      break;
    }
    await eventually(() => server.open === 0 && proxy.open === 0);
  });

  it("gives its name and password, from the address or as they are set", async () => {
    const server = await serve();
    const proxy = await proxied({ credentials: "user:p@ss" }, "user:p%40ss@");
    assert.equal(await readAll(await send(server.relay)), "ok");
    const another = await proxied({ credentials: "user:p@ss" });
    network = { ...network, proxyAuthorization: `Basic ${btoa("user:p@ss")}` };
    assert.equal(await readAll(await send(server.relay)), "ok");
    assert.deepEqual([proxy.requests.length, another.requests.length], [1, 1]);
  });

  for (const secure of [true, false]) {
    it(`says that the proxy wants a name and password (${secure ? "TLS" : "plain"}), and repeats none`, async () => {
      const server = await serve(ok, secure);
      const proxy = await proxied({ credentials: "user:right" }, "user:wrongsecret@");
      const error = await failureOf(send(server.relay));
      assert.equal(error.kind, "proxy");
      assert.equal(error.details.status, 407);
      assert.equal(error.details.proxy, `127.0.0.1:${proxy.port}`);
      assert.equal(error.details.host, `relay.test:${server.port}`);
      assert.equal(error.retryable, false);
      assert.match(error.message, /127\.0\.0\.1:\d+ does not accept.*Basic/);
      // Ahead of need, too, nothing of it is logged.
      await transport.preconnect(server.relay);
      const told = JSON.stringify([error.message, error.details, error.cause, error.stack, logged]);
      assert.doesNotMatch(told, /wrongsecret|dXNlcjp/);
      assert.equal(server.connections, 0);
      if (secure) await eventually(() => proxy.open === 0);
    });
  }

  for (const [status, retryable] of [
    [403, false],
    [502, true],
    [503, true],
  ] as const) {
    it(`says that the proxy refuses (${status})`, async () => {
      const server = await serve();
      const proxy = await proxied({ refuse: status });
      const error = await failureOf(send(server.relay));
      assert.equal(error.kind, "proxy");
      assert.equal(error.details.status, status);
      assert.equal(error.retryable, retryable);
      assert.match(error.message, new RegExp(`proxy 127\\.0\\.0\\.1:${proxy.port} .*relay\\.test`));
    });
  }

  it("says that the proxy is not there, that it hangs up, that its TLS is wrong", async () => {
    const server = await serve();
    const gone = await proxied();
    await gone.close();
    open.splice(open.indexOf(gone), 1);
    const error = await failureOf(send(server.relay));
    assert.equal(error.kind, "proxy");
    assert.equal(error.details.reason, "connection-refused");
    assert.equal(error.details.proxy, `127.0.0.1:${gone.port}`);
    assert.equal(error.retryable, true);

    await proxied({ reset: true });
    const lost = await failureOf(send(server.relay));
    assert.deepEqual([lost.kind, lost.details.reason, lost.retryable], ["proxy", "connection-lost", true]);

    const plain = await proxied();
    network = { ...defaultNetwork, proxy: plain.url.replace("http:", "https:") };
    const wrong = await failureOf(send(server.relay));
    assert.deepEqual([wrong.kind, wrong.retryable], ["proxy", false]);
  });

  it("gives up on a proxy that says nothing, in time or when it is stopped", async () => {
    const server = await serve();
    const proxy = await proxied({ stall: true });
    const error = await failureOf(send(server.relay, { timeouts: { connect: 0.1, firstToken: 5, idle: 5 } }));
    assert.equal(error.kind, "connect-timeout");
    assert.match(error.message, /through the proxy 127/);
    await eventually(() => proxy.open === 0);
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error("stopped by test")), 50);
    await assert.rejects(send(server.relay, { signal: stop.signal }), /stopped by test/);
    await eventually(() => proxy.open === 0);
  });

  it("checks the server's certificate through the tunnel, and closes it when it is wrong", async () => {
    const server = await startServer(ok, { tls: good });
    open.push(server);
    const proxy = await proxied({ tls: good });
    const error = await failureOf(send(`https://relay.test:${server.port}`));
    assert.equal(error.kind, "tls");
    assert.match(error.message, /relay\.test/);
    await eventually(() => proxy.open === 0 && server.open === 0);
  });

  it("refuses a SOCKS proxy clearly", async () => {
    network = { ...defaultNetwork, proxy: "socks5://user:topsecret@127.0.0.1:1080" };
    const error = await failureOf(send("https://relay.test"));
    assert.deepEqual([error.kind, error.details.reason, error.retryable], ["proxy", "proxy-address", false]);
    assert.doesNotMatch(JSON.stringify([error.message, error.details, error.stack]), /topsecret/);
  });

  it("follows a changed setting with the next request, and leaves kept connections where they are", async () => {
    const server = await serve();
    const first = await proxied();
    await readAll(await send(server.relay));
    const second = await proxied();
    await readAll(await send(server.relay));
    network = { ...defaultNetwork, proxy: first.url };
    await readAll(await send(server.relay));
    assert.deepEqual([first.requests.length, second.requests.length, server.connections], [1, 1, 2]);
    network = { ...network, useProxy: false };
    assert.equal((await failureOf(send(server.relay))).kind, "network");
  });

  it("goes to this machine itself without it, whatever is set", async () => {
    const server = await serve(ok, false);
    const proxy = await proxied();
    await readAll(await send(server.url, { via: { proxy: proxy.url } }));
    assert.equal(proxy.connections, 0);
  });

  it("lets a provider have its own proxy, or none", async () => {
    const server = await serve();
    const everybody = await proxied({ refuse: 403 });
    const own = await startProxy();
    open.push(own);
    assert.equal(await readAll(await send(server.relay, { via: { proxy: own.url } })), "ok");
    assert.equal((await failureOf(send(server.relay, { via: { proxy: "none" } }))).kind, "network");
    assert.deepEqual([own.requests.length, everybody.requests.length], [1, 0]);
  });

  it("opens a connection ahead of need, all the way, once, and uses it", async () => {
    const server = await serve();
    const proxy = await proxied();
    await transport.preconnect(server.relay);
    await transport.preconnect(server.relay);
    await eventually(() => server.open === 1);
    assert.equal(server.requests.length, 0);
    assert.equal(await readAll(await send(server.relay)), "ok");
    // One is kept now, so none is opened ahead.
    await transport.preconnect(server.relay);
    assert.deepEqual([proxy.connections, server.connections], [1, 1]);
  });

  it("does not use a connection that was opened ahead by another way", async () => {
    const server = await serve();
    const first = await proxied();
    await transport.preconnect(server.relay);
    const second = await proxied();
    assert.equal(await readAll(await send(server.relay)), "ok");
    assert.deepEqual([first.requests.length, second.requests.length], [1, 1]);
  });
});

describe("a connection for other protocols", () => {
  const dialer = () =>
    new Connector(
      createRouteTo(() => network, {}),
      [authority, good.cert],
    );

  async function speak(socket: Socket): Promise<string> {
    socket.write("GET /spoken HTTP/1.1\r\nHost: relay.test\r\nConnection: close\r\n\r\n");
    let text = "";
    for await (const bytes of socket) text += bytes;
    return text;
  }

  for (const secure of [true, false]) {
    it(`goes through a tunnel (${secure ? "wss" : "ws"})`, async () => {
      const server = await serve(ok, secure);
      const proxy = await proxied({ tls: good });
      const address = server.relay.replace("http", "ws");
      assert.match(await speak(await dialer().dial(new URL(address))), /^HTTP\/1\.1 200 /);
      assert.equal(server.requests[0]?.path, "/spoken");
      assert.equal(proxy.requests[0]?.method, "CONNECT");
    });
  }

  it("goes directly without proxy, takes the one opened ahead, and can be stopped", async () => {
    const server = await serve(ok, false);
    const connector = dialer();
    const url = new URL(server.url.replace("http", "ws"));
    await connector.load();
    await connector.preconnect(url, createRouteTo(() => network, {})(url));
    assert.match(await speak(await connector.dial(url)), /200/);
    assert.equal(server.connections, 1);

    const proxy = await proxied({ stall: true });
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error("stopped by test")), 50);
    await assert.rejects(connector.dial(new URL("wss://relay.test"), { signal: stop.signal }), /stopped by test/);
    await eventually(() => proxy.open === 0);
    assert.equal((await failureOf(connector.dial(new URL("wss://127.0.0.1:9")))).kind, "network");
  });
});
