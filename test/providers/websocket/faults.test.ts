/** What can go wrong with a WebSocket only, beside the faults that all protocols go through: its handshake, its close, its end. */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { freshGateway } from "../../support/fresh.ts";
import { piece, send, withStatus } from "../../support/gateway.ts";
import { long } from "../../support/long.ts";
import { type Answer, Asker, gather } from "../../support/run.ts";
import { countTicks } from "../../support/ticks.ts";

const fresh = freshGateway();

const ask = (options: Parameters<Asker["stream"]>[1] = {}, entry: Record<string, unknown> = {}): Promise<Answer> =>
  gather(fresh.asker.stream(fresh.asker.provider(fresh.gateway.url, { protocol: "websocket", ...entry }), options));

describe("a handshake that is refused", () => {
  it("says so in the server's own words, with its name for the exchange and when to come back", async () => {
    const headers = { "retry-after": "7", "x-request-id": "req-1" };
    fresh.gateway.refuse = withStatus(429, JSON.stringify({ error: { message: "Slow down" } }), headers);
    const { error } = await ask();
    assert.equal(error?.details.providerMessage, "Slow down");
    assert.equal(error.details.requestId, "req-1");
    assert.equal(error.details.seconds, 7);
    assert.equal(fresh.gateway.sockets.length, 0);
  });

  for (const [what, body, kind, words] of [
    ["a page", "<!doctype html><title>Log in</title>", "malformed", "Log in"],
    ["a gateway's page", "<html><title>502 Bad Gateway</title></html>", "overloaded", "502 Bad Gateway"],
    ["an error", '{"error":{"message":"Upstream failed","code":500}}', "reported", "Upstream failed"],
    ["an error of its key", '{"error":{"message":"Who are you?","code":401}}', "unauthorized", "Who are you?"],
    ["some JSON", '{"status":"ok"}', "malformed", undefined],
    ["nothing", "", "malformed", undefined],
  ] as const) {
    it(`with status 200 and ${what} is ${kind}${words === undefined ? "" : ", in the server's own words"}`, async () => {
      fresh.gateway.refuse = withStatus(200, body, { "x-request-id": "req-1" });
      const { error, text } = await ask();
      assert.equal(error?.kind, kind);
      assert.equal(error.details.providerMessage, words);
      assert.equal(error.details.requestId, "req-1");
      assert.equal(text, "");
    });
  }

  it("by a redirect is not followed, not even to the same host", async () => {
    const redirect = withStatus(307, "", { location: "/v1/elsewhere?token=topsecret" });
    let handshakes = 0;
    fresh.gateway.refuse = (socket) => {
      handshakes++;
      redirect(socket);
    };
    const { error } = await ask({ apiKey: "topsecret" });
    assert.equal(error?.details.reason, "redirect");
    assert.doesNotMatch(error?.message ?? "", /topsecret/);
    assert.equal(handshakes, 1);
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
      fresh.gateway.answer = async (socket) => {
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
});

describe("an answer over a WebSocket", () => {
  for (const [what, message, kind] of [
    ["an error", '{"error":{"message":"Rate limit reached","code":"rate_limit_exceeded"}}', "rate-limited"],
    ["an error by its type", '{"type":"error","message":"Invalid API key"}', "unauthorized"],
    ["an error of the model", '{"error":{"message":"The model x does not exist"}}', "not-found"],
  ] as const) {
    it(`that is ${what} is ${kind}`, async () => {
      fresh.gateway.answer = (socket) => send(socket, message);
      const { error } = await ask();
      assert.equal(error?.kind, kind);
      assert.equal(fresh.gateway.http.requests.length, 0);
    });
  }

  long.it("in a message over 32 MB is refused", async () => {
    fresh.gateway.answer = (socket) => send(socket, piece("half"), "x".repeat(33 * 1024 * 1024));
    const { error, text } = await ask();
    assert.equal(error?.details.reason, "too-large");
    assert.equal(text, "half");
  });

  it("with nothing but pings is told to bring nothing new", async () => {
    fresh.gateway.answer = async (socket) => {
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
    const stream = gather(fresh.asker.stream(provider, { signal: stopper.signal }));
    stream.catch(() => {});
    while (!ready()) await delay(5);
    await delay(20);
    const ticks = countTicks();
    stopper.abort();
    await assert.rejects(stream, (error) => error === stopper.signal.reason);
    assert.ok(ticks() < 200);
  }
  const provider = () => fresh.asker.provider(fresh.gateway.url, { protocol: "websocket" });

  it("after the finish reason closes the connection, and nothing is asked over HTTP", async () => {
    let answered = false;
    fresh.gateway.answer = async (socket) => {
      await send(socket, piece("half", "stop"));
      answered = true;
    };
    await stopped(provider(), () => answered);
    await fresh.gateway.sockets[0]?.over;
    assert.equal(fresh.gateway.http.requests.length, 0);
  });

  it("before it began asks nobody", async () => {
    await assert.rejects(gather(fresh.asker.stream(provider(), { signal: AbortSignal.abort() })));
    assert.equal(fresh.gateway.http.connections, 0);
  });

  it("of everything at once, as the editor closes, leaves no connection open", async () => {
    const other = new Asker();
    fresh.gateway.answer = (socket) => send(socket, piece("half"));
    const answer = gather(other.stream(provider()));
    while (fresh.gateway.sockets.length === 0) await delay(5);
    await delay(20);
    await other.close();
    assert.ok((await answer).error);
    await fresh.gateway.sockets[0]?.over;
  });

  it("by leaving the loop closes the connection", async () => {
    fresh.gateway.answer = (socket) => send(socket, piece("half"));
    for await (const batch of fresh.asker.stream(provider()))
      if (batch.some(({ type }) => type === "text-delta")) break;
    await fresh.gateway.sockets[0]?.over;
  });
});
