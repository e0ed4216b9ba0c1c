/** What one streamed event costs from socket to event, beside the bare tools and the `openai` client. */
import { type ChildProcess, fork } from "node:child_process";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createParser } from "eventsource-parser";
import OpenAI from "openai";
import { Agent, request as undiciRequest } from "undici";
import { silentLogger } from "../../src/core/logger.ts";
import { userMessage } from "../../src/core/message.ts";
import { createProvider } from "../../src/providers/create.ts";
import { createTransport } from "../../src/stream/http.ts";
import { configure } from "../support/run.ts";

const events = 20_000;
const rounds = Number(process.env.ROUNDS ?? 11);

if (process.argv.includes("--server")) serve();
else await measure();

/** Streams the events, one per write, to whoever asks. */
function serve(): void {
  const server = createServer((incoming, response) => {
    incoming.resume();
    incoming.on("end", async () => {
      response.socket?.setNoDelay(true);
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (let index = 0; index < events; index++) {
        const content = `t${String(index % 1000).padStart(3, "0")}`;
        const chunk = {
          id: "chatcmpl-abcdefghijklmnopqrstuvwxyz",
          object: "chat.completion.chunk",
          created: 1763600000,
          model: "test-model",
          system_fingerprint: "fp_0123456789",
          choices: [{ index: 0, delta: { content }, logprobs: null, finish_reason: null }],
        };
        const free = response.write(`data: ${JSON.stringify(chunk)}\n\n`);
        if (!free) await new Promise((resolve) => response.once("drain", resolve));
      }
      response.write(`data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n`);
      response.end("data: [DONE]\n\n");
    });
  });
  server.listen(0, "127.0.0.1", () => process.send?.((server.address() as { port: number }).port));
}

async function measure(): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url), ["--server"], { execArgv: [] });
  const port = await new Promise<number>((resolve) => child.once("message", (value) => resolve(value as number)));
  try {
    console.log(JSON.stringify(await compare(port)));
  } finally {
    await stop(child);
  }
}

async function compare(port: number): Promise<Record<string, unknown>> {
  const url = `http://127.0.0.1:${port}/v1`;
  const contenders = { ours: await ours(url), reference: reference(url), openai: openai(url) };
  const cpu: Record<string, number[]> = { ours: [], reference: [], openai: [] };
  const wall: Record<string, number[]> = { ours: [], reference: [], openai: [] };
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
  const ratios = cpu.ours!.map((value, index) => value / cpu.reference![index]!);
  return {
    name: "host-stream",
    ours: rounded(median(cpu.ours!)),
    reference: rounded(median(cpu.reference!)),
    ratio: rounded(median(ratios)),
    openai: rounded(median(cpu.openai!)),
    unit: "CPU microseconds per event",
    events,
    rounds,
    wallMilliseconds: {
      ours: rounded(median(wall.ours!)),
      reference: rounded(median(wall.reference!)),
      openai: rounded(median(wall.openai!)),
    },
  };
}

async function ours(url: string): Promise<() => Promise<number>> {
  const transport = createTransport({ logger: silentLogger });
  const provider = createProvider(configure({ baseUrl: url }));
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
