/** Everything that transport and framing do to an answer, by name: how a server does it, and what must come of it. */
import zlib from "node:zlib";
import type { ErrorKind, ErrorReason } from "../../src/core/errors.ts";
import type { Timeouts } from "../../src/providers/provider.ts";
import { beginningOf, brokenEvent, restOf, type ServedAnswer, wholeOf } from "./bodies.ts";
import type { ProtocolRow } from "./protocols.ts";
import type { ReceivedRequest, Reply } from "./server.ts";

/** `completed` with the whole text; `incomplete` with a beginning of it; `failed` with nothing. */
export type Becomes =
  | { outcome: "completed" }
  | { outcome: "incomplete" | "failed"; kind: ErrorKind; reason?: ErrorReason; retryable: boolean };

export interface Fault {
  serve(answer: ServedAnswer, reply: Reply, request: ReceivedRequest): void | Promise<void>;
  becomes: Becomes;
  timeouts?: Partial<Timeouts>;
  /** Means something else where plain text is an answer as well. */
  isText?: true;
}

const completed: Becomes = { outcome: "completed" };
const lost = { kind: "network", reason: "connection-lost", retryable: true } as const;
const empty = { outcome: "failed", kind: "incomplete", reason: "empty-response", retryable: true } as const;
const cut = { outcome: "incomplete", kind: "incomplete", reason: "connection-lost", retryable: true } as const;
const reported = { kind: "reported", reason: "server-error", retryable: true } as const;

const compressors = {
  gzip: zlib.createGzip,
  deflate: zlib.createDeflate,
  br: zlib.createBrotliCompress,
  zstd: zlib.createZstdCompress,
};

/** The answer comes whole, in one way or another. */
const harmless: Record<string, Fault["serve"]> = {
  "in-one-piece": (answer, reply) => reply.end(wholeOf(answer)),
  "event-by-event": async (answer, reply) => {
    for (const event of answer.events) await reply.write(event);
    reply.end();
  },
  "byte-by-byte": async (answer, reply) => {
    for (const byte of Buffer.from(wholeOf(answer))) await reply.write(Uint8Array.of(byte));
    reply.end();
  },
  "called-json": as({ "content-type": "application/json", "retry-after": "30" }),
  "called-bytes": as({ "content-type": "application/octet-stream" }),
  "called-a-page": as({ "content-type": "text/html; charset=latin1" }),
  "called-nothing": as({}),
  "gzip-at-the-end": (answer, reply) => {
    reply.head(200, { "content-encoding": "gzip" });
    reply.end(zlib.gzipSync(wholeOf(answer)));
  },
  ...Object.fromEntries(
    Object.entries(compressors).map(([encoding, create]) => [
      encoding,
      async (answer: ServedAnswer, reply: Reply) => {
        reply.head(200, { "content-type": "text/event-stream", "content-encoding": encoding });
        const compressor = create();
        for (const event of answer.events) {
          compressor.write(event);
          await new Promise<void>((resolve) => compressor.flush(() => resolve()));
          await reply.write(compressor.read());
        }
        reply.end();
      },
    ]),
  ),
  "after-interim-responses": (answer, reply) => {
    reply.raw("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n");
    reply.end(wholeOf(answer));
  },
  "of-HTTP-1.0": (answer, reply) => {
    reply.raw(`HTTP/1.0 200 OK\r\n\r\n${wholeOf(answer)}`);
    reply.finish();
  },
  "redirected-within": (answer, reply, request) => {
    if (request.path.endsWith("again")) return reply.end(wholeOf(answer));
    reply.head(307, { location: `${request.path}${request.path.includes("?") ? "&" : "?"}again` });
    reply.end();
  },
  "open-after-its-end": async (answer, reply) => {
    await reply.write(wholeOf(answer));
    await reply.stall();
  },
  "reset-after-its-end": async (answer, reply) => {
    await reply.write(wholeOf(answer));
    await reply.wait(20);
    reply.reset();
  },
  "rubbish-after-its-end": (answer, reply) =>
    reply.end(wholeOf(answer) + brokenEvent(answer).repeat(9) + answer.error("too late")),
  "rubbish-in-its-middle": middle((answer) => brokenEvent(answer).repeat(2)),
};

