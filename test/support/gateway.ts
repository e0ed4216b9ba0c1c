/** A real WebSocket gateway on the loopback that answers as a test tells it to, and over HTTP on the same port too. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { type WebSocket, WebSocketServer } from "ws";
import { type Handler, type ServerSettings, startServer, type TestServer } from "./server.ts";

export interface ReceivedSocket {
  path: string;
  headers: IncomingMessage["headers"];
  /** In the order they came. */
  messages: string[];
  /** Resolves with the close code when the connection is over, whoever ended it. */
  over: Promise<number>;
  socket: WebSocket;
}

export interface Gateway {
  /** Where to open WebSockets. */
  url: string;
  sockets: ReceivedSocket[];
  http: TestServer;
  /** What happens once the question is there. */
  answer: (socket: WebSocket, received: ReceivedSocket) => void | Promise<void>;
  /** Answers a handshake with HTTP or silence instead of accepting it. */
  refuse: ((socket: Duplex) => void) | undefined;
  /** What a request over HTTP gets. */
  overHttp: Handler;
  close(): Promise<void>;
}

/** Refuses a handshake with this status and body. */
export function withStatus(status: number, body = "", headers: Record<string, string> = {}) {
  const lines = Object.entries({ "content-length": String(Buffer.byteLength(body)), connection: "close", ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return (socket: Duplex) => void socket.end(`HTTP/1.1 ${status} Refused\r\n${head}\r\n${body}`);
}

export async function startGateway(settings: ServerSettings = {}): Promise<Gateway> {
  const acceptor = new WebSocketServer({ noServer: true });
  const accept = (socket: WebSocket, request: IncomingMessage) => {
    const received: ReceivedSocket = {
      path: request.url ?? "",
      headers: request.headers,
      messages: [],
      over: new Promise((resolve) => socket.on("close", resolve)),
      socket,
    };
    gateway.sockets.push(received);
    socket.on("error", () => {});
    socket.on("message", (data) => {
      const text = data.toString();
      received.messages.push(text);
      if (text.includes('"messages"')) void gateway.answer(socket, received);
    });
  };
  const http = await startServer((request, reply) => gateway.overHttp(request, reply), {
    ...settings,
    onUpgrade(request, socket, head) {
      socket.on("error", () => {});
      if (gateway.refuse) gateway.refuse(socket);
      else acceptor.handleUpgrade(request, socket, head, accept);
    },
  });
  const gateway: Gateway = {
    url: `${http.url.replace("http", "ws")}/v1/stream`,
    sockets: [],
    http,
    answer: () => {},
    refuse: undefined,
    overHttp(_request, reply) {
      reply.head(404, { "content-type": "application/json" });
      reply.end('{"error":{"message":"Nothing here"}}');
    },
    async close() {
      for (const { socket } of gateway.sockets) socket.terminate();
      acceptor.close();
      await http.close();
    },
  };
  return gateway;
}

/** A chunk of an answer as a gateway writes it. */
export function piece(
  content: string,
  finish_reason: string | null = null,
  more: Record<string, unknown> = {},
): string {
  return JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason }], ...more });
}

/** Sends these one after the other, each a read of its own for the client. */
export async function send(socket: WebSocket, ...messages: (string | Uint8Array)[]): Promise<void> {
  for (const message of messages) {
    await new Promise<void>((resolve) => socket.send(message, () => resolve()));
    await delay(1);
  }
}
