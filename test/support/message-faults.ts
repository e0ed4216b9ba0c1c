/** The faults that only a WebSocket can have: its handshake, its frames, its close. */
import { beginningOf, brokenEvent, type ServedAnswer, wholeOf } from "./bodies.ts";
import { completed, cut, errorWithoutEnd, type Fault } from "./fault.ts";
import type { Reply } from "./server.ts";
import { messageBytes } from "./socket-frames.ts";

/** What the server says before its answer, which would look like an error. */
const greeting = JSON.stringify({ type: "ready", message: "Welcome" });

const harmless: Record<string, Fault["serve"]> = {
  "byte-by-byte": async ({ events }, reply) => {
    for (const byte of Buffer.concat(events.map((text) => messageBytes(text)))) await reply.raw(Uint8Array.of(byte));
    reply.end();
  },
  "in-fragments": eachAs((text) => messageBytes(text, 20)),
  "in-fragments-of-a-byte": eachAs((text) => messageBytes(text, 1)),
  "several-in-a-read": async ({ events }, reply) => {
    await reply.raw(Buffer.concat(events.map((text) => messageBytes(text))));
    reply.end();
  },
  "in-binary": async ({ events }, reply) => {
    for (const text of events) await reply.write(Buffer.from(text));
    reply.end();
  },
  "as-server-sent-events": async ({ events }, reply) => {
    for (const text of events) await reply.write(sse(text));
    reply.end();
  },
  "among-pings": async ({ events }, reply) => {
    for (const text of events) {
      reply.socket!.ping("there?");
      await reply.write(text);
    }
    reply.end();
  },
  "after-a-greeting": async (answer, reply) => {
    await reply.write(greeting);
    reply.end(wholeOf(answer));
  },
  "ended-by-its-close": ({ events }, reply) => reply.end(events.slice(0, -1).join("")),
  "ended-by-a-close-without-code": async ({ events }, reply) => {
    await reply.write(events.slice(0, -1).join(""));
    reply.socket!.close();
  },
  "ended-by-a-lost-connection": async ({ events }, reply) => {
    await reply.write(events.slice(0, -1).join(""));
    reply.reset();
  },
};

export const messageFaults: Readonly<Record<string, Fault>> = {
  ...Object.fromEntries(Object.entries(harmless).map(([name, serve]) => [name, { serve, becomes: completed }])),
  "refused-where-HTTP-answers": {
    isHead: true,
    requests: 2,
    becomes: completed,
    serve({ events }, reply, { method }) {
      if (method === "POST") return reply.end(events.map(sse).join(""));
      reply.head(404);
      reply.end();
    },
  },
  "accepted-with-a-wrong-key": {
    isHead: true,
    becomes: { outcome: "failed", kind: "malformed", retryable: true },
    async serve(_answer, reply) {
      reply.raw("HTTP/1.1 101 OK\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: bm8=\r\n\r\n");
      await reply.stall();
    },
  },
  "silent-before-the-head": {
    isHead: true,
    timeouts: { connect: 0.1 },
    becomes: { outcome: "failed", kind: "connect-timeout", retryable: true },
    serve: (_answer, reply) => reply.stall(),
  },
  // Sent before any question, so it says that the protocol is not changed.
  "an-error-without-end": errorWithoutEnd("no-upgrade"),
  "closed-with-1011-in-its-middle": closedWith(1011, "upstream fell over", { ...cut }),
  "closed-with-4001-in-its-middle": closedWith(4001, "", {
    outcome: "incomplete",
    kind: "unauthorized",
    retryable: false,
  }),
  "closed-with-4429-first": {
    becomes: { outcome: "failed", kind: "rate-limited", retryable: true },
    serve: (_answer, reply) => reply.socket!.close(4429, "too many"),
  },
  "lost-in-its-middle": {
    becomes: cut,
    async serve(answer, reply) {
      await reply.write(beginningOf(answer).join(""));
      reply.finish();
    },
  },
  "cut-in-a-frame": {
    becomes: cut,
    async serve(answer, reply) {
      await reply.write(beginningOf(answer).join(""));
      await reply.raw(messageBytes(brokenEvent(answer)).subarray(0, 5));
      reply.finish();
    },
  },
  "with-frames-that-are-none": {
    becomes: { outcome: "incomplete", kind: "malformed", retryable: true },
    async serve(answer, reply) {
      await reply.write(beginningOf(answer).join(""));
      await reply.raw("\x0f\x0f\x0f\x0f");
      await reply.stall();
    },
  },
  "with-a-huge-event": {
    becomes: { outcome: "incomplete", kind: "malformed", reason: "too-large", retryable: false },
    async serve(answer, reply) {
      await reply.write(beginningOf(answer).join(""));
      for (let fin = false; !reply.gone; ) {
        await new Promise<void>((resolve) => reply.socket!.send(Buffer.alloc(1 << 20, "x"), { fin }, () => resolve()));
      }
    },
  },
};

function sse(text: string): string {
  return `data: ${text}\n`;
}

function eachAs(bytes: (text: string) => Uint8Array): Fault["serve"] {
  return async ({ events }: ServedAnswer, reply: Reply) => {
    for (const text of events) await reply.raw(bytes(text));
    reply.end();
  };
}

function closedWith(code: number, reason: string, becomes: Fault["becomes"]): Fault {
  return {
    becomes,
    async serve(answer, reply) {
      await reply.write(beginningOf(answer).join(""));
      reply.socket!.close(code, reason);
    },
  };
}
