/** A real HTTP proxy on the loopback, for which every name leads to this machine; it can demand, refuse and stall. */
import { createServer, request as forward, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Certificate } from "./certificates.ts";

export interface ProxiedRequest {
  /** CONNECT, or the method of a request for a plain address. */
  method: string;
  /** Host and port, or the whole address. */
  target: string;
  authorization: string | undefined;
}

export interface TestProxy {
  /** Without a trailing slash. */
  url: string;
  port: number;
  requests: ProxiedRequest[];
  /** Connections accepted so far, and those open now. */
  connections: number;
  readonly open: number;
  close(): Promise<void>;
}

export interface ProxySettings {
  tls?: Certificate;
  /** Name and password with a colon between them, without which it answers 407. */
  credentials?: string;
  /** Answers every request with this status. */
  refuse?: number;
  /** Answers no request. */
  stall?: boolean;
  /** Drops every connection at its first request. */
  reset?: boolean;
}

export async function startProxy(settings: ProxySettings = {}): Promise<TestProxy> {
  const sockets = new Set<Socket>();
  const server = (settings.tls ? createSecureServer(settings.tls) : createServer()) as Server;
  const proxy: TestProxy = {
    url: "",
    port: 0,
    requests: [],
    connections: 0,
    get open() {
      return sockets.size;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  };
  const record = ({ method = "", url = "", headers, socket }: IncomingMessage): number | undefined => {
    const authorization = headers["proxy-authorization"];
    proxy.requests.push({ method, target: url, authorization });
    if (settings.reset) socket.destroy();
    if (settings.credentials === undefined) return settings.refuse;
    const expected = `Basic ${Buffer.from(settings.credentials).toString("base64")}`;
    return authorization === expected ? settings.refuse : 407;
  };
  server.on("connection", (socket: Socket) => {
    proxy.connections++;
    keep(socket);
  });
  server.on("connect", (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
    const status = record(incoming);
    socket.on("error", () => {}).on("end", () => socket.end());
    // Unread, a socket would not notice that the other side is gone.
    if (settings.stall || settings.reset) return void socket.resume();
    if (status !== undefined) return void socket.end(`HTTP/1.1 ${status} No\r\n${challenge(status)}\r\n`);
    const target = connect(Number(incoming.url?.split(":").at(-1)), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      target.write(head);
      target.pipe(socket).pipe(target);
    });
    target.on("error", () => socket.destroy()).on("close", () => socket.destroy());
    socket.on("close", () => target.destroy());
  });
  server.on("request", (incoming: IncomingMessage, response: ServerResponse) => {
    const status = record(incoming);
    if (settings.stall || settings.reset) return;
    if (status !== undefined) {
      response.writeHead(status, status === 407 ? { "proxy-authenticate": 'Basic realm="test"' } : {}).end();
      return;
    }
    const { port, pathname, search } = new URL(incoming.url ?? "");
    const { "proxy-authorization": _, ...headers } = incoming.headers;
    const options = { host: "127.0.0.1", port, path: pathname + search, method: incoming.method, headers };
    const onward = forward(options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  proxy.port = (server.address() as AddressInfo).port;
  proxy.url = `${settings.tls ? "https" : "http"}://127.0.0.1:${proxy.port}`;
  return proxy;
}

function challenge(status: number): string {
  return status === 407 ? 'Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: Basic realm="test"\r\n' : "";
}
