/** One event of any size is never worked on in one go: not parsed, not counted, not handed over. */
import assert from "node:assert/strict";
import type { StreamEvent } from "../../src/core/events.ts";
import { limits } from "../../src/core/limits.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { textOf, userMessage } from "../../src/core/message.ts";
import { createProvider } from "../../src/providers/create.ts";
import { PartialArguments } from "../../src/providers/gemini/partial-args.ts";
import { OutputItems } from "../../src/providers/openai-responses/items.ts";
import { FrameReader } from "../../src/stream/frames/sse.ts";
import { framesOf } from "../../src/stream/frames/websocket-message.ts";
import { TooLarge } from "../../src/stream/too-large.ts";
import { createTransport } from "../../src/stream/transport/http.ts";
import { chunk, done } from "../support/chat.ts";
import { created } from "../support/responses.ts";
import { configure } from "../support/run.ts";
import { startServer } from "../support/server.ts";
import { Turns } from "../support/turns.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function serve(body: string): Promise<string> {
  const server = await startServer((_request, reply) => {
    reply.head(200, { "content-type": "text/event-stream" });
    reply.end(body);
  });
  closing.push(() => server.close());
  return `${server.url}/v1`;
}

/** The arrays that a provider hands over, what a turn over it ends in, and the longest text that was parsed in one go. */
async function read(body: string, protocol = "openai-chat") {
  const baseUrl = await serve(body);
  const transport = createTransport({ logger: silentLogger });
  const turns = new Turns();
  closing.push(
    () => transport.close(),
    () => turns.close(),
  );
  const parse = JSON.parse;
  let longest = 0;
  JSON.parse = (text: string, ...rest) => {
    longest = Math.max(longest, text.length);
    return parse(text, ...rest);
  };
  try {
    const arrays: (readonly StreamEvent[])[] = [];
    const provider = createProvider(configure({ baseUrl, protocol }));
    const { signal } = new AbortController();
    const request = { model: "m", messages: [userMessage("Hi")] };
    try {
      for await (const events of provider.stream(request, { signal, transport, logger: silentLogger }))
        arrays.push(events);
    } catch {
      // What it is, the turn says.
    }
    const { outcome } = await turns.run({ entry: { protocol, baseUrl } });
    return { arrays, outcome, longest };
  } finally {
    JSON.parse = parse;
  }
}

const weight = (events: readonly StreamEvent[]) =>
  events.reduce((sum, event) => {
    if (event.type === "text-delta" || event.type === "thinking-delta") return sum + event.text.length;
    return sum + (event.type === "tool-call-delta" ? event.arguments.length : 0);
  }, 0);

const mega = 1024 * 1024;
const end = chunk({}, { finish_reason: "stop" }) + done;
const call = (index: number, source: unknown) => ({
  index,
  id: `c${index}`,
  function: { name: "f", arguments: source },
});
const completed = (output: unknown) =>
  `${created()}data: ${JSON.stringify({ type: "response.completed", response: { status: "completed", output } })}\n\n`;
const message = (text: string) => ({ type: "message", content: [{ type: "output_text", text }] });

describe("one large event", () => {
  const bodies: Record<string, { body: string; protocol?: string; text?: string; limit?: string }> = {
    "of text": { body: chunk({ content: "x".repeat(7 * mega) }) + end, text: "x".repeat(7 * mega) },
    "of text with escapes": { body: chunk({ content: 'x"\n'.repeat(mega) }) + end, text: 'x"\n'.repeat(mega) },
    "of Hangul": { body: chunk({ content: "가".repeat(3 * mega) }) + end, text: "가".repeat(3 * mega) },
    "of thinking": {
      body: chunk({ reasoning_content: "x".repeat(7 * mega) }) + chunk({ content: "Hi" }) + end,
      text: "Hi",
    },
    "with an image beside its text": {
      protocol: "gemini",
      body: `data: ${JSON.stringify({
        candidates: [
          {
            content: { parts: [{ inlineData: { mimeType: "image/png", data: "A".repeat(7 * mega) } }, { text: "Hi" }] },
            finishReason: "STOP",
          },
        ],
      })}\n\n`,
      text: "Hi",
    },
    "that says a whole response": {
      protocol: "openai-responses",
      body: completed([message("x".repeat(7 * mega))]),
      text: "x".repeat(7 * mega),
    },
    "of 20,000 pieces": {
      body: chunk({ content: Array.from({ length: 20_000 }, () => ({ type: "text", text: "x" })) }) + end,
      text: "x".repeat(20_000),
    },
    "of 20,000 documents": {
      body: `data: ${chunk({ content: "x" }).slice(6).trim().repeat(19_999)}\n\n${end}`,
      text: "x".repeat(19_999),
    },
    "of too many calls": {
      body: chunk({ tool_calls: Array.from({ length: 10_000 }, (_, index) => call(index, "{}")) }) + end,
      limit: "toolCalls",
    },
    "of calls with too much": {
      body: chunk({ tool_calls: [0, 1, 2].map((index) => call(index, `{"a":"${"x".repeat(mega)}"}`)) }) + end,
      limit: "toolArguments",
    },
    "of one call with too much": {
      body: chunk({ tool_calls: [call(0, `{"a":"${"x".repeat(7 * mega)}"}`)] }) + end,
      limit: "toolArguments",
    },
    "of a call whose arguments are an object": {
      body: chunk({ tool_calls: [call(0, { a: "x".repeat(7 * mega) })] }) + end,
      limit: "toolArguments",
    },
    "of a whole response's calls with too much": {
      protocol: "openai-responses",
      body: completed(
        [0, 1, 2].map((at) => ({
          type: "function_call",
          call_id: `c${at}`,
          name: "f",
          arguments: `{"a":"${"x".repeat(mega)}"}`,
        })),
      ),
      limit: "toolArguments",
    },
    "of a whole message's calls with too much": {
      protocol: "anthropic",
      body: `data: ${JSON.stringify({
        type: "message",
        content: [0, 1, 2].map((at) => ({ type: "tool_use", id: `c${at}`, name: "f", input: { a: "x".repeat(mega) } })),
        stop_reason: "end_turn",
      })}\n\n`,
      limit: "toolArguments",
    },
    "of Gemini's calls with too much": {
      protocol: "gemini",
      body: `data: ${JSON.stringify({
        candidates: [
          {
            content: { parts: [0, 1, 2].map(() => ({ functionCall: { name: "f", args: { a: "x".repeat(mega) } } })) },
            finishReason: "STOP",
          },
        ],
      })}\n\n`,
      limit: "toolArguments",
    },
    "of Ollama's calls with too much": {
      protocol: "ollama",
      body: `${JSON.stringify({
        message: {
          role: "assistant",
          content: "",
          tool_calls: [0, 1, 2].map(() => ({ function: { name: "f", arguments: { a: "x".repeat(mega) } } })),
        },
        done: true,
      })}\n`,
      limit: "toolArguments",
    },
    "that is broken with NaN in it": {
      body: `${chunk({ content: "Hi" })}data: {"choices":[NaN,"${'\\"'.repeat(3 * mega)}"}\n\n${end}`,
      text: "Hi",
    },
    "that is nothing but NaN": {
      body: `${chunk({ content: "Hi" })}data: {"choices":[${"NaN,".repeat(mega)}}\n\n${end}`,
      text: "Hi",
    },
    "of a million lines": { body: `${chunk({ content: "Hi" })}${"data: x\n".repeat(mega)}\n${end}`, text: "Hi" },
    "with too many values": {
      body: `${chunk({ content: "Hi" })}data: [${"0,".repeat(limits.values)}0]\n\n${end}`,
      text: "Hi",
    },
  };

  for (const [what, { body, protocol, text, limit }] of Object.entries(bodies)) {
    it(`is read step by step: ${what}`, async function (this: Mocha.Context) {
      this.timeout(60_000);
      const { arrays, outcome, longest } = await read(body, protocol);
      assert.ok(longest <= limits.toolArguments, `${longest} characters were parsed in one go`);
      for (const events of arrays) assert.ok(events.length <= 500 && weight(events) <= 70_000, `${events.length}`);
      assert.equal(outcome.error?.details.limit, limit);
      if (text !== undefined) {
        assert.equal(outcome.kind, "completed");
        assert.equal(textOf(outcome.message) === text, true);
      }
    });
  }
});

