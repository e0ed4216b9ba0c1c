/** The faults that only a body of HTTP can have: its head, its length, its encoding, its chunks. */
import zlib from "node:zlib";
import { beginningOf, type ServedAnswer, wholeOf } from "./bodies.ts";
import { breakAfterHead, breakInMiddle, completed, cut, empty, type Fault, lost, page } from "./fault.ts";
import type { Reply } from "./server.ts";

const compressors = {
  gzip: zlib.createGzip,
  deflate: zlib.createDeflate,
  br: zlib.createBrotliCompress,
  zstd: zlib.createZstdCompress,
};

const harmless: Record<string, Fault["serve"]> = {
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
};

export const httpFaults: Readonly<Record<string, Fault>> = {
  ...Object.fromEntries(
    Object.entries(harmless).map(([name, serve]) => [
      name,
      { serve, becomes: completed, ...(name === "redirected-within" ? { requests: 2 } : {}) },
    ]),
  ),
  "no-content": {
    becomes: empty,
    serve(_answer, reply) {
      reply.head(204);
      reply.end();
    },
  },
  "a-gateway's-page": page(200, "502 Bad Gateway", { kind: "overloaded", reason: "html", retryable: true }),
  "an-error-with-status-200": {
    becomes: { outcome: "failed", kind: "unauthorized", retryable: false },
    serve(_answer, reply) {
      reply.head(200, { "content-type": "application/json" });
      reply.end('{\n "error": {"message": "no", "code": 401}\n}');
    },
  },
  "closed-after-the-head": { becomes: { outcome: "failed", ...lost }, serve: breakAfterHead("finish") },
  "closed-in-its-middle": { becomes: { outcome: "incomplete", ...lost }, serve: breakInMiddle("finish") },
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
};

function as(headers: Record<string, string>): Fault["serve"] {
  return (answer, reply) => {
    reply.head(200, headers);
    reply.end(wholeOf(answer));
  };
}
