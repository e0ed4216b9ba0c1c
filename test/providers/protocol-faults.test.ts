/** What goes wrong between any server and the screen, for every protocol beside chat completions, over real sockets. */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import zlib from "node:zlib";
import { answerEvents } from "../support/protocols.ts";
import { Asker, gather } from "../support/run.ts";
import { type Handler, startServer, type TestServer } from "../support/server.ts";

const texts = ["Hel", "lo ", "안녕 👋"];

/** How many events it takes to say the first two of these texts. */
const untilSecondText = { anthropic: 4, gemini: 2, "openai-responses": 4, ollama: 2, "chat-stream": 3 };

for (const protocol of ["anthropic", "gemini", "openai-responses", "ollama", "chat-stream"] as const) {
  describe(`an answer in the protocol ${protocol}`, () => {
    const events = answerEvents(protocol, texts);
    const whole = events.join("");
    let asker: Asker;
    let server: TestServer;
    let handler: Handler;

    beforeEach(async () => {
      asker = new Asker();
      server = await startServer((request, reply) => handler(request, reply));
    });
    afterEach(async () => {
      await asker.close();
      await server.close();
    });

    const ask = (options: Parameters<Asker["ask"]>[1] = {}) =>
      asker.ask(server.url, { ...options, entry: { protocol, ...options.entry } });

    it("is the same in single bytes, compressed, and called by another type", async () => {
      const handlers: Handler[] = [
        async (_request, reply) => {
          for (const byte of Buffer.from(whole)) await reply.write(Uint8Array.of(byte));
          reply.end();
        },
        (_request, reply) => {
          reply.head(200, { "content-type": "text/event-stream", "content-encoding": "gzip" });
          reply.end(zlib.gzipSync(whole));
        },
        (_request, reply) => {
          reply.head(200, { "content-type": "application/json", "retry-after": "30" });
          reply.end(`\ufeff: ping\n\nretry: 5\nid: 1\n\n${whole}`);
        },
      ];
      for (handler of handlers) {
        const answer = await ask();
        assert.equal(answer.text, "Hello 안녕 👋");
        // A backend's total is no count of the input.
        const input = protocol === "chat-stream" ? {} : { inputTokens: 3 };
        assert.deepEqual(answer.usage, { ...input, outputTokens: 4 });
        assert.equal(answer.end?.finishReason, "stop");
        assert.deepEqual(answer.notices, []);
      }
    });

    for (const [how, end] of Object.entries({
      reset: (reply: Parameters<Handler>[1]) => reply.reset(),
      closed: (reply: Parameters<Handler>[1]) => reply.finish(),
      ended: (reply: Parameters<Handler>[1]) => reply.end(),
    })) {
      it(`is incomplete when the connection is ${how} in its middle`, async () => {
        handler = async (_request, reply) => {
          for (const piece of events.slice(0, untilSecondText[protocol])) await reply.write(piece);
          await reply.wait(20);
          end(reply);
        };
        const answer = await ask();
        assert.equal(answer.text, "Hello ");
        assert.equal(answer.end, undefined);
        assert.ok(answer.error?.kind === "incomplete" || answer.error?.kind === "network");
      });
    }

    it("ends although the server keeps the connection open", async () => {
      handler = async (_request, reply) => {
        await reply.write(whole);
        await reply.stall();
      };
      const began = performance.now();
      const answer = await ask();
      assert.equal(answer.end?.finishReason, "stop");
      assert.ok(performance.now() - began < 3500);
    });

    it("that stalls is told as such", async () => {
      handler = async (_request, reply) => {
        await reply.write(events.slice(0, 3).join(""));
        await reply.stall();
      };
      const answer = await ask({ entry: { timeouts: { idle: 0.2 } } });
      assert.equal(answer.error?.kind, "idle-timeout");
      assert.ok(texts.join("").startsWith(answer.text) && answer.text !== "");
    });

    it("stops at once when the person stops it", async () => {
      handler = async (_request, reply) => {
        await reply.write(events.slice(0, 3).join(""));
        await reply.stall();
      };
      const stopper = new AbortController();
      const stream = gather(asker.stream(asker.provider(server.url, { protocol }), { signal: stopper.signal }));
      while (server.requests.length === 0) await delay(5);
      await delay(30);
      stopper.abort();
      await assert.rejects(stream, (error) => error === stopper.signal.reason);
      await server.requests[0]!.over;
      assert.equal(server.requests[0]!.abandoned, true);
    });

    for (const [what, body, kind] of [
      ["a web page", "<!doctype html><title>Login</title>", "malformed"],
      ["nothing", "", "incomplete"],
      ["comments only", ": ping\n\n: ping\n\n", "incomplete"],
      ["garbage", "data: {oops\n\n", "malformed"],
      ["an error in JSON", '{\n "error": {"message": "no", "type": "x"}\n}', "reported"],
    ] as const) {
      // Where tokens are sent as they are, nothing is garbage.
      if (what === "garbage" && protocol === "chat-stream") continue;
      it(`that is ${what} is ${kind}`, async () => {
        handler = (_request, reply) => reply.end(body);
        const answer = await ask();
        assert.equal(answer.error?.kind, kind);
        assert.equal(answer.text, "");
      });
    }

    it("in one piece over 32 MB is refused", async () => {
      handler = async (_request, reply) => {
        reply.head(200, { "content-type": "text/event-stream" });
        for (let size = 0; size < 34 && !reply.gone; size++) await reply.write("data: ".padEnd(1024 * 1024, "x"));
        reply.end();
      };
      assert.equal((await ask()).error?.details.reason, "too-large");
    });

    it("is not followed to another origin", async () => {
      const other = await startServer((_request, reply) => reply.end(whole));
      handler = (_request, reply) => {
        reply.head(307, { location: `${other.url}/v1/messages` });
        reply.end();
      };
      const answer = await ask({ apiKey: "topsecret" });
      assert.equal(answer.error?.details.reason, "redirect");
      assert.equal(other.connections, 0);
      await other.close();
    });

    for (const [status, kind] of [
      [400, "bad-request"],
      [401, "unauthorized"],
      [402, "no-credit"],
      [403, "unauthorized"],
      [404, "not-found"],
      [413, "context-too-long"],
      [429, "rate-limited"],
      [500, "reported"],
      [503, "overloaded"],
      [529, "overloaded"],
    ] as const) {
      it(`with status ${status} is ${kind}`, async () => {
        handler = (_request, reply) => {
          reply.head(status, { "request-id": "req-1" });
          reply.end(JSON.stringify({ type: "error", error: { message: "some words" } }));
        };
        const { error } = await ask({ apiKey: "topsecret" });
        assert.equal(error?.kind, kind);
        assert.equal(error?.details.requestId, "req-1");
        assert.equal(error?.details.providerMessage, "some words");
        assert.equal(server.requests.length, 1);
      });
    }
  });
}

