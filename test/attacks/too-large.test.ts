/** Whatever goes on without end is ended at a size, said to be so, and what came until then is kept and accounted for. */
import assert from "node:assert/strict";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { limits } from "../../src/core/limits.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { textOf } from "../../src/core/message.ts";
import { parseModels, readModels } from "../../src/providers/provider/models.ts";
import type { ModelInfo } from "../../src/providers/provider/provider.ts";
import { chunk, done, event } from "../support/chat.ts";
import { piece, startGateway } from "../support/gateway.ts";
import { long } from "../support/long.ts";
import { blockDelta, blockStart, messageStart } from "../support/messages.ts";
import { protocols } from "../support/protocols.ts";
import { created, delta, itemAdded } from "../support/responses.ts";
import { Asker } from "../support/run.ts";
import { type Handler, startServer, type TestServer } from "../support/server.ts";
import { Turns } from "../support/turns.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function serve(handler: Handler): Promise<TestServer> {
  const server = await startServer(handler);
  closing.push(() => server.close());
  return server;
}

function newTurns(): Turns {
  const turns = new Turns();
  closing.push(() => turns.close());
  return turns;
}

/** Answers with `begin` and then `piece` over and over, in writes of some 64 KB, until nobody wants more. */
function endless(piece: string | Uint8Array, begin = "", headers: Record<string, string> = {}): Handler {
  return async (_request, reply) => {
    reply.head(200, { "content-type": "text/event-stream", ...headers });
    if (begin !== "") await reply.write(begin);
    const bytes = Buffer.from(piece);
    const block = Buffer.concat(Array(Math.max(1, Math.ceil(65_536 / bytes.length))).fill(bytes));
    while (!reply.gone) await reply.write(block);
  };
}

async function eventually(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400 && !condition(); tries++) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(condition());
}

const most = 100_000;
const text = "an answer 안녕 ";

/** An answer of each protocol that begins well and then repeats one event. */
const streams: Record<string, { begin?: string; repeat: string }> = {
  "openai-chat": { repeat: chunk({ content: text }) },
  "openai-responses": { begin: created() + itemAdded(0, { type: "message", content: [] }), repeat: "" },
  anthropic: {
    begin: messageStart() + blockStart(0, { type: "text", text: "" }),
    repeat: blockDelta(0, { type: "text_delta", text }),
  },
  gemini: { repeat: protocols.gemini.events({ texts: [text] })[0]! },
  ollama: { repeat: protocols.ollama.events({ texts: [text] })[0]! },
  "chat-stream": { repeat: text },
};
streams["openai-responses"]!.repeat = delta("output_text", 0, text);