describe("what nobody is told of", () => {
  const big = "x".repeat(100_000);

  it("is counted, and the call it may belong to is not whole: pieces before their call", () => {
    const items = new OutputItems(() => "made");
    const out: StreamEvent[] = [];
    for (let count = 0; count < 90; count++) items.argue({ index: 1 }, big, out);
    items.close({ index: 0 }, { type: "function_call", call_id: "a", name: "f", arguments: "{}" }, out);
    items.open(1, { type: "function_call", call_id: "b", name: "g" }, out);
    const kept = weight(out.filter((event) => event.type === "tool-call-delta" && event.id === "b"));
    assert.ok(kept <= limits.toolArguments, `${kept}`);
    items.endCalls("whole", out);
    const ends = out.filter((event) => event.type === "tool-call-end");
    assert.deepEqual(
      ends.map(({ id, complete }) => [id, complete]),
      [
        ["b", false],
        ["a", false],
      ],
    );
  });

  it("is counted, and its call is not whole: arguments that each name their place", () => {
    const call = new PartialArguments();
    for (let count = 0; count < 30; count++) call.push([{ jsonPath: "$.a", stringValue: big, willContinue: true }]);
    assert.equal(call.broken, true);
    assert.ok(call.toJson().length <= limits.toolArguments);
  });

  it("is counted anew for a call whose own end says its arguments", () => {
    const items = new OutputItems(() => "made");
    const source = JSON.stringify({ a: "x".repeat(limits.toolArguments * 0.7) });
    const out: StreamEvent[] = [];
    items.open(0, { type: "function_call", call_id: "a", name: "f" }, out);
    items.argue({ index: 0 }, source, out);
    items.close({ index: 0 }, { type: "function_call", call_id: "a", name: "f", arguments: source }, out);
    items.endCalls("whole", out);
    assert.deepEqual(
      out.flatMap((event) => (event.type === "tool-call-end" ? [event.complete] : [])),
      [true],
    );
  });
});

describe("lines that an event is made of", () => {
  it("are too many where the fields under its data go on", () => {
    const reader = new FrameReader();
    reader.push(Buffer.from("data: {}\n"));
    assert.throws(() => {
      for (let count = 0; count < 20; count++) reader.push(Buffer.from("id: 1\n".repeat(2000)));
    }, TooLarge);
  });

  it("are too many in one WebSocket message", () => {
    assert.equal(framesOf("data: x\n".repeat(1000)).length, 1000);
    assert.throws(() => framesOf(`x${"\r\n".repeat(100_000)}x`), TooLarge);
    assert.throws(() => framesOf("{}\n".repeat(100_000)), TooLarge);
  });

  it("take twice the room where a character takes two bytes", () => {
    const feed = (sign: string, size: number) => {
      const reader = new FrameReader();
      reader.push(Buffer.from("data: "));
      for (let at = 0; at < size; at += 1000) reader.push(Buffer.from(sign.repeat(1000)));
    };
    feed("x", limits.event * 0.9);
    feed("가", limits.event * 0.45);
    assert.throws(() => feed("가", limits.event * 0.6), TooLarge);
  });
});
