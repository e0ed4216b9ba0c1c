/** Everything that transport and framing do to an answer, by name: how a server does it, and what must come of it. */
import { beginningOf, brokenEvent, restOf, type ServedAnswer, wholeOf } from "./bodies.ts";
import {
  breakAfterHead,
  breakInMiddle,
  completed,
  cut,
  empty,
  errorWithoutEnd,
  type Fault,
  lost,
  page,
} from "./fault.ts";
import { httpFaults } from "./http-faults.ts";
import { messageFaults } from "./message-faults.ts";
import type { ProtocolRow } from "./protocols.ts";

const reported = { kind: "reported", reason: "server-error", retryable: true } as const;

/** The answer comes whole, in one way or another. */
const harmless: Record<string, Fault["serve"]> = {
  "in-one-piece": (answer, reply) => reply.end(wholeOf(answer)),
  "event-by-event": async (answer, reply) => {
    for (const event of answer.events) await reply.write(event);
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
  "a-page-not-found": page(404, "404 Not Found", { kind: "not-found", reason: "html", retryable: false }),
  "an-error-without-end": errorWithoutEnd(),
  "an-error-first": {
    becomes: { outcome: "failed", ...reported },
    serve: (answer, reply) => reply.end(answer.error("it failed")),
  },
  "an-error-in-its-middle": {
    becomes: { outcome: "incomplete", ...reported },
    serve: (answer, reply) => reply.end(beginningOf(answer).join("") + answer.error("it failed")),
  },
  "reset-before-the-head": {
    isHead: true,
    becomes: { outcome: "failed", ...lost },
    serve: (_answer, reply) => reply.reset(),
  },
  "closed-before-the-head": {
    isHead: true,
    becomes: { outcome: "failed", ...lost },
    serve: (_answer, reply) => reply.finish(),
  },
  "reset-after-the-head": { becomes: { outcome: "failed", ...lost }, serve: breakAfterHead("reset") },
  "reset-in-its-middle": { becomes: { outcome: "incomplete", ...lost }, serve: breakInMiddle("reset") },
  "ended-in-its-middle": { becomes: cut, serve: (answer, reply) => reply.end(beginningOf(answer).join("")) },
  "not-of-HTTP": {
    isHead: true,
    becomes: { outcome: "failed", kind: "malformed", retryable: false },
    async serve(_answer, reply) {
      reply.raw("SSH-2.0-OpenSSH_9.6\r\n");
      await reply.stall();
    },
  },
  "with-a-huge-head": {
    isHead: true,
    becomes: { outcome: "failed", kind: "malformed", reason: "too-large", retryable: false },
    async serve(_answer, reply) {
      reply.raw(`HTTP/1.1 200 OK\r\nX-Big: ${"x".repeat(70_000)}\r\n\r\n`);
      await reply.stall();
    },
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
        isHead: true,
        becomes: { outcome: "failed", kind: "bad-request", reason: "redirect", retryable: false },
        serve(_answer, reply) {
          reply.head(status, { location: "http://127.0.0.1:9/elsewhere" });
          reply.end();
        },
      } satisfies Fault,
    ]),
  ),
};

const common: Readonly<Record<string, Fault>> = {
  ...Object.fromEntries(Object.entries(harmless).map(([name, serve]) => [name, { serve, becomes: completed }])),
  ...harmful,
};

/** Ends that are none, or that nothing comes before. */
function endsOf({ events, announces }: ProtocolRow): Record<string, Fault> {
  const faults: Record<string, Fault> = {
    "whole-without-a-text": { becomes: empty, serve: (_answer, reply) => reply.end(events({ texts: [] }).join("")) },
  };
  if (announces === undefined) return faults;
  return {
    ...faults,
    "announced-to-end-before-it-began": {
      becomes: completed,
      serve: (answer, reply) => reply.end(announces + wholeOf(answer)),
    },
    "announced-to-end-in-its-middle": { becomes: completed, serve: middle(() => announces) },
    "silent-for-long-before-it-began": {
      becomes: completed,
      async serve(answer, reply) {
        await reply.write(announces);
        await reply.wait(2300);
        reply.end(wholeOf(answer));
      },
    },
    "announced-to-end-and-cut-later": {
      becomes: cut,
      serve: (answer, reply) => reply.end(announces + beginningOf(answer).join("")),
    },
    "an-error-after-an-end-that-was-none": {
      becomes: { outcome: "incomplete", ...reported },
      serve: (answer, reply) => reply.end(announces + beginningOf(answer).join("") + answer.error("it failed")),
    },
  };
}

/** The faults that there are in this protocol, and that mean the same in it as in others. */
export function faultsOf(row: ProtocolRow): Readonly<Record<string, Fault>> {
  const { framing, takesText } = row;
  const all = { ...common, ...endsOf(row), ...(framing === "messages" ? messageFaults : httpFaults) };
  return Object.fromEntries(Object.entries(all).filter(([, { isText }]) => !(takesText && isText)));
}

function middle(insert: (answer: ServedAnswer) => string): Fault["serve"] {
  return (answer, reply) => reply.end(beginningOf(answer).join("") + insert(answer) + restOf(answer).join(""));
}