describe("an answer without end", () => {
  for (const [protocol, { begin = "", repeat }] of Object.entries(streams)) {
    it(`is ended at its size: ${protocol}`, async () => {
      const headers = { "content-type": protocol === "chat-stream" ? "text/plain" : "text/event-stream" };
      const server = await serve(endless(repeat, begin, headers));
      const turns = newTurns();
      const turn = await turns.run({ entry: { protocol, baseUrl: `${server.url}/v1` }, mostCharacters: most });
      const { outcome } = turn;
      assert.equal(outcome.kind, "incomplete");
      assert.equal(outcome.error?.kind, "too-large");
      assert.deepEqual([outcome.error.details.reason, outcome.error.details.limit], ["too-large", "answer"]);
      assert.equal(outcome.error.retryable, false);
      assert.equal(textOf(outcome.message), turn.text);
      assert.ok(turn.text.length <= most && turn.text.length > most - 2, `${turn.text.length}`);
      assert.ok(turn.text.startsWith(text));
      assert.equal(outcome.attempts.length, 1);
      // What came is paid for.
      assert.ok((outcome.usage?.outputTokens ?? 0) > most / 10);
      await eventually(() => server.open === 0);
    });
  }

  it("is ended at its size: websocket", async () => {
    const gateway = await startGateway();
    closing.push(() => gateway.close());
    gateway.answer = async (socket) => {
      while (socket.readyState === 1) await new Promise<void>((resolve) => socket.send(piece(text), () => resolve()));
    };
    const entry = { protocol: "websocket", baseUrl: gateway.url };
    const { outcome } = await newTurns().run({ entry, mostCharacters: most });
    assert.deepEqual([outcome.kind, outcome.error?.kind], ["incomplete", "too-large"]);
  });

  const others: Record<string, { repeat: string; begin?: string; limit: string; kept?: RegExp }> = {
    thinking: { repeat: chunk({ reasoning_content: "hm " }), limit: "answer" },
    "text and thinking together": { repeat: chunk({ reasoning_content: "hm ", content: "ha " }), limit: "answer" },
    "single characters": { repeat: chunk({ content: "x" }), limit: "answer" },
    "a refusal": { repeat: chunk({ refusal: "no " }), limit: "answer" },
    "arguments of a call": {
      begin: chunk({ tool_calls: [{ index: 0, id: "1", function: { name: "f", arguments: "{" } }] }),
      repeat: chunk({ tool_calls: [{ index: 0, function: { arguments: "x".repeat(100) } }] }),
      limit: "answer",
    },
    "calls of tools": {
      repeat: chunk({ tool_calls: [{ id: "", function: { name: "f", arguments: "{}" } }] }),
      limit: "toolCalls",
    },
    "text behind thinking tags": {
      begin: chunk({ content: "<think>" }),
      repeat: chunk({ content: "hm " }),
      limit: "answer",
    },
    "parts of a list": { repeat: chunk({ content: [{ type: "text", text: "a" }] }), limit: "answer" },
    "a signature": { repeat: chunk({ reasoning_details: [{ type: "x", data: "y", text: "z" }] }), limit: "answer" },
  };
  for (const [what, { begin, repeat, limit }] of Object.entries(others)) {
    long.it(`is ended at its size: ${what}`, async () => {
      const server = await serve(endless(repeat, begin));
      const { outcome } = await newTurns().run({ entry: { baseUrl: `${server.url}/v1` }, mostCharacters: most });
      assert.deepEqual(
        [outcome.kind, outcome.error?.kind, outcome.error?.details.limit],
        ["incomplete", "too-large", limit],
      );
      assert.ok(outcome.message.parts.length > 0);
      await eventually(() => server.open === 0);
    });
  }

  it("never ends in half a character", async () => {
    const server = await serve(endless(chunk({ content: "👋" })));
    const { text: shown } = await newTurns().run({ entry: { baseUrl: `${server.url}/v1` }, mostCharacters: 99_999 });
    assert.equal(shown, "👋".repeat(49_999));
  });

  it("is ended sooner where a commit message was due", async () => {
    const server = await serve(endless(chunk({ content: "Mend this and that. " })));
    const { outcome } = await newTurns().run({ entry: { baseUrl: `${server.url}/v1` }, purpose: "commit" });
    assert.equal(outcome.error?.details.limit, "commitMessage");
    assert.equal(textOf(outcome.message).length, limits.commitMessage);
  });

  it("leaves an answer alone that is as long as allowed", async () => {
    const server = await serve(async (_request, reply) => {
      await reply.write(chunk({ content: "x".repeat(most) }) + chunk({}, { finish_reason: "stop" }) + done);
      reply.end();
    });
    const { outcome } = await newTurns().run({ entry: { baseUrl: `${server.url}/v1` }, mostCharacters: most });
    assert.deepEqual([outcome.kind, outcome.error], ["completed", undefined]);
  });

  long.it("is ended at 32 million characters where nothing else is said", async function (this: Mocha.Context) {
    this.timeout(120_000);
    const server = await serve(endless(chunk({ content: "x".repeat(10_000) })));
    const { outcome } = await newTurns().run({ entry: { baseUrl: `${server.url}/v1` } });
    assert.equal(outcome.error?.kind, "too-large");
    assert.equal(textOf(outcome.message).length, limits.answer);
  });
});

