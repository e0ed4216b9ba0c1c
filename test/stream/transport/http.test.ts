/** The transport against a real server on the loopback: what it sends, keeps, follows, decodes and gives up on. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import zlib from "node:zlib";
import { silentLogger } from "../../../src/core/logger.ts";
import { createTransport, readText } from "../../../src/stream/transport/http.ts";
import type { HttpRequest, HttpResponse, Transport } from "../../../src/stream/transport/transport.ts";
import { elsewhere, expired, good } from "../../support/certificates.ts";
import { long } from "../../support/long.ts";
import { type Handler, startServer, type TestServer } from "../../support/server.ts";
import { countTicks } from "../../support/ticks.ts";
import { eventually, failureOf, readAll, send as sendBy } from "../../support/transport.ts";

let transport: Transport;
const open: { close(): Promise<unknown> }[] = [];

beforeEach(() => {
  transport = createTransport({ logger: silentLogger });
});
afterEach(async () => {
  await transport.close();
  await Promise.all(open.splice(0).map((each) => each.close()));
});

async function serve(handler: Handler, settings: Parameters<typeof startServer>[1] = {}): Promise<TestServer> {
  const server = await startServer(handler, settings);
  open.push(server);
  return server;
}

/** A server below HTTP: it sees sockets and the bytes that come. */
async function serveRaw(
  onConnection: (socket: Socket, index: number) => void,
): Promise<{ url: string; connections: number }> {
  const sockets = new Set<Socket>();
  const state = { url: "", connections: 0 };
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    // Unread, a socket would not notice that the other side is gone.
    setImmediate(() => socket.resume());
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    onConnection(socket, state.connections++);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  state.url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  });
  return state;
}

function send(url: string, more: Partial<HttpRequest> = {}, by = transport): Promise<HttpResponse> {
  return sendBy(by, url, more);
}

