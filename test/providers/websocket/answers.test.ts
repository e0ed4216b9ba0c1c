/** Answers over a real WebSocket: every way a gateway writes one, and what is sent to it. */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { silentLogger } from "../../../src/core/logger.ts";
import { createTransport } from "../../../src/stream/transport/http.ts";
import { good } from "../../support/certificates.ts";
import { freshGateway } from "../../support/fresh.ts";
import { type Gateway, piece, send, startGateway } from "../../support/gateway.ts";
import { long } from "../../support/long.ts";
import { type Answer, type Asker, gather } from "../../support/run.ts";
import { countTicks } from "../../support/ticks.ts";

const fresh = freshGateway();

const ask = (options: Parameters<Asker["stream"]>[1] = {}, entry: Record<string, unknown> = {}): Promise<Answer> =>
  gather(fresh.asker.stream(fresh.asker.provider(fresh.gateway.url, { protocol: "websocket", ...entry }), options));

/** The number once it stands still. */
async function settled(read: () => number): Promise<number> {
  for (let still = 0, last = -1; ; ) {
    const now = read();
    still = now === last ? still + 1 : 0;
    if (still === 5) return now;
    last = now;
    await delay(20);
  }
}

describe("a question over a WebSocket", () => {
  it("is one message with the model, the texts and what limits the answer", async () => {
    fresh.gateway.answer = (socket) => send(socket, piece("Hi", "stop", { done: true }));
    const answer = await ask({ system: "Be brief", temperature: 0.5, maxOutputTokens: 10, apiKey: "topsecret" });
    assert.equal(answer.text, "Hi");
    const [received] = fresh.gateway.sockets;
    assert.equal(received?.path, "/v1/stream");
    assert.equal(received?.headers.authorization, "Bearer topsecret");
    assert.equal(received?.headers["sec-websocket-extensions"], undefined);
    assert.deepEqual(
      received?.messages.map((text) => JSON.parse(text)),
      [
        {
          model: "test-model",
          messages: [
            { role: "system", content: "Be brief" },
            { role: "user", content: "Hello" },
          ],
          stream: true,
          max_tokens: 10,
          temperature: 0.5,
        },
      ],
    );
  });

  it("takes tools along, and the call comes back whole", async () => {
    fresh.gateway.answer = async (socket) => {
      const call = { index: 0, id: "call_1", function: { name: "look", arguments: '{"at":' } };
      await send(
        socket,
        JSON.stringify({ choices: [{ delta: { tool_calls: [call] } }] }),
        JSON.stringify({ choices: [{ delta: { tool_calls: [{ index: 0, function: { arguments: '"한"}' } }] } }] }),
        JSON.stringify({ choices: [{ delta: {}, finish_reason: "tool_calls" }], done: true }),
      );
    };
    const answer = await ask({ tools: [{ name: "look", parameters: { type: "object" } }] });
    assert.equal(JSON.parse(fresh.gateway.sockets[0]?.messages[0] ?? "").tools[0].function.name, "look");
    assert.deepEqual(answer.tools, [{ id: "call_1", name: "look", arguments: '{"at":"한"}', complete: true }]);
    assert.equal(answer.end?.finishReason, "tool-calls");
  });
});

