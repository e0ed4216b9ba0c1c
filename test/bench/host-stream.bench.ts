/** What one streamed event costs from socket to event in each protocol, beside the bare tools and the `openai` client. */
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

interface Wire {
  path: string;
  /** The event with this number, and those that end the answer. */
  event(index: number, text: string): string;
  end: string;
  /** The text in the JSON of an event. */
  // biome-ignore lint/suspicious/noExplicitAny: the reference reads its JSON as bare tools do.
  textOf(value: any): string | undefined;
  /** The vendor's own client; its answer in characters. */
  client(client: OpenAI): Promise<number>;
}

const wires = {
  "openai-chat": {
    path: "/chat/completions",
    event(_index, content) {
      const chunk = {
        id: "chatcmpl-abcdefghijklmnopqrstuvwxyz",
        object: "chat.completion.chunk",
        created: 1763600000,
        model: "test-model",
        system_fingerprint: "fp_0123456789",
        choices: [{ index: 0, delta: { content }, logprobs: null, finish_reason: null }],
      };
      return `data: ${JSON.stringify(chunk)}\n\n`;
    },
    end: `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`,
    textOf: (value) => value.choices[0]?.delta?.content,
    async client(client) {
      const messages = [{ role: "user" as const, content: "Hello" }];
      const stream = await client.chat.completions.create({ model: "test-model", messages, stream: true });
      let characters = 0;
      for await (const chunk of stream) characters += chunk.choices[0]?.delta?.content?.length ?? 0;
      return characters;
    },
  },
  "openai-responses": {
    path: "/responses",
    event(index, delta) {
      const type = "response.output_text.delta";
      const item_id = "msg_abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmn";
      const place = { item_id, output_index: 0, content_index: 0 };
      const value = { type, sequence_number: index + 4, ...place, delta, logprobs: [] };
      return `event: ${type}\ndata: ${JSON.stringify(value)}\n\n`;
    },
    end: `event: response.completed\ndata: {"type":"response.completed","response":{"status":"completed"}}\n\n`,
    textOf: (value) => value.delta,
    async client(client) {
      const stream = await client.responses.create({ model: "test-model", input: "Hello", stream: true });
      let characters = 0;
      for await (const event of stream) {
        if (event.type === "response.output_text.delta") characters += event.delta.length;
      }
      return characters;
    },
  },
} satisfies Record<string, Wire>;

type Protocol = keyof typeof wires;

if (process.argv.includes("--server")) serve();
else await measure();

/** Streams the events, one per write, to whoever asks. */
function serve(): void {
  const server = createServer((incoming, response) => {
    const wire: Wire = Object.values(wires).find(({ path }) => incoming.url?.endsWith(path)) ?? wires["openai-chat"];
    incoming.resume();
    incoming.on("end", async () => {
      response.socket?.setNoDelay(true);
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (let index = 0; index < events; index++) {
        const free = response.write(wire.event(index, `t${String(index % 1000).padStart(3, "0")}`));
        if (!free) await new Promise((resolve) => response.once("drain", resolve));
      }
      response.end(wire.end);
    });
  });
  server.listen(0, "127.0.0.1", () => process.send?.((server.address() as { port: number }).port));
}

async function measure(): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url), ["--server"], { execArgv: [] });
  const port = await new Promise<number>((resolve) => child.once("message", (value) => resolve(value as number)));
  try {
    for (const protocol of Object.keys(wires) as Protocol[]) {
      console.log(JSON.stringify(await compare(protocol, port)));
    }
  } finally {
    await stop(child);
  }
}

async function compare(protocol: Protocol, port: number): Promise<Record<string, unknown>> {
  const url = `http://127.0.0.1:${port}/v1`;
  const wire = wires[protocol];
  const contenders = { ours: ours(url, protocol), reference: reference(url, wire), openai: openai(url, wire) };
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
    protocol,
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

function ours(url: string, protocol: Protocol): () => Promise<number> {
  const transport = createTransport({ logger: silentLogger });
  const provider = createProvider(configure({ baseUrl: url, protocol }));
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

function reference(url: string, wire: Wire): () => Promise<number> {
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
  return async () => {
    let characters = 0;
    const parser = createParser({
      onEvent: ({ data }) => {
        if (data === "[DONE]") return;
        characters += wire.textOf(JSON.parse(data))?.length ?? 0;
      },
    });
    const { body } = await undiciRequest(url + wire.path, { method: "POST", body: "{}", dispatcher });
    const decoder = new TextDecoder();
    for await (const bytes of body) parser.feed(decoder.decode(bytes, { stream: true }));
    return characters;
  };
}

function openai(url: string, wire: Wire): () => Promise<number> {
  const client = new OpenAI({ apiKey: "none", baseURL: url });
  return () => wire.client(client);
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