/** Something one side waits for and the other gives: where it is missing, the test runs out of time. */
function signal(): { given: Promise<void>; give: () => void } {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

/** The status that a process of its own gets, or the kind of its error. */
async function statusInChild(url: string, environment: Record<string, string>, network = {}): Promise<string> {
  const source = `
    const { createTransport } = await import(${JSON.stringify(new URL("../../../src/stream/transport/http.ts", import.meta.url).href)});
    const { defaultNetwork } = await import(${JSON.stringify(new URL("../../../src/stream/transport/proxy.ts", import.meta.url).href)});
    const network = () => ({ ...defaultNetwork, ...${JSON.stringify(network)} });
    const logger = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
    const timeouts = { connect: 5, firstToken: 5, idle: 5 };
    const request = { method: "GET", url: ${JSON.stringify(url)}, headers: {}, signal: new AbortController().signal, timeouts };
    const told = await createTransport({ logger, network }).request(request).then(({ status }) => status, ({ kind }) => kind);
    process.stdout.write(String(told), () => process.exit());`;
  const { NODE_EXTRA_CA_CERTS: _extra, SSL_CERT_FILE: _system, ...inherited } = process.env;
  const run = promisify(execFile)(process.execPath, ["--input-type=module", "-e", source], {
    env: { ...inherited, ...environment },
  });
  return (await run).stdout;
}

describe("the transport", () => {
  it("sends what it is told and gives status, headers and body", async () => {
    const server = await serve((_request, reply) => {
      reply.head(207, { "X-One": "1", "Set-Cookie": "a" });
      reply.end("안녕");
    });
    const response = await send(`${server.url}/v1/x?y=1`, {
      headers: { authorization: "Bearer k", "content-type": "application/json" },
      body: '{"a":"한"}',
    });
    assert.equal(response.status, 207);
    assert.equal(response.headers["x-one"], "1");
    assert.equal(await readAll(response), "안녕");
    const [request] = server.requests;
    assert.equal(request?.method, "POST");
    assert.equal(request?.path, "/v1/x?y=1");
    assert.equal(request?.headers.authorization, "Bearer k");
    assert.equal(request?.headers["accept-encoding"], "identity");
    assert.equal(request?.body, '{"a":"한"}');
  });

  it("hands over bytes as they come", async () => {
    const first = signal();
    const server = await serve(async (_request, reply) => {
      await reply.write("one");
      await first.given;
      reply.end("two");
    });
    let text = "";
    for await (const bytes of (await send(server.url)).body) {
      text += Buffer.from(bytes).toString();
      first.give();
    }
    assert.equal(text, "onetwo");
  });

  it("passes by interim responses", async () => {
    const server = await serveRaw((socket) => {
      socket.once("data", () => {
        socket.write(
          "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        );
      });
    });
    const response = await send(server.url);
    assert.equal(response.status, 200);
    assert.equal(await readAll(response), "ok");
  });

  it("reads a body without length to the end of the connection", async () => {
    const server = await serveRaw((socket) => {
      socket.once("data", () => socket.end("HTTP/1.0 200 OK\r\n\r\nhello"));
    });
    assert.equal(await readAll(await send(server.url)), "hello");
  });

  long.it("stops the server when the reader is slow, and takes that for no silence", async () => {
    const pieces = 100;
    let written = 0;
    const server = await serve(async (_request, reply) => {
      while (!reply.gone && written < pieces) {
        await reply.write(Buffer.alloc(256 * 1024));
        written++;
      }
      reply.end();
    });
    const response = await send(server.url, { timeouts: { connect: 5, firstToken: 5, idle: 0.3 } });
    for (let before = -1; written > before; ) {
      before = written;
      await delay(350);
    }
    assert.ok(written < pieces, "everything was read ahead");
    let size = 0;
    for await (const bytes of response.body) size += bytes.length;
    assert.equal(size, pieces * 256 * 1024);
  });

  it("gives text up to a limit, and what came of a body that breaks or stalls", async () => {
    const server = await serve(async (request, reply) => {
      await reply.write("x".repeat(1000));
      if (request.path === "/long") reply.end("y".repeat(1_000_000));
      else if (request.path === "/broken") reply.reset();
      else await reply.stall();
    });
    assert.equal(await readText(await send(`${server.url}/long`), 1500), `${"x".repeat(1000)}${"y".repeat(500)}`);
    assert.equal(await readText(await send(`${server.url}/broken`)), "x".repeat(1000));
    assert.equal(await readText(await send(`${server.url}/stall`), 5000, 0.05), "x".repeat(1000));
    await eventually(() => server.open === 0);
  });

  describe("with connections", () => {
    it("keeps one for the next request", async () => {
      const server = await serve((_request, reply) => reply.end("x"));
      for (let i = 0; i < 3; i++) await readAll(await send(server.url));
      assert.equal(server.connections, 1);
    });

    it("keeps one that is released when the body ends soon", async () => {
      const server = await serve(async (_request, reply) => {
        await reply.write("x");
        await reply.wait(20);
        reply.end("y");
      });
      const response = await send(server.url);
      for await (const _bytes of response.body) {
        response.release();
        break;
      }
      await server.requests[0]!.over;
      await delay(20);
      await readAll(await send(server.url));
      assert.equal(server.requests[0]!.abandoned, false);
      assert.equal(server.connections, 1);
    });

    it("closes one that is released when the body does not end", async () => {
      const server = await serve(async (_request, reply) => {
        await reply.write("x");
        await reply.stall();
      });
      const response = await send(server.url);
      for await (const _bytes of response.body) {
        response.release();
        break;
      }
      await eventually(() => server.open === 0);
    });

    it("closes one whose body is left", async () => {
      const server = await serve(async (_request, reply) => {
        await reply.write("x");
        await reply.stall();
      });
      for await (const _bytes of (await send(server.url)).body) break;
      await eventually(() => server.open === 0);
      assert.equal(server.requests[0]!.abandoned, true);
    });

    it("opens one ahead of need and uses it", async () => {
      const server = await serve((_request, reply) => reply.end("x"));
      await transport.preconnect(`${server.url}/v1`);
      await eventually(() => server.open === 1);
      await transport.preconnect(`${server.url}/v1`);
      assert.equal(await readAll(await send(`${server.url}/v1`)), "x");
      assert.equal(server.connections, 1);
    });

    it("waits for one that is being opened ahead", async () => {
      const server = await serve((_request, reply) => reply.end("x"));
      const opening = transport.preconnect(server.url);
      assert.equal(await readAll(await send(server.url)), "x");
      await opening;
      assert.equal(server.connections, 1);
    });

    it("gives the one opened ahead to one request only", async () => {
      const server = await serve((_request, reply) => reply.end("x"));
      await transport.preconnect(server.url);
      const texts = await Promise.all([1, 2, 3].map(async () => readAll(await send(server.url))));
      assert.deepEqual(texts, ["x", "x", "x"]);
      assert.equal(server.connections, 3);
    });

    it("says nothing when opening ahead fails", async () => {
      await transport.preconnect("http://127.0.0.1:9/");
      await transport.preconnect("not a url");
    });

    it("takes a fresh one, once, when a kept one is dead", async () => {
      const server = await serveRaw((socket, index) => {
        let requests = 0;
        socket.on("data", () => {
          if (index === 0 && requests++ === 1) socket.resetAndDestroy();
          else socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
      });
      assert.equal(await readAll(await send(server.url)), "ok");
      assert.equal(await readAll(await send(server.url)), "ok");
      assert.equal(server.connections, 2);
    });

    it("takes a fresh one when the one opened ahead is dead", async () => {
      const server = await serveRaw((socket, index) => {
        socket.on("data", () => {
          if (index === 0) socket.resetAndDestroy();
          else socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
      });
      await transport.preconnect(server.url);
      assert.equal(await readAll(await send(server.url)), "ok");
      assert.equal(server.connections, 2);
    });

    it("does not repeat a request whose fresh connection is lost", async () => {
      const server = await serveRaw((socket) => socket.on("data", () => socket.resetAndDestroy()));
      assert.equal((await failureOf(send(server.url))).details.reason, "connection-lost");
      assert.equal(server.connections, 1);
    });

    it("leaves no timer and no socket behind", async () => {
      const server = await serve(async (request, reply) => {
        await reply.write("x");
        if (request.path === "/reset") reply.reset();
        else if (request.path === "/stall") await reply.stall();
        else reply.end();
      });
      const timersBefore = process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
      for (const path of ["/", "/reset", "/stall"]) {
        const stop = new AbortController();
        const response = await send(`${server.url}${path}`, { signal: stop.signal });
        if (path === "/stall") setTimeout(() => stop.abort(), 10);
        await readAll(response).catch(() => {});
      }
      await transport.close();
      await eventually(() => server.open === 0);
      const timersAfter = process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
      assert.ok(timersAfter <= timersBefore, `${timersAfter - timersBefore} timers are left`);
    });
  });

  describe("with redirects", () => {
    it("follows one of the same origin with method, headers and body", async () => {
      for (const status of [307, 308]) {
        const server = await serve((request, reply) => {
          if (request.path === "/a") reply.head(status, { location: "/b" });
          reply.end("there");
        });
        const response = await send(`${server.url}/a`, { headers: { "x-api-key": "k" }, body: "body" });
        assert.equal(await readAll(response), "there");
        assert.equal(server.requests[1]?.path, "/b");
        assert.equal(server.requests[1]?.method, "POST");
        assert.equal(server.requests[1]?.body, "body");
        assert.equal(server.requests[1]?.headers["x-api-key"], "k");
      }
    });

    it("follows three and no more", async () => {
      const server = await serve((_request, reply) => {
        reply.head(307, { location: "/again" });
        reply.end();
      });
      const error = await failureOf(send(server.url));
      assert.equal(error.details.reason, "redirect");
      assert.equal(server.requests.length, 4);
    });

    for (const status of [301, 302, 303, 307, 308]) {
      it(`carries nothing to another origin (${status})`, async () => {
        const other = await serve((_request, reply) => reply.end("stolen"));
        const server = await serve((_request, reply) => {
          reply.head(status, { location: `${other.url}/take-secret?secret=1` });
          reply.end();
        });
        const error = await failureOf(send(server.url, { headers: { authorization: "Bearer k", "x-api-key": "k" } }));
        assert.equal(error.details.reason, "redirect");
        assert.equal(error.retryable, false);
        assert.match(error.message, new RegExp(other.url));
        assert.doesNotMatch(error.message, /secret/);
        assert.equal(other.requests.length, 0);
        assert.equal(server.requests.length, 1);
      });
    }

    it("follows none that changes the method, or leads nowhere", async () => {
      const server = await serve((request, reply) => {
        reply.head(request.path === "/a" ? 302 : 307, request.path === "/a" ? { location: "/b" } : {});
        reply.end();
      });
      assert.equal((await failureOf(send(`${server.url}/a`))).details.reason, "redirect");
      assert.equal((await failureOf(send(`${server.url}/c`))).details.reason, "redirect");
      assert.equal(server.requests.length, 2);
    });
  });

  describe("with encodings", () => {
    const encoders: Record<string, (text: string) => Buffer> = {
      gzip: zlib.gzipSync,
      "x-gzip": zlib.gzipSync,
      deflate: zlib.deflateSync,
      br: zlib.brotliCompressSync,
      zstd: zlib.zstdCompressSync,
    };
    const text = "data: 안녕 👋\n\n".repeat(50);

    for (const [encoding, encode] of Object.entries(encoders)) {
      it(`decodes ${encoding} cut anywhere`, async () => {
        const bytes = encode(text);
        const server = await serve(async (_request, reply) => {
          reply.head(200, { "content-encoding": encoding });
          for (let at = 0; at < bytes.length; at += 7) await reply.write(bytes.subarray(at, at + 7));
          reply.end();
        });
        assert.equal(await readAll(await send(server.url)), text);
      });
    }

    it("decodes deflate without its envelope, and two encodings over another", async () => {
      const server = await serve((request, reply) => {
        const raw = request.path === "/raw";
        reply.head(200, { "content-encoding": raw ? "deflate" : "gzip, br" });
        reply.end(raw ? zlib.deflateRawSync(text) : zlib.brotliCompressSync(zlib.gzipSync(text)));
      });
      assert.equal(await readAll(await send(`${server.url}/raw`)), text);
      assert.equal(await readAll(await send(`${server.url}/two`)), text);
    });

    const flushing = {
      gzip: () => zlib.createGzip(),
      deflate: () => zlib.createDeflate(),
      br: () => zlib.createBrotliCompress(),
      zstd: () => zlib.createZstdCompress(),
    };
    for (const [encoding, create] of Object.entries(flushing)) {
      it(`shows ${encoding} live when each event is flushed`, async () => {
        const first = signal();
        const server = await serve(async (_request, reply) => {
          reply.head(200, { "content-encoding": encoding });
          const encoder = create();
          for (const event of ["one", "two"]) {
            encoder.write(event);
            await new Promise<void>((resolve) => encoder.flush(() => resolve()));
            await reply.write(encoder.read());
            await first.given;
          }
          reply.end();
        });
        let text = "";
        for await (const bytes of (await send(server.url)).body) {
          text += Buffer.from(bytes).toString();
          if (text === "one") first.give();
        }
        assert.equal(text, "onetwo");
      });
    }

    it("gives what came of a compressed body that was cut off", async () => {
      const whole = zlib.gzipSync(Buffer.from(text.repeat(200).split("").reverse().join("")));
      const server = await serve((_request, reply) => {
        reply.head(200, { "content-encoding": "gzip" });
        reply.end(whole.subarray(0, whole.length - 30));
      });
      assert.ok((await readAll(await send(server.url))).length > 0);
    });

    it("fails on an encoding that is not what it says, or unknown", async () => {
      const server = await serve((request, reply) => {
        reply.head(200, { "content-encoding": request.path.slice(1) });
        reply.end("plain text, nothing else");
      });
      for (const encoding of ["gzip", "br", "zstd", "deflate", "snappy"]) {
        const error = await failureOf(send(`${server.url}/${encoding}`).then(readAll));
        assert.equal(error.kind, "malformed", encoding);
        assert.match(error.message, /127\.0\.0\.1/);
      }
    });

    it("tells a connection lost in a compressed body for what it is", async () => {
      const server = await serve(async (_request, reply) => {
        reply.head(200, { "content-encoding": "gzip" });
        await reply.write(zlib.gzipSync(text).subarray(0, 30));
        await reply.wait(20);
        reply.reset();
      });
      assert.equal((await failureOf(send(server.url).then(readAll))).details.reason, "connection-lost");
    });

    it("stops a compressed body at once", async () => {
      const server = await serve(async (_request, reply) => {
        reply.head(200, { "content-encoding": "gzip" });
        await reply.write(zlib.gzipSync(text).subarray(0, 30));
        await reply.stall();
      });
      const stop = new AbortController();
      const response = await send(server.url, { signal: stop.signal });
      setTimeout(() => stop.abort(new Error("stopped by test")), 20);
      await assert.rejects(readAll(response), /stopped by test/);
      await eventually(() => server.open === 0);
    });
  });

  describe("with time limits", () => {
    const limits = (more: object) => ({ timeouts: { connect: 5, firstToken: 5, idle: 5, ...more } });

    it("gives up on a connection that does not come", async () => {
      const server = await serveRaw(() => {});
      // TLS never begins on the other side.
      const error = await failureOf(send(server.url.replace("http:", "https:"), limits({ connect: 0.1 })));
      assert.equal(error.kind, "connect-timeout");
      assert.equal(error.details.seconds, 0.1);
      assert.equal(error.retryable, true);
    });

    it("gives up on a server that does not answer", async () => {
      const server = await serve((_request, reply) => reply.stall());
      const error = await failureOf(send(server.url, limits({ firstToken: 0.1 })));
      assert.equal(error.kind, "first-token-timeout");
      await eventually(() => server.open === 0);
    });

    it("gives up on a server that answers with nothing but a head", async () => {
      const server = await serve(async (_request, reply) => {
        reply.head(200);
        await reply.stall();
      });
      const response = await send(server.url, limits({ firstToken: 0.1, idle: 1 }));
      assert.equal((await failureOf(readAll(response))).kind, "first-token-timeout");
      await eventually(() => server.open === 0);
    });

    it("gives up on a server that falls silent", async () => {
      const server = await serve(async (_request, reply) => {
        await reply.write("x");
        await reply.stall();
      });
      const response = await send(server.url, limits({ idle: 0.1 }));
      const error = await failureOf(readAll(response));
      assert.equal(error.kind, "idle-timeout");
      assert.equal(error.details.seconds, 0.1);
      await eventually(() => server.open === 0);
    });

    it("waits on while anything comes, however slowly", async () => {
      const server = await serve(async (_request, reply) => {
        for (let i = 0; i < 6; i++) {
          await reply.write(":\n\n");
          await reply.wait(60);
        }
        reply.end();
      });
      assert.equal((await readAll(await send(server.url, limits({ idle: 0.25 })))).length, 18);
    });

    it("does not blame the server for the time in which this machine slept", async () => {
      const server = await serve(async (_request, reply) => {
        await reply.write("x");
        await reply.wait(20);
        // From here the event loop goes to its timers first: all are due while what came lies unread in the socket.
        await new Promise((resolve) => setImmediate(resolve));
        void reply.write("y");
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
        reply.end();
      });
      assert.equal(await readAll(await send(server.url, limits({ idle: 0.2 }))), "xy");
    });

    it("waits for ever when the limits are 0", async () => {
      const server = await serve(async (_request, reply) => {
        await reply.wait(100);
        await reply.write("x");
        await reply.wait(100);
        reply.end("y");
      });
      assert.equal(await readAll(await send(server.url, limits({ connect: 0, firstToken: 0, idle: 0 }))), "xy");
    });
  });

  describe("with a network that fails", () => {
    it("says that nothing listens", async () => {
      const server = await startServer(() => {});
      await server.close();
      const error = await failureOf(send(server.url));
      assert.equal(error.kind, "network");
      assert.equal(error.details.reason, "connection-refused");
      assert.equal(error.details.host, `127.0.0.1:${server.port}`);
      assert.equal(error.retryable, true);
      assert.equal((error.cause as { code?: string }).code, "ECONNREFUSED");
    });

    const raw: [what: string, behave: (socket: Socket) => void, kind: string, reason?: string][] = [
      ["a reset before the head", (socket) => socket.resetAndDestroy(), "network", "connection-lost"],
      ["an end before the head", (socket) => socket.end(), "network", "connection-lost"],
      [
        "a reset in the body",
        (socket) =>
          socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", () =>
            setTimeout(() => socket.resetAndDestroy(), 20),
          ),
        "network",
        "connection-lost",
      ],
      [
        "an end in a chunked body",
        (socket) => socket.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"),
        "network",
        "connection-lost",
      ],
      [
        "an end before the announced length",
        (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"),
        "network",
        "connection-lost",
      ],
      [
        "a broken chunk size",
        (socket) => socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n"),
        "malformed",
      ],
      ["no HTTP at all", (socket) => socket.write("SSH-2.0-OpenSSH_9.6\r\n"), "malformed"],
      [
        "a head without end",
        (socket) => socket.write(`HTTP/1.1 200 OK\r\nX-Big: ${"x".repeat(70_000)}\r\n\r\n`),
        "malformed",
        "too-large",
      ],
    ];
    for (const [what, behave, kind, reason] of raw) {
      it(`tells ${what}, after what came before it`, async () => {
        const server = await serveRaw((socket) => socket.once("data", () => behave(socket)));
        let text = "";
        const error = await failureOf(
          (async () => {
            for await (const bytes of (await send(server.url)).body) text += Buffer.from(bytes).toString();
          })(),
        );
        assert.equal(error.kind, kind);
        assert.equal(error.details.reason, reason);
        assert.match(error.message, /127\.0\.0\.1/);
        if (what.includes("body") || what.includes("length")) assert.equal(text, "abc");
      });
    }

    it("never shows a header that cannot be sent", async () => {
      const server = await serve((_request, reply) => reply.end());
      const error = await failureOf(send(server.url, { headers: { authorization: "Bearer topsecret\nx" } }));
      assert.equal(error.kind, "bad-request");
      assert.doesNotMatch(
        JSON.stringify([error.message, error.details, String(error.cause), error.stack]),
        /topsecret/,
      );
    });
  });

  describe("with TLS", () => {
    const secure = (certificate: { key: string; cert: string }) =>
      serve((_request, reply) => reply.end("safe"), { tls: certificate });

    it("refuses a certificate nobody vouches for, and names the host", async () => {
      const server = await secure(good);
      const error = await failureOf(send(server.url));
      assert.equal(error.kind, "tls");
      assert.equal(error.retryable, false);
      assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${server.port}`));
      assert.equal(server.requests.length, 0);
    });

    it("speaks to a server whose certificate is trusted", async () => {
      const server = await secure(good);
      const trusting = createTransport({ logger: silentLogger, certificates: [good.cert] });
      open.push(trusting);
      for (let i = 0; i < 2; i++) assert.equal(await readAll(await send(server.url, {}, trusting)), "safe");
      assert.equal(server.connections, 1);
    });

    for (const variable of ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"]) {
      long.it(`trusts what the system or the person trusts, by ${variable}`, async function () {
        this.timeout(15_000);
        const server = await secure(good);
        const folder = await mkdtemp(join(tmpdir(), "runnel-"));
        try {
          const file = join(folder, "trusted.pem");
          await writeFile(file, good.cert);
          // Node reads both when it starts. Without the system's certificates only the person's own count.
          const [both, alone] = await Promise.all([
            statusInChild(server.url, { [variable]: file }),
            statusInChild(server.url, { [variable]: file }, { trustSystem: false }),
          ]);
          assert.deepEqual([both, alone], ["200", variable === "NODE_EXTRA_CA_CERTS" ? "200" : "tls"]);
        } finally {
          await rm(folder, { recursive: true });
        }
      });
    }

    for (const [what, certificate] of Object.entries({ expired, "of another host": elsewhere })) {
      it(`refuses a trusted certificate that is ${what}`, async () => {
        const server = await secure(certificate);
        const trusting = createTransport({ logger: silentLogger, certificates: [certificate.cert] });
        open.push(trusting);
        const error = await failureOf(send(server.url, {}, trusting));
        assert.equal(error.kind, "tls");
        assert.equal(server.requests.length, 0);
      });
    }

    it("says when the port does not speak TLS", async () => {
      const server = await serveRaw((socket) =>
        socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
      );
      const error = await failureOf(send(server.url.replace("http:", "https:")));
      assert.equal(error.kind, "tls");
      assert.match(error.message, /http:/);
    });
  });

  describe("when it is stopped", () => {
    const phases: Record<string, Handler> = {
      "before the head": (_request, reply) => reply.stall(),
      "after the head": async (_request, reply) => {
        reply.head(200);
        await reply.stall();
      },
      "in the body": async (_request, reply) => {
        while (!reply.gone) {
          await reply.write("x");
          await reply.wait(5);
        }
      },
    };
    for (const [phase, handler] of Object.entries(phases)) {
      it(`${phase}, ends at once with the given reason, and the server sees it`, async () => {
        const server = await serve(handler);
        const stop = new AbortController();
        const reason = new Error("stopped by test");
        const running = send(server.url, { signal: stop.signal }).then(readAll);
        await eventually(() => server.requests.length === 1);
        await delay(30);
        const ticks = countTicks();
        stop.abort(reason);
        await assert.rejects(running, (error) => error === reason);
        assert.ok(ticks() < 20);
        await server.requests[0]!.over;
        assert.equal(server.requests[0]!.abandoned, true);
      });
    }

    it("while connecting, gives up the connection too", async () => {
      let closed = false;
      const server = await serveRaw((socket) =>
        socket.on("close", () => {
          closed = true;
        }),
      );
      const stop = new AbortController();
      const running = send(server.url.replace("http:", "https:"), { signal: stop.signal });
      setTimeout(() => stop.abort(new Error("stopped by test")), 50);
      await assert.rejects(running, /stopped by test/);
      await eventually(() => closed);
    });

    it("before it began, sends nothing", async () => {
      const server = await serve((_request, reply) => reply.end());
      await assert.rejects(send(server.url, { signal: AbortSignal.abort(new Error("early")) }), /early/);
      assert.equal(server.connections, 0);
    });

    it("gives no more bytes, not even those that had come", async () => {
      const server = await serve(async (_request, reply) => {
        await reply.write("one");
        await reply.write("two");
        await reply.stall();
      });
      const stop = new AbortController();
      const response = await send(server.url, { signal: stop.signal });
      await delay(50);
      stop.abort(new Error("stopped by test"));
      await assert.rejects(response.body[Symbol.asyncIterator]().next(), /stopped by test/);
    });

    it("leaves other requests alone", async () => {
      const server = await serve(async (_request, reply) => {
        for (let i = 0; i < 10; i++) {
          await reply.write("x");
          await reply.wait(10);
        }
        reply.end();
      });
      const stop = new AbortController();
      const stopped = send(server.url, { signal: stop.signal }).then(readAll);
      const other = send(server.url).then(readAll);
      setTimeout(() => stop.abort(new Error("stopped by test")), 40);
      await assert.rejects(stopped, /stopped by test/);
      assert.equal(await other, "x".repeat(10));
    });
  });
});
