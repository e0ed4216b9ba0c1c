/** What one streamed event costs from socket to event in each protocol, over HTTP and a WebSocket, beside the bare tools and the `openai` client. */
import { type ChildProcess, fork } from "node:child_process";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createParser } from "eventsource-parser";
import OpenAI from "openai";
import { Agent, request as undiciRequest } from "undici";
import { WebSocket, WebSocketServer } from "ws";
import { silentLogger } from "../../src/core/logger.ts";
import { userMessage } from "../../src/core/message.ts";
import { createProvider } from "../../src/providers/create.ts";
import { createTransport } from "../../src/stream/transport/http.ts";
import { configure } from "../support/run.ts";

const events = 20_000;
const rounds = Number(process.env.ROUNDS ?? 11);

const chunk = (content: string): Record<string, unknown> => ({
  id: "chatcmpl-abcdefghijklmnopqrstuvwxyz",
  object: "chat.completion.chunk",
  created: 1763600000,
  model: "test-model",
  system_fingerprint: "fp_0123456789",
  choices: [{ index: 0, delta: { content }, logprobs: null, finish_reason: null }],
});
const lastChunk = { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] };
const usageMetadata = (count: number) => ({
  promptTokenCount: 9,
  candidatesTokenCount: count,
  totalTokenCount: 9 + count,
});

const chat = {
  path: "/v1/chat/completions",
  type: "text/event-stream",
  event: (content, _index) => sse(chunk(content)),
  ending: `${sse(lastChunk)}data: [DONE]\n\n`,
  text: ({ choices }) => choices[0]?.delta?.content,
} satisfies Contest;

/** How each protocol says a text, and how the reference finds it. */
const protocols = {
  "openai-chat": { ...chat, base: "/v1" },
  // Measured against the same events over HTTP.
  websocket: { ...chat, base: "/v1/stream" },
  "openai-responses": {
    base: "/v1",
    path: "/v1/responses",
    type: "text/event-stream",
    event: (delta, index) => {
      const type = "response.output_text.delta";
      const item_id = "msg_abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmn";
      const place = { item_id, output_index: 0, content_index: 0 };
      return `event: ${type}\n${sse({ type, sequence_number: index + 4, ...place, delta, logprobs: [] })}`;
    },
    ending: `event: response.completed\n${sse({ type: "response.completed", response: { status: "completed" } })}`,
    text: ({ delta }) => delta,
  },
  anthropic: {
    path: "/v1/messages",
    type: "text/event-stream",
    event: (text, index) => {
      const opening =
        index === 0 ? sse({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }) : "";
      const type = "content_block_delta";
      return `${opening}event: ${type}\n${sse({ type, index: 0, delta: { type: "text_delta", text } })}`;
    },
    ending: `${sse({ type: "message_delta", delta: { stop_reason: "end_turn" } })}${sse({ type: "message_stop" })}`,
    text: ({ delta }) => delta?.text,
  },
  gemini: {
    path: "/v1beta/models/test-model:streamGenerateContent?alt=sse",
    type: "text/event-stream",
    event: (text, index) => {
      const candidates = [{ content: { parts: [{ text }], role: "model" }, index: 0 }];
      return `data: ${JSON.stringify({ candidates, usageMetadata: usageMetadata(index), modelVersion: "test-model" })}\r\n\r\n`;
    },
    ending: `data: ${JSON.stringify({ candidates: [{ content: { parts: [] }, finishReason: "STOP" }] })}\r\n\r\n`,
    text: ({ candidates }) => candidates[0]?.content?.parts[0]?.text,
  },
  ollama: {
    path: "/api/chat",
    type: "application/x-ndjson",
    event: (content, index) => {
      const created_at = `2026-11-01T10:00:00.${100_000_000 + index * 7}Z`;
      return `${JSON.stringify({ model: "test-model", created_at, message: { role: "assistant", content }, done: false })}\n`;
    },
    ending: `${JSON.stringify({ message: { role: "assistant", content: "" }, done: true, done_reason: "stop" })}\n`,
    text: ({ message }) => message.content,
  },
  "chat-stream": {
    path: "/chat/stream",
    type: "text/event-stream",
    event: (value, _index) => sse({ type: "token", value }),
    ending: sse({ type: "done", total_tokens: events, total_time_ms: 1000 }),
    text: ({ value }) => value,
  },
} satisfies Record<string, Contest>;

interface Contest {
  /** What of the path belongs to the base URL. */
  base?: string;
  path: string;
  type: string;
  event(text: string, index: number): string;
  ending: string;
  text(value: ReturnType<typeof JSON.parse>): string | undefined;
}

type Name = keyof typeof protocols;

function word(index: number): string {
  return `t${String(index % 1000).padStart(3, "0")}`;
}

function sse(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

if (process.argv.includes("--server")) serve();
else await measure();

/** Streams the events of the path, one per write, to whoever asks. */
function serve(): void {
  const server = createServer((incoming, response) => {
    incoming.resume();
    incoming.on("end", async () => {
      const { type, event, ending }: Contest = Object.values(protocols).find(({ path }) => path === incoming.url)!;
      response.socket?.setNoDelay(true);
      response.writeHead(200, { "content-type": type });
      for (let index = 0; index < events; index++) {
        const free = response.write(event(word(index), index));
        if (!free) await new Promise((resolve) => response.once("drain", resolve));
      }
      response.end(ending);
    });
  });
  new WebSocketServer({ server }).on("connection", (socket, { socket: connection }) => {
    socket.on("message", async () => {
      // Node joins what is written over HTTP within one turn of the event loop; so that both send alike, this does too.
      for (let index = 0; index < events; index++) {
        if (connection.writableCorked === 0) connection.cork();
        socket.send(JSON.stringify(chunk(word(index))));
        if (!connection.writableNeedDrain) continue;
        connection.uncork();
        if (connection.writableNeedDrain) await new Promise((resolve) => connection.once("drain", resolve));
      }
      socket.send(JSON.stringify(lastChunk));
      socket.send("[DONE]");
      connection.uncork();
    });
  });
  server.listen(0, "127.0.0.1", () => process.send?.((server.address() as { port: number }).port));
}

async function measure(): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url), ["--server"], { execArgv: [] });
  const port = await new Promise<number>((resolve) => child.once("message", (value) => resolve(value as number)));
  try {
    for (const name of Object.keys(protocols) as Name[]) console.log(JSON.stringify(await compare(name, port)));
  } finally {
    await stop(child);
  }
}