const harmful: Record<string, Fault> = {
  nothing: { becomes: empty, serve: (_answer, reply) => reply.end() },
  "no-content": {
    becomes: empty,
    serve(_answer, reply) {
      reply.head(204);
      reply.end();
    },
  },
  "comments-only": { becomes: empty, serve: (_answer, reply) => reply.end(": ping\n\n".repeat(10)) },
  "rubbish-only": {
    isText: true,
    becomes: { outcome: "failed", kind: "malformed", retryable: true },
    serve: (answer, reply) => reply.end(brokenEvent(answer)),
  },
  "much-rubbish": {
    becomes: { outcome: "incomplete", kind: "malformed", retryable: true },
    serve: middle((answer) => brokenEvent(answer).repeat(6)),
  },
  "a-web-page": page(200, "Welcome", { kind: "malformed", reason: "html", retryable: false }),
  "a-web-page-called-events": page(
    200,
    "Sign in",
    { kind: "malformed", reason: "html", retryable: false },
    "text/event-stream",
  ),
  "a-gateway's-page": page(200, "502 Bad Gateway", { kind: "overloaded", reason: "html", retryable: true }),
  "a-page-not-found": page(404, "404 Not Found", { kind: "not-found", reason: "html", retryable: false }),
  "an-error-without-end": {
    becomes: { outcome: "failed", kind: "bad-request", retryable: false },
    async serve(_answer, reply) {
      reply.head(400);
      while (!reply.gone) await reply.write("x".repeat(10_000));
    },
  },
  "an-error-with-status-200": {
    becomes: { outcome: "failed", kind: "unauthorized", retryable: false },
    serve(_answer, reply) {
      reply.head(200, { "content-type": "application/json" });
      reply.end('{\n "error": {"message": "no", "code": 401}\n}');
    },
  },
  "an-error-first": {
    becomes: { outcome: "failed", ...reported },
    serve: (answer, reply) => reply.end(answer.error("it failed")),
  },
  "an-error-in-its-middle": {
    becomes: { outcome: "incomplete", ...reported },
    serve: (answer, reply) => reply.end(beginningOf(answer).join("") + answer.error("it failed")),
  },
  "reset-before-the-head": { becomes: { outcome: "failed", ...lost }, serve: (_answer, reply) => reply.reset() },
  "closed-before-the-head": { becomes: { outcome: "failed", ...lost }, serve: (_answer, reply) => reply.finish() },
  "reset-after-the-head": { becomes: { outcome: "failed", ...lost }, serve: breakAfterHead("reset") },
  "closed-after-the-head": { becomes: { outcome: "failed", ...lost }, serve: breakAfterHead("finish") },
  "reset-in-its-middle": { becomes: { outcome: "incomplete", ...lost }, serve: breakInMiddle("reset") },
  "closed-in-its-middle": { becomes: { outcome: "incomplete", ...lost }, serve: breakInMiddle("finish") },
  "ended-in-its-middle": { becomes: cut, serve: (answer, reply) => reply.end(beginningOf(answer).join("")) },
  "shorter-than-announced": {
    becomes: { outcome: "incomplete", ...lost },
    async serve(answer, reply) {
      reply.head(200, { "content-length": String(Buffer.byteLength(wholeOf(answer))) });
      await breakInMiddle("finish")(answer, reply);
    },
  },
  "of-HTTP-1.0-and-cut": {
    becomes: cut,
    serve(answer, reply) {
      reply.raw(`HTTP/1.0 200 OK\r\n\r\n${beginningOf(answer).join("")}`);
      reply.finish();
    },
  },
  "of-cut-gzip": {
    becomes: cut,
    async serve(answer, reply) {
      reply.head(200, { "content-encoding": "gzip" });
      const compressor = zlib.createGzip();
      compressor.write(beginningOf(answer).join(""));
      await new Promise<void>((resolve) => compressor.flush(() => resolve()));
      reply.end(compressor.read());
    },
  },
  "not-of-its-encoding": {
    becomes: { outcome: "failed", kind: "malformed", retryable: false },
    serve(answer, reply) {
      reply.head(200, { "content-encoding": "gzip" });
      reply.end(wholeOf(answer));
    },
  },
  "in-broken-chunks": {
    becomes: { outcome: "incomplete", kind: "malformed", retryable: true },
    async serve(answer, reply) {
      await reply.write(beginningOf(answer).join(""));
      reply.raw("zzz\r\n");
      await reply.stall();
    },
  },
  "not-of-HTTP": {
    becomes: { outcome: "failed", kind: "malformed", retryable: false },
    async serve(_answer, reply) {
      reply.raw("SSH-2.0-OpenSSH_9.6\r\n");
      await reply.stall();
    },
  },
  "with-a-huge-head": {
    becomes: { outcome: "failed", kind: "malformed", reason: "too-large", retryable: false },
    async serve(_answer, reply) {
      reply.raw(`HTTP/1.1 200 OK\r\nX-Big: ${"x".repeat(70_000)}\r\n\r\n`);
      await reply.stall();
    },
  },
  "with-a-huge-event": {
    becomes: { outcome: "incomplete", kind: "malformed", reason: "too-large", retryable: false },
    async serve(answer, reply) {
      await reply.write(beginningOf(answer).join(""));
      await reply.write(answer.framing === "events" ? "data: " : "{");
      while (!reply.gone) await reply.write(Buffer.alloc(1 << 20, "x"));
    },
  },
  "silent-before-the-head": {
    timeouts: { firstToken: 0.1 },
    becomes: { outcome: "failed", kind: "first-token-timeout", retryable: false },
    serve: (_answer, reply) => reply.stall(),
  },
  "silent-after-the-head": {
    timeouts: { firstToken: 0.1 },
    becomes: { outcome: "failed", kind: "first-token-timeout", retryable: false },
    async serve(_answer, reply) {
      reply.head(200);
      await reply.stall();
    },
  },
  "silent-in-its-middle": {
    timeouts: { idle: 0.1 },
    becomes: { outcome: "incomplete", kind: "idle-timeout", retryable: false },
    async serve(answer, reply) {
      await reply.write(beginningOf(answer).join(""));
      await reply.stall();
    },
  },
  ...Object.fromEntries(
    [302, 307].map((status) => [
      `redirected-elsewhere-by-${status}`,
      {
        becomes: { outcome: "failed", kind: "bad-request", reason: "redirect", retryable: false },
        serve(_answer, reply) {
          reply.head(status, { location: "http://127.0.0.1:9/elsewhere" });
          reply.end();
        },
      } satisfies Fault,
    ]),
  ),
};

