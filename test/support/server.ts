/** A real HTTP server on the loopback that answers as a test tells it to, down to the byte and the broken socket. */
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { WebSocket } from "ws";

export interface ReceivedRequest {
  method: string;
  /** Path and query. */
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
  /** The body parsed; undefined when it is no JSON. */
  json: Record<string, unknown> & { messages?: { role: string; content: string }[] };
  /** Resolves when the exchange is over, whoever ended it. */
  over: Promise<void>;
  /** True once the client went away before the answer was complete. */
  abandoned: boolean;
}

export interface Reply {
  head(status: number, headers?: Record<string, string>): void;
  /** Sends this piece by itself; the head of a 200 event stream goes first unless `head` was called. */
  write(piece: string | Uint8Array): Promise<void>;
  wait(milliseconds: number): Promise<void>;
  end(piece?: string | Uint8Array): void;
  /** Bytes as they are, past HTTP: for broken framing. */
  raw(bytes: string | Uint8Array): void | Promise<void>;
  /** Drops the connection with RST. */
  reset(): void;
  /** Closes the connection with FIN in the middle. */
  finish(): void;
  /** Sends nothing more until the client goes away. */
  stall(): Promise<void>;
  /** True once the client is gone: an endless script stops by it. */
  readonly gone: boolean;
  /** What the answer goes over, where that is a WebSocket. */
  readonly socket?: WebSocket;
}

export type Handler = (request: ReceivedRequest, reply: Reply) => void | Promise<void>;

export interface TestServer {
  /** Without a trailing slash, such as http://127.0.0.1:40123 */
  url: string;
  port: number;
  requests: ReceivedRequest[];
  /** Connections accepted so far, and those open now. */
  connections: number;
  readonly open: number;
  close(): Promise<void>;
}

export interface ServerSettings {
  /** Speaks TLS with this key and certificate. */
  tls?: { key: string; cert: string };
  http?: ServerOptions;
  /** Any free port when not given. */
  port?: number;
  /** Sees each connection before any request. */
  onConnection?: (socket: Socket) => void;
  /** Answers requests for another protocol. */
  onUpgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

export async function startServer(handler: Handler, settings: ServerSettings = {}): Promise<TestServer> {
  const sockets = new Set<Socket>();
  const requests: ReceivedRequest[] = [];
  const listener = async (incoming: IncomingMessage, response: ServerResponse) => {
    const request = await receive(incoming, response);
    requests.push(request);
    try {
      await handler(request, createReply(response));
    } catch (error) {
      if (!response.destroyed && !response.writableEnded) response.destroy(error as Error);
    }
  };
  const options = settings.http ?? {};
  const server: Server = settings.tls
    ? (createSecureServer({ ...options, ...settings.tls }, listener) as unknown as Server)
    : createServer(options, listener);
  server.requestTimeout = 0;
  const started: TestServer = {
    url: "",
    port: 0,
    requests,
    connections: 0,
    get open() {
      return sockets.size;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  server.on("connection", (socket: Socket) => {
    started.connections++;
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    settings.onConnection?.(socket);
  });
  if (settings.onUpgrade) server.on("upgrade", settings.onUpgrade);
  server.on("clientError", (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(settings.port ?? 0, "127.0.0.1", resolve);
  });
  started.port = (server.address() as AddressInfo).port;
  started.url = `${settings.tls ? "https" : "http"}://127.0.0.1:${started.port}`;
  return started;
}

async function receive(incoming: IncomingMessage, response: ServerResponse): Promise<ReceivedRequest> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  const body = Buffer.concat(pieces).toString("utf8");
  const request: ReceivedRequest = {
    method: incoming.method ?? "",
    path: incoming.url ?? "",
    headers: incoming.headers,
    body,
    json: parsed(body),
    abandoned: false,
    over: new Promise((resolve) => {
      response.on("close", () => {
        request.abandoned = !response.writableFinished;
        resolve();
      });
    }),
  };
  return request;
}

export function parsed(body: string): ReceivedRequest["json"] {
  try {
    return JSON.parse(body) as ReceivedRequest["json"];
  } catch {
    return undefined as unknown as ReceivedRequest["json"];
  }
}

function createReply(response: ServerResponse): Reply {
  const socket = response.socket;
  const startHead = () => {
    if (!response.headersSent) response.writeHead(200, { "content-type": "text/event-stream" });
  };
  return {
    head(status, headers = {}) {
      response.writeHead(status, headers);
      response.flushHeaders();
    },
    async write(piece) {
      startHead();
      if (response.destroyed) return;
      await new Promise<void>((resolve) => {
        const settle = () => {
          response.off("close", settle);
          resolve();
        };
        response.once("close", settle);
        response.write(piece, settle);
      });
      // A turn of the event loop, so that the next piece is a read of its own for the client.
      await new Promise((resolve) => setImmediate(resolve));
    },
    wait: (milliseconds) => delay(milliseconds),
    end(piece) {
      startHead();
      if (piece === undefined) response.end();
      else response.end(piece);
    },
    raw(bytes) {
      socket?.write(bytes);
    },
    reset() {
      socket?.resetAndDestroy();
    },
    finish() {
      socket?.end();
      socket?.destroySoon();
    },
    stall: () =>
      new Promise((resolve) => {
        if (response.destroyed) resolve();
        else response.once("close", () => resolve());
      }),
    get gone() {
      return response.destroyed || (socket?.destroyed ?? true);
    },
  };
}