describe("a body without output", () => {
  const comments = `: ${"x".repeat(1000)}\n\n`;
  const silent: Record<string, { body: string | Uint8Array; beginning?: string; headers?: Record<string, string> }> = {
    comments: { body: comments },
    "events without text": { body: chunk({ content: "" }) },
    "reports of usage": { body: event({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } }) },
    "choices that nobody asked for": {
      body: event({
        choices: [
          { index: 0, delta: {} },
          { index: 1, delta: { content: "x" } },
        ],
      }),
    },
    "a list of values": { body: '"x",\n', beginning: "[\n" },
    "empty lines": { body: "\n" },
    "fields without a name": { body: "something: else\n" },
    "arguments of a call without a name": {
      body: chunk({ tool_calls: [{ index: 0, function: { arguments: "x".repeat(99) } }] }),
    },
    "what a few bytes blow up to (gzip)": {
      body: gzipSync(comments.repeat(20_000)),
      headers: { "content-encoding": "gzip" },
    },
    "what a few bytes blow up to, twice": {
      body: gzipSync(brotliCompressSync(Buffer.from(comments.repeat(90_000)))),
      headers: { "content-encoding": "br, gzip" },
    },
  };
  for (const [what, { body, beginning = "", headers }] of Object.entries(silent)) {
    long.it(`is not read for ever: ${what}`, async function (this: Mocha.Context) {
      this.timeout(120_000);
      const server = await serve(endless(body, beginning, headers));
      const { outcome } = await newTurns().run({
        entry: { baseUrl: `${server.url}/v1`, timeouts: { firstToken: 60 } },
      });
      assert.equal(outcome.kind, "failed");
      assert.deepEqual([outcome.error?.kind, outcome.error?.details.limit], ["too-large", "silence"]);
      await eventually(() => server.open === 0);
    });
  }
});

