/** What goes wrong between a gateway's WebSocket and the screen, and stopping, over real sockets. */
import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { WebSocket } from "ws";
import { type Gateway, piece, send, startGateway, withStatus } from "../../support/gateway.ts";
import { type Answer, Asker, gather } from "../../support/run.ts";

let asker: Asker;
let gateway: Gateway;

beforeEach(async () => {
  asker = new Asker();
  gateway = await startGateway();
});
afterEach(async () => {
  await asker.close();
  await gateway.close();
});

const ask = (options: Parameters<Asker["stream"]>[1] = {}, entry: Record<string, unknown> = {}): Promise<Answer> =>
  gather(asker.stream(asker.provider(gateway.url, { protocol: "websocket", ...entry }), options));

describe("a handshake that is refused", () => {
  const refusals: [status: number, words: string, kind: string][] = [
    [400, "Malformed", "bad-request"],
    [401, "No such user", "unauthorized"],
    [402, "Pay first", "no-credit"],
    [403, "Not yours", "unauthorized"],
    [404, "The model m does not exist", "not-found"],
    [404, "Nothing at this path", "not-found"],
    [429, "Slow down", "rate-limited"],
    [500, "Broken", "reported"],
    [503, "Full", "overloaded"],
  ];
  for (const [status, words, kind] of refusals) {
    it(`with status ${status} (“${words}”) is ${kind}`, async () => {
      const headers = { "retry-after": "7", "x-request-id": "req-1" };
      gateway.refuse = withStatus(status, JSON.stringify({ error: { message: words } }), headers);
      const { error, text } = await ask({ apiKey: "topsecret" });
      assert.equal(error?.kind, kind);
      assert.equal(error?.details.status, status);
      assert.equal(error?.details.providerMessage, words);
      assert.equal(error?.details.requestId, "req-1");
      assert.equal(error?.details.seconds, status === 429 || status >= 500 || status === 402 ? 7 : undefined);
      assert.equal(text, "");
      assert.equal(gateway.sockets.length, 0);
    });
  }

  it("by a web page names the page", async () => {
    gateway.refuse = withStatus(200, "<!doctype html><title>Log in</title>");
    assert.equal((await ask()).error?.details.reason, "html");
  });

  it("by a redirect is not followed, not even to the same host", async () => {
    const redirect = withStatus(307, "", { location: "/v1/elsewhere?token=topsecret" });
    let handshakes = 0;
    gateway.refuse = (socket) => {
      handshakes++;
      redirect(socket);
    };
    const { error } = await ask({ apiKey: "topsecret" });
    assert.equal(error?.details.reason, "redirect");
    assert.doesNotMatch(error?.message ?? "", /topsecret/);
    assert.equal(handshakes, 1);
  });

  it("by a wrong answer to its key is malformed", async () => {
    const head = "HTTP/1.1 101 Switching\r\nupgrade: websocket\r\nconnection: upgrade\r\n";
    gateway.refuse = (socket) => void socket.write(`${head}sec-websocket-accept: bm8=\r\n\r\n`);
    assert.equal((await ask()).error?.kind, "malformed");
  });

  it("by silence is given up after the time to connect", async () => {
    gateway.refuse = () => {};
    assert.equal((await ask({}, { timeouts: { connect: 0.2 } })).error?.kind, "connect-timeout");
  });
});

describe("a WebSocket that closes in the middle of an answer", () => {
  const closes: [code: number, reason: string, kind: string, retryable: boolean][] = [
    [1000, "", "incomplete", true],
    [1001, "going away", "incomplete", true],
    [1008, "policy", "unauthorized", false],
    [1009, "", "context-too-long", false],
    [1011, "upstream fell over", "incomplete", true],
    [1011, "insufficient balance", "no-credit", false],
    [1012, "", "incomplete", true],
    [1013, "try again later", "incomplete", true],
    [4001, "Invalid API key topsecret", "unauthorized", false],
    [4003, "", "unauthorized", false],
    [4429, "too many", "rate-limited", true],
    [4999, "", "incomplete", true],
  ];
  for (const [code, reason, kind, retryable] of closes) {
    it(`with ${code} ${reason} is ${kind}`, async () => {
      gateway.answer = async (socket) => {
        await send(socket, piece("half"));
        socket.close(code, reason);
      };
      const { text, error, end } = await ask({ apiKey: "topsecret" });
      assert.equal(text, "half");
      assert.equal(end, undefined);
      assert.equal(error?.kind, kind);
      assert.equal(error?.retryable, retryable);
      const words = reason === "" || code === 1000 ? undefined : reason.replace("topsecret", "[key]");
      assert.equal(error?.details.providerMessage, words);
    });
  }

  for (const [how, end] of Object.entries<(socket: WebSocket) => void>({
    "a lost connection": (socket) => socket.terminate(),
    "a reset": (socket) => (socket as unknown as { _socket: Socket })._socket.resetAndDestroy(),
    "a frame that is none": (socket) =>
      void (socket as unknown as { _socket: Socket })._socket.write("\x0f\x0f\x0f\x0f"),
  })) {
    it(`by ${how} is no whole answer`, async () => {
      gateway.answer = async (socket) => {
        await send(socket, piece("half"));
        end(socket);
      };
      const { text, error } = await ask();
      assert.equal(text, "half");
      assert.ok(error?.retryable);
      assert.ok(["incomplete", "network", "malformed"].includes(error.kind), error.kind);
    });
  }

  it("after the finish reason has given all of it", async () => {
    gateway.answer = async (socket) => {
      await send(socket, piece("Hi", "stop"));
      socket.terminate();
    };
    assert.equal((await ask()).end?.finishReason, "stop");
  });
});

