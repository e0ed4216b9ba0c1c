/** A backend as teams publish it, over real sockets: its three answers, and how each of them ends or does not. */
import assert from "node:assert/strict";
import { event } from "../../support/chat.ts";
import { freshServer } from "../../support/fresh.ts";
import type { Asker } from "../../support/run.ts";
import type { Handler, Reply } from "../../support/server.ts";

const texts = ["Hel", "lo ", "안녕 👋\n"];

/** The published endpoint with its three ways to answer. */
const answers: { [variant: string]: Handler } = {
  "JSON events": async (_request, reply) => {
    reply.head(200, { "content-type": "text/event-stream", "x-accel-buffering": "no" });
    await reply.write(event({ type: "ttft", value: 12.5 }));
    for (const value of texts) await reply.write(event({ type: "token", value }));
    reply.end(event({ type: "done", total_tokens: 3, total_time_ms: 80 }));
  },
  "plain text": async (_request, reply) => {
    reply.head(200, { "content-type": "text/plain; charset=utf-8" });
    for (const byte of Buffer.from(texts.join(""))) await reply.write(Uint8Array.of(byte));
    reply.end();
  },
  "named tokens": async (_request, reply) => {
    reply.head(200, { "content-type": "text/event-stream" });
    for (const text of texts) await reply.write(`event: message\ndata: ${text.replaceAll("\n", "\ndata: ")}\n\n`);
    reply.end();
  },
};

describe("a backend", () => {
  const fresh = freshServer();

  const ask = (options: Parameters<Asker["ask"]>[1] = {}) =>
    fresh.asker.ask(fresh.server.url, { ...options, entry: { protocol: "chat-stream", ...options.entry } });

  for (const [variant, answering] of Object.entries(answers)) {
    it(`answers in ${variant}`, async () => {
      fresh.handler = answering;
      const answer = await ask({ system: "Be brief", temperature: 0.2, maxOutputTokens: 64, model: "deepseek-chat" });
      assert.equal(answer.text, "Hello 안녕 👋\n");
      assert.deepEqual(answer.end, { type: "end", finishReason: "stop" });
      assert.deepEqual(answer.notices, []);
      const { path, json } = fresh.server.requests[0]!;
      assert.equal(path, "/v1/chat/stream");
      assert.deepEqual(json, {
        message: "Hello",
        system_prompt: "Be brief",
        temperature: 0.2,
        max_tokens: 64,
        model: "deepseek-chat",
      });
    });
  }

  const head = (type: string, more = "") => `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\n${more}\r\n`;
  /** The start of an answer in raw bytes, and what is to come of it. */
  const endings: [what: string, script: (reply: Reply) => void, kind: "whole" | "incomplete" | "network"][] = [
    [
      "text of the length it was said to have",
      (reply) => reply.raw(`${head("text/plain", "content-length: 5\r\n")}Hello`),
      "whole",
    ],
    [
      "text that is shorter",
      (reply) => {
        reply.raw(`${head("text/plain", "content-length: 50\r\n")}Hello`);
        reply.finish();
      },
      "network",
    ],
    [
      "chunks that end",
      (reply) => reply.raw(`${head("text/plain", "transfer-encoding: chunked\r\n")}5\r\nHello\r\n0\r\n\r\n`),
      "whole",
    ],
    [
      "chunks that do not",
      (reply) => {
        reply.raw(`${head("text/plain", "transfer-encoding: chunked\r\n")}5\r\nHello\r\n`);
        reply.finish();
      },
      "network",
    ],
    [
      "text that ends with its connection",
      (reply) => {
        reply.raw(`${head("text/plain", "connection: close\r\n")}Hello`);
        reply.finish();
      },
      "incomplete",
    ],
    [
      "tokens that end with their connection",
      (reply) => {
        reply.raw(`${head("text/event-stream", "connection: close\r\n")}event: message\ndata: Hello\n\n`);
        reply.finish();
      },
      "incomplete",
    ],
  ];
  for (const [what, script, kind] of endings) {
    it(`that sends ${what} has given ${kind === "whole" ? "a whole" : "no whole"} answer`, async () => {
      fresh.handler = async (_request, reply) => {
        script(reply);
        await reply.stall();
      };
      const answer = await ask();
      assert.equal(answer.text, "Hello");
      assert.equal(answer.error?.kind, kind === "whole" ? undefined : kind);
      assert.equal(answer.end === undefined, kind !== "whole");
    });
  }

  it("that refuses a request says why", async () => {
    fresh.handler = (_request, reply) => {
      reply.head(422, { "content-type": "application/json" });
      reply.end('{"detail":[{"loc":["body","max_tokens"],"msg":"Input should be less than 4096","type":"less_than"}]}');
    };
    const { error } = await ask();
    assert.equal(error?.kind, "bad-request");
    assert.match(error?.details.providerMessage ?? "", /body\.max_tokens: Input should be less than 4096/);
    assert.equal(fresh.server.requests.length, 1);
  });

  it("that answers with a web page is no backend", async () => {
    fresh.handler = (_request, reply) => {
      reply.head(200, { "content-type": "text/html" });
      reply.end("<!doctype html><title>Sign in</title>");
    };
    const { error, text } = await ask();
    assert.equal(error?.details.reason, "html");
    assert.equal(text, "");
  });
});