describe("what Google, Anthropic and Ollama say of a refusal", () => {
  const table: [
    who: "anthropic" | "gemini" | "ollama",
    status: number,
    message: string,
    kind: string,
    reason?: string,
  ][] = [
    ["anthropic", 400, "prompt is too long: 210000 tokens > 200000 maximum", "context-too-long"],
    ["anthropic", 400, "Your credit balance is too low to access the Anthropic API.", "no-credit"],
    ["anthropic", 404, "model: claude-nope", "not-found"],
    ["anthropic", 401, "invalid x-api-key", "unauthorized"],
    ["gemini", 400, "API key not valid. Please pass a valid API key.", "unauthorized"],
    [
      "gemini",
      400,
      "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
      "context-too-long",
    ],
    [
      "gemini",
      404,
      "models/gemini-2.9 is not found for API version v1beta, or is not supported for generateContent.",
      "not-found",
      "model-not-found",
    ],
    ["ollama", 404, "model 'llama3.2:3b' not found", "not-found", "model-not-found"],
    ["ollama", 404, 'model "qwen2.5-coder" not found, try pulling it first', "not-found", "model-not-found"],
    ["ollama", 400, "the input length exceeds the context length", "context-too-long"],
    ["ollama", 503, "server busy, please try again.  maximum pending requests exceeded", "overloaded"],
  ];
  for (const [protocol, status, message, kind, reason] of table) {
    it(`“${message}” is ${kind}`, async () => {
      const asker = new Asker();
      const server = await startServer((_request, reply) => {
        reply.head(status);
        reply.end(JSON.stringify({ error: protocol === "ollama" ? message : { message, code: status } }));
      });
      const { error } = await asker.ask(server.url, { entry: { protocol } });
      await asker.close();
      await server.close();
      assert.equal(error?.kind, kind);
      if (reason !== undefined) assert.equal(error?.details.reason, reason);
    });
  }
});