describe("an answer over a WebSocket", () => {
  for (const [what, message, kind] of [
    ["an error", '{"error":{"message":"Rate limit reached","code":"rate_limit_exceeded"}}', "rate-limited"],
    ["an error by its type", '{"type":"error","message":"Invalid API key"}', "unauthorized"],
    ["an error of the model", '{"error":{"message":"The model x does not exist"}}', "not-found"],
  ] as const) {
    it(`that is ${what} is ${kind}`, async () => {
      gateway.answer = (socket) => send(socket, message);
      const { error } = await ask();
      assert.equal(error?.kind, kind);
      assert.equal(gateway.http.requests.length, 0);
    });
  }

  it("in a message over 32 MB is refused", async () => {
    gateway.answer = (socket) => send(socket, piece("half"), "x".repeat(33 * 1024 * 1024));
    const { error, text } = await ask();
    assert.equal(error?.details.reason, "too-large");
    assert.equal(text, "half");
  });

  it("that never begins, or stalls, is told as such", async () => {
    gateway.answer = () => {};
    assert.equal((await ask({}, { timeouts: { firstToken: 0.2 } })).error?.kind, "first-token-timeout");
    gateway.answer = (socket) => send(socket, piece("half"));
    const { error, text } = await ask({}, { timeouts: { idle: 0.2 } });
    assert.equal(error?.kind, "idle-timeout");
    assert.equal(text, "half");
  });

  it("with nothing but pings is told to bring nothing new", async () => {
    gateway.answer = async (socket) => {
      await send(socket, piece("half"));
      for (let count = 0; count < 8; count++) {
        socket.ping();
        await delay(80);
      }
      await send(socket, piece("", "stop", { done: true }));
    };
    const { notices, end } = await ask({}, { timeouts: { idle: 0.2 } });
    assert.ok(notices.some(({ code }) => code === "content-idle"));
    assert.equal(end?.finishReason, "stop");
  });
});

describe("stopping", () => {
  /** What the person's stop does to an answer: it ends with the reason of the stop, and soon. */
  async function stopped(provider: ReturnType<Asker["provider"]>, ready: () => boolean): Promise<void> {
    const stopper = new AbortController();
    const stream = gather(asker.stream(provider, { signal: stopper.signal }));
    stream.catch(() => {});
    while (!ready()) await delay(5);
    await delay(20);
    const began = performance.now();
    stopper.abort();
    await assert.rejects(stream, (error) => error === stopper.signal.reason);
    assert.ok(performance.now() - began < 1000);
  }
  const provider = (url = gateway.url) => asker.provider(url, { protocol: "websocket" });

  it("while connecting closes the connection", async () => {
    let connections = 0;
    let over: Promise<void> | undefined;
    const silent = createServer((socket) => {
      connections++;
      socket.resume();
      socket.on("error", () => {});
      over = new Promise((resolve) => socket.on("close", () => resolve()));
    });
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as { port: number };
    await stopped(provider(`ws://127.0.0.1:${port}/v1/stream`), () => connections > 0);
    await over;
    await new Promise((resolve) => silent.close(resolve));
  });

  it("during the handshake closes the connection", async () => {
    let over: Promise<void> | undefined;
    gateway.refuse = (socket) => {
      socket.resume();
      over = new Promise((resolve) => socket.on("end", () => resolve()));
    };
    await stopped(provider(), () => over !== undefined);
    await over;
  });

  for (const [phase, messages] of Object.entries({
    "while waiting": [],
    "in the middle": [piece("half")],
    "after the finish reason": [piece("half", "stop")],
  })) {
    it(`${phase} closes the connection, and nothing is asked over HTTP`, async () => {
      let answered = false;
      gateway.answer = async (socket) => {
        await send(socket, ...messages);
        answered = true;
      };
      await stopped(provider(), () => answered);
      await gateway.sockets[0]?.over;
      assert.equal(gateway.http.requests.length, 0);
    });
  }

  it("before it began asks nobody", async () => {
    await assert.rejects(gather(asker.stream(provider(), { signal: AbortSignal.abort() })));
    assert.equal(gateway.http.connections, 0);
  });

  it("of everything at once, as the editor closes, leaves no connection open", async () => {
    const other = new Asker();
    gateway.answer = (socket) => send(socket, piece("half"));
    const answer = gather(other.stream(provider()));
    while (gateway.sockets.length === 0) await delay(5);
    await delay(20);
    await other.close();
    assert.ok((await answer).error);
    await gateway.sockets[0]?.over;
  });

  it("by leaving the loop closes the connection", async () => {
    gateway.answer = (socket) => send(socket, piece("half"));
    for await (const batch of asker.stream(provider())) if (batch.some(({ type }) => type === "text-delta")) break;
    await gateway.sockets[0]?.over;
  });
});
