/** What a fault is, and what the tables of faults share. */
import { defined } from "../../src/core/defined.ts";
import type { ErrorKind, ErrorReason } from "../../src/core/errors.ts";
import type { Timeouts } from "../../src/providers/provider/provider.ts";
import { beginningOf, type ServedAnswer } from "./bodies.ts";
import type { ReceivedRequest, Reply } from "./server.ts";

/** `completed` with the whole text; `incomplete` with a beginning of it; `failed` with nothing. */
export type Becomes =
  | { outcome: "completed" }
  | { outcome: "incomplete" | "failed"; kind: ErrorKind; reason?: ErrorReason; retryable: boolean };

export interface Fault {
  serve(answer: ServedAnswer, reply: Reply, request: ReceivedRequest): void | Promise<void>;
  becomes: Becomes;
  timeouts?: Partial<Timeouts>;
  /** Comes instead of an answer: over a WebSocket it is what the handshake gets. */
  isHead?: true;
  /** How often the server is asked, where that is more than once though nothing is tried again. */
  requests?: number;
  /** Means something else where plain text is an answer as well. */
  isText?: true;
}

export const completed: Becomes = { outcome: "completed" };
export const lost = { kind: "network", reason: "connection-lost", retryable: true } as const;
export const empty = { outcome: "failed", kind: "incomplete", reason: "empty-response", retryable: true } as const;
export const cut = { outcome: "incomplete", kind: "incomplete", reason: "connection-lost", retryable: true } as const;

export function breakAfterHead(how: "reset" | "finish") {
  return async (_answer: ServedAnswer, reply: Reply) => {
    reply.head(200);
    await reply.wait(10);
    reply[how]();
  };
}

export function breakInMiddle(how: "reset" | "finish") {
  return async (answer: ServedAnswer, reply: Reply) => {
    for (const event of beginningOf(answer)) await reply.write(event);
    await reply.wait(10);
    reply[how]();
  };
}

export function page(
  status: number,
  title: string,
  becomes: { kind: ErrorKind; reason: ErrorReason; retryable: boolean },
  type = "text/html",
): Fault {
  return {
    isHead: true,
    becomes: { outcome: "failed", ...becomes },
    serve(_answer, reply) {
      reply.head(status, { "content-type": type });
      reply.end(`<!DOCTYPE html><html><head><title>${title}</title></head><body></body></html>`);
    },
  };
}

export function errorWithoutEnd(reason?: ErrorReason): Fault {
  return {
    isHead: true,
    becomes: { outcome: "failed", kind: "bad-request", retryable: false, ...defined({ reason }) },
    async serve(_answer, reply) {
      reply.head(400);
      while (!reply.gone) await reply.write("x".repeat(10_000));
    },
  };
}
