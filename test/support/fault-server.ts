/** A server on the loopback that gives any answer in any protocol through any fault: the address says which. */
import type { IncomingMessage, ServerOptions } from "node:http";
import type { Socket } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import type { ServedAnswer } from "./bodies.ts";
import { faultsOf } from "./faults.ts";
import { baseUrlIn, type HonestAnswer, protocols } from "./protocols.ts";
import { type ReceivedRequest, type Reply, startServer, type TestServer } from "./server.ts";
import { createSocketReply, receiveMessage } from "./socket-reply.ts";

type Protocol = keyof typeof protocols;

export interface FaultServer extends TestServer {
  /** The requests that met their fault; not those that were sent after it to where nothing is. */
  asked: ReceivedRequest[];
  /** The base URL of a provider of this protocol that meets this fault. */
  urlOf(protocol: Protocol, fault: string): string;
}

export interface Asked {
  protocol: Protocol;
  fault: string;
  request: ReceivedRequest;
}

/** `answerOf` makes what an honest server would say; a recorded body is one as well, cut into its events. */
export async function startFaultServer(answerOf: (asked: Asked) => HonestAnswer | ServedAnswer): Promise<FaultServer> {
  const asked: ReceivedRequest[] = [];
  const answer = async (request: ReceivedRequest, reply: Reply) => {
    const { protocol, row, name, fault } = addressed(request.path);
    // Over HTTP a gateway of WebSockets has nothing, unless that is what the fault is about. No connection
    // is kept for it either: a handshake that loses a kept one is sent again without being a try.
    if (row.framing === "messages" && request.method === "POST" && fault.requests === undefined) {
      reply.head(404, { "content-type": "application/json", connection: "close" });
      return reply.end('{"error":{"message":"Nothing here"}}');
    }
    asked.push(request);
    const said = answerOf({ protocol, fault: name, request });
    await fault.serve("events" in said ? said : { ...row, events: row.events(said) }, reply, request);
  };

  const acceptor = new WebSocketServer({ noServer: true });
  // Node's types do not know it yet: a handshake that is refused is a request like any other.
  const http: ServerOptions & { shouldUpgradeCallback(request: IncomingMessage): boolean } = {
    shouldUpgradeCallback: ({ url = "" }) => !addressed(url).fault.isHead,
  };
  const server = await startServer(answer, {
    http,
    onUpgrade(incoming, connection, head) {
      acceptor.handleUpgrade(incoming, connection, head, (socket: WebSocket) => {
        socket.on("error", () => {});
        socket.once("message", (data) => {
          const request = receiveMessage(incoming, socket, data.toString());
          void answer(request, createSocketReply(socket, connection as Socket, request));
        });
      });
    },
  });
  return Object.assign(server, {
    asked,
    urlOf: (protocol: Protocol, fault: string) => baseUrlIn(protocol, `${server.url}/${protocol}/${fault}`),
  });
}

function addressed(path: string) {
  const [, protocol, name] = path.split("/") as [string, Protocol, string];
  const row = protocols[protocol];
  return { protocol, row, name, fault: faultsOf(row)[name]! };
}