export const faults: Readonly<Record<string, Fault>> = {
  ...Object.fromEntries(Object.entries(harmless).map(([name, serve]) => [name, { serve, becomes: completed }])),
  ...harmful,
};

/** The faults that mean the same in this protocol as in others. */
export function faultsOf({ takesText }: Pick<ProtocolRow, "takesText">): [name: string, fault: Fault][] {
  return Object.entries(faults).filter(([, { isText }]) => !(takesText && isText));
}

function as(headers: Record<string, string>): Fault["serve"] {
  return (answer, reply) => {
    reply.head(200, headers);
    reply.end(wholeOf(answer));
  };
}

function middle(insert: (answer: ServedAnswer) => string): Fault["serve"] {
  return (answer, reply) => reply.end(beginningOf(answer).join("") + insert(answer) + restOf(answer).join(""));
}

function page(
  status: number,
  title: string,
  becomes: { kind: ErrorKind; reason: ErrorReason; retryable: boolean },
  type = "text/html",
): Fault {
  return {
    becomes: { outcome: "failed", ...becomes },
    serve(_answer, reply) {
      reply.head(status, { "content-type": type });
      reply.end(`<!DOCTYPE html><html><head><title>${title}</title></head><body></body></html>`);
    },
  };
}

function breakAfterHead(how: "reset" | "finish") {
  return async (_answer: ServedAnswer, reply: Reply) => {
    reply.head(200);
    await reply.wait(10);
    reply[how]();
  };
}

function breakInMiddle(how: "reset" | "finish") {
  return async (answer: ServedAnswer, reply: Reply) => {
    for (const event of beginningOf(answer)) await reply.write(event);
    await reply.wait(10);
    reply[how]();
  };
}