async function compare(name: Name, port: number): Promise<Record<string, unknown>> {
  const url = `http://127.0.0.1:${port}`;
  const contenders: Record<string, () => Promise<number>> = {
    ours: ours(name, url),
    reference: reference(name, url),
    ...(name === "openai-chat" ? { openai: openai(`${url}/v1`) } : {}),
    ...(name === "websocket" ? { ws: bareSocket(`${socketUrl(url)}/v1/stream`) } : {}),
  };
  const cpu = Object.fromEntries(Object.keys(contenders).map((contender) => [contender, [] as number[]]));
  const wall: typeof cpu = structuredClone(cpu);
  setFlagsFromString("--expose-gc");
  const collectGarbage: () => void = runInNewContext("gc");
  for (let round = -3; round < rounds; round++) {
    const order = Object.entries(contenders);
    if (round % 2 !== 0) order.reverse();
    for (const [contender, run] of order) {
      // Nobody pays for what another left behind.
      collectGarbage();
      const before = process.cpuUsage();
      const began = performance.now();
      const seen = await run();
      const took = performance.now() - began;
      const used = process.cpuUsage(before);
      if (seen !== events * 4) throw new Error(`${contender} saw ${seen} characters.`);
      // The first rounds warm up.
      if (round < 0) continue;
      cpu[contender]!.push((used.user + used.system) / events);
      wall[contender]!.push(took);
    }
  }
  const ratios = cpu.ours!.map((value, index) => value / cpu.reference![index]!);
  const medians = (all: typeof cpu) =>
    Object.fromEntries(Object.entries(all).map(([contender, values]) => [contender, rounded(median(values))]));
  return {
    name: name === "openai-chat" ? "host-stream" : `host-stream-${name}`,
    ...medians(cpu),
    ratio: rounded(median(ratios)),
    unit: "CPU microseconds per event",
    events,
    rounds,
    wallMilliseconds: medians(wall),
  };
}

function ours(name: Name, url: string): () => Promise<number> {
  const transport = createTransport({ logger: silentLogger });
  const { base = "" }: Contest = protocols[name];
  const provider = createProvider(
    configure({ baseUrl: (name === "websocket" ? socketUrl(url) : url) + base, protocol: name }),
  );
  return async () => {
    const signal = new AbortController().signal;
    const request = { model: "test-model", messages: [userMessage("Hello")] };
    let characters = 0;
    for await (const batch of provider.stream(request, { signal, transport, logger: silentLogger })) {
      for (const event of batch) if (event.type === "text-delta") characters += event.text.length;
    }
    return characters;
  };
}

function reference(name: Name, url: string): () => Promise<number> {
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
  const { path, type, text }: Contest = protocols[name];
  return async () => {
    let characters = 0;
    const onData = (data: string) => {
      if (data === "[DONE]") return;
      const content = text(JSON.parse(data));
      if (content) characters += content.length;
    };
    const feed = type === "text/event-stream" ? eventReader(onData) : lineReader(onData);
    const { body } = await undiciRequest(url + path, { method: "POST", body: "{}", dispatcher });
    const decoder = new TextDecoder();
    for await (const bytes of body) feed(decoder.decode(bytes, { stream: true }));
    return characters;
  };
}

function socketUrl(url: string): string {
  return url.replace(/^http/, "ws");
}

/** The client of ws, which gives the messages and no more. */
function bareSocket(url: string): () => Promise<number> {
  return () =>
    new Promise((resolve, reject) => {
      let characters = 0;
      const socket = new WebSocket(url, { perMessageDeflate: false });
      socket.on("open", () => socket.send("{}"));
      socket.on("error", reject);
      socket.on("message", (data: Buffer) => {
        const text = data.toString();
        if (text === "[DONE]") return socket.close();
        characters += chat.text(JSON.parse(text))?.length ?? 0;
      });
      socket.on("close", () => resolve(characters));
    });
}

function eventReader(onData: (data: string) => void): (piece: string) => void {
  const parser = createParser({ onEvent: ({ data }) => onData(data) });
  return (piece) => parser.feed(piece);
}

function lineReader(onData: (data: string) => void): (piece: string) => void {
  let begun = "";
  return (piece) => {
    const lines = (begun + piece).split("\n");
    begun = lines.pop()!;
    for (const line of lines) onData(line);
  };
}

function openai(url: string): () => Promise<number> {
  const client = new OpenAI({ apiKey: "none", baseURL: url });
  return async () => {
    let characters = 0;
    const stream = await client.chat.completions.create({
      model: "test-model",
      messages: [{ role: "user", content: "Hello" }],
      stream: true,
    });
    for await (const chunk of stream) characters += chunk.choices[0]?.delta?.content?.length ?? 0;
    return characters;
  };
}

async function stop(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill();
  await gone;
  // Kept sockets of the contenders would hold the process.
  process.exitCode ??= 0;
  setImmediate(() => process.exit());
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
