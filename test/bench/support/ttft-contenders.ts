/** Who is timed in the `ttft` bench: Runnel, undici with eventsource-parser, and a bare socket. */
import net from "node:net";
import tls from "node:tls";
import { createParser } from "eventsource-parser";
import { Agent, request } from "undici";
import { silentLogger } from "../../../src/core/logger.ts";
import { userMessage } from "../../../src/core/message.ts";
import { createProvider } from "../../../src/providers/create.ts";
import { createTransport } from "../../../src/stream/transport/http.ts";
import { defaultNetwork } from "../../../src/stream/transport/proxy.ts";
import { configure } from "../../support/run.ts";

/** Nanoseconds of the one clock that all processes of a machine share. */
export interface Sample {
  began: bigint;
  /** When the server wrote its first word. */
  written: bigint;
  /** When that word was there as text. */
  seen: bigint;
}

export interface Contender {
  connect?(): Promise<void>;
  ask(signal?: AbortSignal): Promise<Sample>;
  close(): Promise<void>;
}

const now = (): bigint => process.hrtime.bigint();

// Nobody checks certificates: building the list of those to trust is not what is compared.
const network = () => ({ ...defaultNetwork, verifyCertificates: false });

/** With a signal the answer is one that never ends, and `onText` is called when it has begun. */
export function ours(url: string, onText = () => {}): Contender {
  const transport = createTransport({ logger: silentLogger, network });
  const provider = createProvider(configure({ baseUrl: url, needsKey: false }));
  return {
    connect: () => transport.preconnect(url),
    async ask(signal = new AbortController().signal) {
      const began = now();
      let sample: Sample | undefined;
      const question = { model: "m", messages: [userMessage("Hello")] };
      for await (const batch of provider.stream(question, { signal, transport, logger: silentLogger })) {
        for (const event of batch) {
          if (event.type !== "text-delta" || sample) continue;
          sample = { began, written: BigInt(event.text), seen: now() };
          onText();
        }
      }
      return sample!;
    },
    close: () => transport.close(),
  };
}

export function reference(url: string, onText = () => {}): Contender {
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0, connect: { rejectUnauthorized: false } });
  return {
    async ask(signal) {
      const began = now();
      let sample: Sample | undefined;
      const parser = createParser({
        onEvent: ({ data }) => {
          if (data === "[DONE]") return;
          const content = JSON.parse(data).choices[0]?.delta?.content;
          if (!content || sample) return;
          sample = { began, written: BigInt(content), seen: now() };
          onText();
        },
      });
      const options = { method: "POST", body: "{}", dispatcher, ...(signal ? { signal } : {}) } as const;
      const { body } = await request(`${url}/chat/completions`, options);
      const decoder = new TextDecoder();
      for await (const bytes of body) parser.feed(decoder.decode(bytes, { stream: true }));
      return sample!;
    },
    close: () => dispatcher.destroy(),
  };
}

/** Neither HTTP nor JSON: what the machine itself takes. */
export function socket(url: string): Contender {
  const { protocol, hostname, port, pathname } = new URL(url);
  const head = `POST ${pathname}/chat/completions HTTP/1.1\r\nHost: ${hostname}\r\nContent-Length: 2\r\n\r\n{}`;
  let open: net.Socket | undefined;
  return {
    ask() {
      const began = now();
      open ??=
        protocol === "https:"
          ? tls.connect({ host: hostname, port: Number(port), rejectUnauthorized: false })
          : net.connect(Number(port), hostname);
      open.setNoDelay(true);
      const used = open;
      return new Promise((resolve, reject) => {
        let sample: Sample | undefined;
        const onData = (bytes: Buffer) => {
          const word = sample ? undefined : /"content":"(\d+)"/.exec(bytes.toString("latin1"))?.[1];
          if (word) sample = { began, written: BigInt(word), seen: now() };
          if (!sample || !bytes.includes("0\r\n\r\n")) return;
          used.off("data", onData).off("error", reject);
          resolve(sample);
        };
        used.on("data", onData).on("error", reject).write(head);
      });
    },
    async close() {
      open?.destroy();
    },
  };
}
