/** What one streamed event costs from socket to event, over HTTP and a WebSocket, beside the bare tools and the `openai` client. */
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
import { createTransport } from "../../src/stream/http.ts";
import { configure } from "../support/run.ts";

const events = 20_000;
const rounds = Number(process.env.ROUNDS ?? 11);

if (process.argv.includes("--server")) serve();
else await measure();

function chunkOf(index: number): string {
  const content = `t${String(index % 1000).padStart(3, "0")}`;
  return JSON.stringify({
    id: "chatcmpl-abcdefghijklmnopqrstuvwxyz",
    object: "chat.completion.chunk",
    created: 1763600000,
    model: "test-model",
    system_fingerprint: "fp_0123456789",
    choices: [{ index: 0, delta: { content }, logprobs: null, finish_reason: null }],
  });
}

const last = '{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}';

/** Streams the events, one per write, to whoever asks over HTTP or a WebSocket. */
function serve(): void {
  const server = createServer((incoming, response) => {
    incoming.resume();
    incoming.on("end", async () => {
      response.socket?.setNoDelay(true);
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (let index = 0; index < events; index++) {
        const free = response.write(`data: ${chunkOf(index)}\n\n`);
        if (!free) await new Promise((resolve) => response.once("drain", resolve));
      }
      response.write(`data: ${last}\n\n`);
      response.end("data: [DONE]\n\n");
    });
  });
  new WebSocketServer({ server }).on("connection", (socket, { socket: connection }) => {
    socket.on("message", async () => {
      // Node joins what is written over HTTP within one turn of the event loop; so that both send alike, this does too.
      for (let index = 0; index < events; index++) {
        if (connection.writableCorked === 0) connection.cork();
        socket.send(chunkOf(index));
        if (!connection.writableNeedDrain) continue;
        connection.uncork();
        if (connection.writableNeedDrain) await new Promise((resolve) => connection.once("drain", resolve));
      }
      socket.send(last);
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
    for (const result of await compare(port)) console.log(JSON.stringify(result));
  } finally {
    await stop(child);
  }
}

async function compare(port: number): Promise<Record<string, unknown>[]> {
  const url = `http://127.0.0.1:${port}/v1`;
  const socketUrl = `ws://127.0.0.1:${port}/v1/stream`;
  const contenders = {
    ours: ours({ baseUrl: url }),
    reference: reference(url),
    openai: openai(url),
    websocket: ours({ baseUrl: socketUrl, protocol: "websocket" }),
    ws: bareSocket(socketUrl),
  };
  const cpu: Record<string, number[]> = { ours: [], reference: [], openai: [], websocket: [], ws: [] };
  const wall: Record<string, number[]> = { ours: [], reference: [], openai: [], websocket: [], ws: [] };
  setFlagsFromString("--expose-gc");
  const collectGarbage: () => void = runInNewContext("gc");
  for (let round = -3; round < rounds; round++) {
    const order = Object.entries(contenders);
    if (round % 2 !== 0) order.reverse();
    for (const [name, run] of order) {
      // Nobody pays for what another left behind.
      collectGarbage();
      const before = process.cpuUsage();
      const began = performance.now();
      const seen = await run();
      const took = performance.now() - began;
      const used = process.cpuUsage(before);
      if (seen !== events * 4) throw new Error(`${name} saw ${seen} characters.`);
      // The first rounds warm up.
      if (round < 0) continue;
      cpu[name]!.push((used.user + used.system) / events);
      wall[name]!.push(took);
    }
  }
  const result = (name: string, own: keyof typeof contenders, other: "openai" | "ws") => ({
    name,
    ours: rounded(median(cpu[own]!)),
    reference: rounded(median(cpu.reference!)),
    ratio: rounded(median(cpu[own]!.map((value, index) => value / cpu.reference![index]!))),
    [other]: rounded(median(cpu[other]!)),
    unit: "CPU microseconds per event",
    events,
    rounds,
    wallMilliseconds: {
      ours: rounded(median(wall[own]!)),
      reference: rounded(median(wall.reference!)),
      [other]: rounded(median(wall[other]!)),
    },
  });
  return [result("host-stream", "ours", "openai"), result("host-stream-websocket", "websocket", "ws")];
}

function ours(entry: Record<string, unknown>): () => Promise<number> {
  const transport = createTransport({ logger: silentLogger });
  const provider = createProvider(configure(entry));
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

function reference(url: string): () => Promise<number> {
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
  return async () => {
    let characters = 0;
    const parser = createParser({
      onEvent: ({ data }) => {
        if (data === "[DONE]") return;
        const content = JSON.parse(data).choices[0]?.delta?.content;
        if (content) characters += content.length;
      },
    });
    const { body } = await undiciRequest(`${url}/chat/completions`, { method: "POST", body: "{}", dispatcher });
    const decoder = new TextDecoder();
    for await (const bytes of body) parser.feed(decoder.decode(bytes, { stream: true }));
    return characters;
  };
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
        const content = JSON.parse(text).choices[0]?.delta?.content;
        if (content) characters += content.length;
      });
      socket.on("close", () => resolve(characters));
    });
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
