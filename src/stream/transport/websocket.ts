/** One exchange over a WebSocket: messages go out at once, and what comes back is read as frames until a side closes. */
import { createHash, randomBytes } from "node:crypto";
import { AssistantError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { ownPart } from "../../core/own-part.ts";
import type { Frame } from "../frames/sse.ts";
import { framesOf } from "../frames/websocket-message.ts";
import { TooLarge } from "../too-large.ts";
import { readText } from "./http.ts";
import type { HttpRequest, HttpResponse, Transport } from "./transport.ts";
import { WebSocketReader } from "./websocket-reader.ts";

export interface WebSocketRequest
  extends Pick<HttpRequest, "url" | "headers" | "signal" | "timeouts" | "via" | "onSent"> {
  /** Texts, sent in this order as soon as the connection is there. */
  messages: readonly string[];
  /** The error of a server that answers in HTTP and stays with it. */
  refusal(response: HttpResponse, body: string): AssistantError;
  /** The error that a close by the server stands for; undefined when it says nothing but the end. */
  closeError(code: number, reason: string): AssistantError | undefined;
}

export interface WebSocketResponse extends Omit<HttpResponse, "body" | "write"> {
  /** An array for all that a read of the socket held, also when that was no message. Leaving the loop closes. */
  body: AsyncIterable<Frame[]>;
}

type Library = typeof import("./ws.ts");

/** RFC 6455, 5.2 */
const opcodes = { text: 1, close: 8, pong: 10 } as const;

/** RFC 6455, 1.3: what the server mixes with our key to show that it understood. */
const acceptance = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

const sizes = { maxPayload: limits.event, maxFragments: limits.fragments, maxBufferedChunks: 1024 * 1024 };

/**
 * Resolves when the server has accepted. The handshake goes over the transport like any request, so that certificates,
 * timeouts and stopping are the same; Node's own `http`, which ws uses, has its connections replaced inside VS Code.
 * No compression is offered: a delta is too short to gain by it.
 */
export async function openWebSocket(transport: Transport, request: WebSocketRequest): Promise<WebSocketResponse> {
  const { url, signal, timeouts, via = {} } = request;
  const library = await ownPart(import("./ws.ts"));
  const key = randomBytes(16).toString("base64");
  const headers = { ...request.headers, "sec-websocket-key": key, "sec-websocket-version": "13" };
  const response = await transport.request({
    method: "GET",
    url,
    headers,
    signal,
    timeouts,
    via,
    upgrade: "websocket",
  });
  const { status, write } = response;
  if (!write) throw request.refusal(response, await readText(response));
  const expected = createHash("sha1").update(`${key}${acceptance}`).digest("base64");
  if (response.headers["sec-websocket-accept"] !== expected) {
    response.release();
    throw unreadable(new URL(url).host, "its handshake is wrong");
  }
  const send = (opcode: number, payload: Uint8Array) => write(frame(library, opcode, payload));
  for (const message of request.messages) send(opcodes.text, Buffer.from(message));
  request.onSent?.();
  return {
    status,
    headers: response.headers,
    body: read(response, library, send, request),
    release() {
      send(opcodes.close, closePayload(1000));
      response.release();
    },
  };
}

async function* read(
  response: HttpResponse,
  { Receiver }: Library,
  send: (opcode: number, payload: Uint8Array) => void,
  request: WebSocketRequest,
): AsyncGenerator<Frame[]> {
  let frames: Frame[] = [];
  let ping: Buffer | undefined;
  let closed: { code: number; reason: string } | undefined;
  // Text that is no UTF-8 is read as far as it goes, as in other streams.
  const receiver = new Receiver({ ...sizes, skipUTF8Validation: true });
  const reader = new WebSocketReader(receiver, (text) => {
    for (const each of framesOf(text)) frames.push(each);
  });
  receiver.on("ping", (data) => {
    ping = data;
  });
  receiver.on("conclude", (code, reason) => {
    closed = { code, reason: reason.toString() };
  });
  // The failure is read below, where its place among the messages is known.
  receiver.on("error", () => {});

  for await (const bytes of response.body) {
    reader.push(bytes);
    // Of several pings the last one is enough (RFC 6455, 5.5.3).
    if (ping) send(opcodes.pong, ping);
    ping = undefined;
    const complete = frames;
    frames = [];
    yield complete;
    if (receiver.errored) throw failure(receiver.errored, new URL(request.url).host);
    if (closed) {
      send(opcodes.close, closed.code === 1005 ? Buffer.alloc(0) : closePayload(closed.code));
      response.release();
      const error = request.closeError(closed.code, closed.reason);
      if (error) throw error;
      return;
    }
  }
}

function frame({ Sender }: Library, opcode: number, payload: Uint8Array): Uint8Array {
  return Buffer.concat(Sender.frame(payload, { opcode, fin: true, mask: true, readOnly: true, rsv1: false }));
}

function closePayload(code: number): Uint8Array {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return payload;
}

const oversized = new Set([
  "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH",
  "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH",
  "WS_ERR_TOO_MANY_BUFFERED_PARTS",
]);

function failure(error: Error & { code?: string }, host: string): Error {
  if (error.code !== undefined && oversized.has(error.code)) return new TooLarge("event");
  return unreadable(host, error.code ?? "no code");
}

function unreadable(host: string, why: string): AssistantError {
  const message = `${host} does not speak the WebSocket protocol correctly (${why}).`;
  return new AssistantError("malformed", message, { host, retryable: true });
}