describe("an answer over a WebSocket", () => {
  const text = "안녕하세요 👩‍👩‍👧‍👦 e\u0301 🇰🇷!";
  const letters = [...text];
  const whole = [...letters.map((letter) => piece(letter)), piece("", "stop")];

  const ways: Record<string, (socket: Gateway["sockets"][number]["socket"]) => void | Promise<void>> = {
    "chunks and done": (socket) => send(socket, ...letters.map((letter) => piece(letter)), '{"done":true}'),
    "chunks and [DONE]": (socket) => send(socket, ...whole, "[DONE]"),
    "lines of server-sent events": (socket) =>
      send(socket, ...whole.map((each) => `data: ${each}\n\n`), "data: [DONE]\n\n"),
    "several chunks in a message": (socket) => send(socket, whole.join("\n"), "[DONE]"),
    "several events in a message": (socket) =>
      send(socket, whole.map((each) => `data: ${each}`).join("\r\n"), "data: [DONE]"),
    "chunks over several lines": (socket) =>
      send(socket, ...whole.map((each) => JSON.stringify(JSON.parse(each), undefined, 2)), "[DONE]"),
    "binary messages": (socket) => send(socket, ...whole.map((each) => Buffer.from(each)), "[DONE]"),
    "binary messages in fragments of a byte": (socket) => {
      for (const each of whole) {
        const bytes = Buffer.from(each);
        for (const [index, byte] of bytes.entries()) {
          socket.send(Uint8Array.of(byte), { binary: true, fin: index === bytes.length - 1 });
          if (index % 7 === 0) socket.ping();
        }
      }
      socket.send("[DONE]");
    },
    "text messages in fragments": (socket) => {
      for (const each of whole) {
        const bytes = Buffer.from(each);
        socket.send(bytes.subarray(0, 45), { binary: false, fin: false });
        socket.send(bytes.subarray(45), { binary: false, fin: true });
      }
      socket.send("[DONE]");
    },
    "all of it in one write": (socket) => {
      for (const each of [...whole, "[DONE]"]) socket.send(each);
    },
  };
  for (const [how, answer] of Object.entries(ways)) {
    it(`is the same as ${how}`, async () => {
      fresh.gateway.answer = answer;
      const { text: shown, end, notices, error } = await ask();
      assert.equal(error, undefined);
      assert.equal(shown, text);
      // "done: true" gives no reason, and none is made up.
      assert.equal(end?.finishReason, how === "chunks and done" ? "other" : "stop");
      assert.deepEqual(notices, []);
    });
  }

  it("with bytes that are no UTF-8 is read as far as it goes", async () => {
    const broken = Buffer.from(piece("a#b", "stop", { done: true }));
    broken[broken.indexOf("#")] = 0xff;
    fresh.gateway.answer = (socket) => socket.send(broken, { binary: false });
    assert.equal((await ask()).text, "a\ufffdb");
  });

  it("comes letter by letter", async () => {
    let go = () => {};
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    fresh.gateway.answer = async (socket) => {
      await send(socket, piece("first"));
      await held;
      await send(socket, piece("last", "stop", { done: true }));
    };
    let shown = "";
    for await (const batch of fresh.asker.stream(fresh.asker.provider(fresh.gateway.url, { protocol: "websocket" }))) {
      for (const event of batch) if (event.type === "text-delta") shown += event.text;
      if (shown === "first") go();
    }
    assert.equal(shown, "firstlast");
  });

  it("closes properly and shows nothing that comes after its end", async () => {
    fresh.gateway.answer = (socket) => send(socket, piece("Hi", "stop", { done: true }), piece(" and more"));
    assert.equal((await ask()).text, "Hi");
    assert.equal(await fresh.gateway.sockets[0]?.over, 1000);
  });

  long.it("waits two seconds for its usage after the finish reason, and no longer", async () => {
    fresh.gateway.answer = (socket) => send(socket, piece("Hi", "stop"));
    const began = performance.now();
    const ticks = countTicks();
    const quiet = await ask();
    assert.ok(ticks() < 800);
    assert.equal(quiet.end?.finishReason, "stop");
    assert.ok(performance.now() - began > 1500, "a wait is never shorter than it says");
    assert.equal(await fresh.gateway.sockets[0]?.over, 1000);

    const usage = { prompt_tokens: 3, completion_tokens: 4 };
    fresh.gateway.answer = (socket) =>
      send(socket, piece("Hi", "stop"), JSON.stringify({ choices: [], usage }), "[DONE]");
    assert.deepEqual((await ask()).usage, { inputTokens: 3, outputTokens: 4 });
  });

  it("is kept alive by pings, which are answered", async () => {
    const pongs: string[] = [];
    fresh.gateway.answer = async (socket) => {
      socket.on("pong", (data) => pongs.push(data.toString()));
      for (let count = 0; count < 8; count++) {
        socket.ping(`p${count}`);
        await delay(50);
      }
      await send(socket, piece("Hi", "stop", { done: true }));
    };
    const answer = await ask({}, { timeouts: { firstToken: 0.3, idle: 0.3 } });
    assert.equal(answer.text, "Hi");
    assert.ok(pongs.includes("p0") && pongs.includes("p7"));
  });

  it("goes past what is no JSON, with a notice, and past greetings, without", async () => {
    fresh.gateway.answer = (socket) =>
      send(
        socket,
        '{"type":"ready","message":"Welcome"}',
        piece("a"),
        "hello: world",
        piece("b", "stop", { done: true }),
      );
    const { text: shown, notices } = await ask();
    assert.equal(shown, "ab");
    assert.deepEqual(notices, [{ type: "notice", code: "malformed-frames", count: 1 }]);
  });

  long.it("that is long and read slowly holds the server back, and nothing is lost", async () => {
    const long = "가나다라".repeat(4000);
    const count = 300;
    fresh.gateway.answer = (socket) => {
      for (let sent = 0; sent < count; sent++) socket.send(piece(long));
      socket.send(piece("", "stop", { done: true }));
    };
    let length = 0;
    let held: number | undefined;
    for await (const batch of fresh.asker.stream(fresh.asker.provider(fresh.gateway.url, { protocol: "websocket" }))) {
      for (const event of batch) if (event.type === "text-delta") length += event.text.length;
      // While nobody reads, what the network does not hold stays with the server.
      held ??= await settled(() => fresh.gateway.sockets[0]!.socket.bufferedAmount);
    }
    assert.equal(length, count * long.length);
    assert.ok(held! > 1024 * 1024, String(held));
  });

  describe("whose end is told otherwise", () => {
    it("ends at the finish reason", async () => {
      fresh.gateway.answer = (socket) => send(socket, piece("Hi", "stop"));
      const ticks = countTicks();
      assert.equal((await ask({}, { websocket: { end: "finish-reason" } })).end?.finishReason, "stop");
      assert.ok(ticks() < 300);
    });

    it("ends at the close", async () => {
      fresh.gateway.answer = async (socket) => {
        await send(socket, piece("Hi"));
        socket.close(1000);
      };
      const answer = await ask({}, { websocket: { end: "close" } });
      assert.equal(answer.end?.finishReason, "other");
      assert.equal((await ask()).error?.kind, "incomplete");
    });

    it("does not end at the close of a server in trouble", async () => {
      fresh.gateway.answer = async (socket) => {
        await send(socket, piece("Hi"));
        socket.close(1011);
      };
      assert.equal((await ask({}, { websocket: { end: "close" } })).error?.kind, "incomplete");
    });

    long.it("ends at done only, however long that takes after the finish reason", async () => {
      fresh.gateway.answer = async (socket) => {
        await send(socket, piece("Hi", "length"));
        await delay(2300);
        await send(socket, JSON.stringify({ done: true, usage: { prompt_tokens: 1, completion_tokens: 2 } }));
      };
      const answer = await ask({}, { websocket: { end: "done" } });
      assert.equal(answer.end?.finishReason, "length");
      assert.deepEqual(answer.usage, { inputTokens: 1, outputTokens: 2 });
    });
  });
});

describe("a WebSocket over TLS", () => {
  it("trusts what the transport trusts, and falls back with the same trust", async () => {
    const secure = await startGateway({ tls: good });
    const transport = createTransport({ logger: silentLogger, certificates: [good.cert] });
    try {
      secure.answer = (socket) => send(socket, piece("안녕", "stop", { done: true }));
      const provider = fresh.asker.provider(secure.url, { protocol: "websocket" });
      const signal = new AbortController().signal;
      const request = { model: "m", messages: [] };
      const answer = await gather(provider.stream(request, { signal, transport, logger: silentLogger }));
      assert.equal(answer.text, "안녕");
      const untrusting = await gather(fresh.asker.stream(provider));
      assert.equal(untrusting.error?.kind, "tls");
      assert.equal(secure.http.requests.length, 0);
    } finally {
      await transport.close();
      await secure.close();
    }
  });
});