describe("a piece that is too large", () => {
  const pieces: Record<string, { handler: Handler; limit: string }> = {
    "an event": { handler: endless("x", "data: "), limit: "event" },
    "an event of many lines": { handler: endless("data: x\n"), limit: "event" },
    "a line of JSON": { handler: endless("x", '{"a":"'), limit: "event" },
    "a value of many lines": { handler: endless('"x",\n', '{"a":[\n'), limit: "event" },
    "an element of a list": { handler: endless('"x",\n', "[\n[\n"), limit: "event" },
    "a name of a field": { handler: endless("x", "data: {}\n\n"), limit: "event" },
    "a head": {
      handler: async (_request, reply) => {
        reply.raw(`HTTP/1.1 200 OK\r\n${`X-A: ${"y".repeat(100)}\r\n`.repeat(400)}\r\n`);
        await reply.stall();
      },
      limit: "head",
    },
    "4,500 encodings": {
      handler: endless("x", "", { "content-encoding": Array(4500).fill("br").join(",") }),
      limit: "encodings",
    },
    "five encodings": {
      handler: endless("x", "", { "content-encoding": "gzip, br, gzip, br, deflate" }),
      limit: "encodings",
    },
  };
  for (const [what, { handler, limit }] of Object.entries(pieces)) {
    const test = /many lines|element/.test(what) ? long.it : it;
    test(`is said to be so: ${what}`, async () => {
      const server = await serve(handler);
      const { outcome } = await newTurns().run({ entry: { baseUrl: `${server.url}/v1` } });
      const { kind, details } = outcome.error!;
      assert.deepEqual([kind, details.reason, details.limit], ["malformed", "too-large", limit]);
      await eventually(() => server.open === 0);
    });
  }

  for (const [what, fin] of [
    ["a message", true],
    ["a message in fragments", false],
  ] as const) {
    long.it(`is said to be so: ${what} of a WebSocket`, async () => {
      const gateway = await startGateway();
      closing.push(() => gateway.close());
      gateway.answer = async (socket) => {
        const data = Buffer.alloc(fin ? limits.event + 1 : 50, "x");
        const send = () => new Promise<void>((resolve) => socket.send(data, { fin }, () => resolve()));
        while (socket.readyState === 1) await send();
      };
      const { outcome } = await newTurns().run({ entry: { protocol: "websocket", baseUrl: gateway.url } });
      const { kind, details } = outcome.error!;
      assert.deepEqual([kind, details.reason, details.limit], ["malformed", "too-large", "event"]);
    });
  }

  for (const [what, data] of Object.entries({
    "nested too deep": `{"choices":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
    "too many values": `{"choices":[${"{},".repeat(300_000)}{}]}`,
    "arguments too deep": JSON.stringify({
      choices: [{ index: 0, delta: { tool_calls: [{ index: 0, function: { name: "f", arguments: 1 } }] } }],
    }).replace('"arguments":1', `"arguments":${"[".repeat(50_000)}${"]".repeat(50_000)}`),
  })) {
    it(`is skipped and told: an event ${what}`, async () => {
      const server = await serve(async (_request, reply) => {
        await reply.write(chunk({ content: "Hi" }) + event(data) + chunk({}, { finish_reason: "stop" }) + done);
        reply.end();
      });
      const turn = await newTurns().run({ entry: { baseUrl: `${server.url}/v1` } });
      assert.deepEqual([turn.outcome.kind, turn.text], ["completed", "Hi"]);
      assert.deepEqual(
        turn.notices.map(({ code }) => code),
        ["malformed-frames"],
      );
    });
  }
});

describe("a list of models", () => {
  const entry = (at: number) => ({ id: `model-${at}`, object: "model", context_length: 1000 + at });
  async function listOf(body: string) {
    const server = await serve((_request, reply) => {
      reply.head(200, { "content-type": "application/json" });
      reply.end(body);
    });
    const asker = new Asker();
    closing.push(() => asker.close());
    return asker.provider(`${server.url}/v1`).listModels({
      signal: new AbortController().signal,
      transport: asker.transport,
      logger: silentLogger,
    });
  }

  it("may be long", async () => {
    const models = await listOf(JSON.stringify({ data: Array.from({ length: 50_000 }, (_, at) => entry(at)) }));
    assert.equal(models.length, 50_000);
    assert.deepEqual(models[49_999], { id: "model-49999", contextWindow: 50_999 });
  });

  for (const [what, body, kind, limit] of [
    [
      "bytes",
      () => JSON.stringify({ data: [{ id: "a", text: "x".repeat(limits.modelList) }] }),
      "too-large",
      "modelList",
    ],
    ["models", () => `[${'"m",'.repeat(limits.models)}"n"]`, "too-large", "models"],
    ["what is no list", () => `{"data":[${'{"id":"a"},'.repeat(50_000)}{"id":]}`, "malformed", undefined],
    ["brackets", () => `{"data":[${"[".repeat(500_000)}`, "malformed", undefined],
  ] as const) {
    const test = what === "bytes" ? long.it : it;
    test(`is refused as a whole when it has too much: ${what}`, async () => {
      const error = await listOf(body()).then(
        () => assert.fail("should have failed"),
        (thrown) => thrown,
      );
      assert.deepEqual([error.kind, error.details.limit], [kind, limit]);
    });
  }

  it("is read in slices to what it is at once", async () => {
    const names = ["data", "models", "publisherModels"];
    const odd = [{ id: 'a "quoted" [name]' }, "plain", { id: "\\" }, { id: "b", list: [[1], { c: "]}" }] }, 7, null];
    const many = Array.from({ length: 4000 }, (_, at) => ({ ...entry(at % 3500), text: '"]}\\,[{'.repeat(3) }));
    for (const name of names) {
      for (const space of [undefined, 1]) {
        const value = { before: { [name]: [1] }, text: `"${name}":[`, [name]: [...odd, ...many], after: [1, 2] };
        const body = JSON.stringify(value, null, space);
        assert.ok(body.length > 128 * 1024);
        assert.deepEqual(await readModels(body, parseModels), parseModels(value[name]));
      }
    }
    assert.deepEqual(await readModels(JSON.stringify(many), parseModels), parseModels(many));
  });

  it("leaves others their turn while it is read, and stops at once", async () => {
    const body = JSON.stringify({ data: Array.from({ length: 100_000 }, (_, at) => entry(at)) });
    let turns = 0;
    let isOver = false;
    const count = (): void => {
      turns++;
      if (!isOver) setTimeout(count, 0);
    };
    count();
    assert.equal(((await readModels(body, parseModels)) as ModelInfo[]).length, 100_000);
    isOver = true;
    assert.ok(turns > 3, `${turns}`);
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 0);
    await assert.rejects(readModels(body, parseModels, abort.signal), { name: "AbortError" });
  });
});
