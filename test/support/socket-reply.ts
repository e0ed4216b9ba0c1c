/** Answers over a WebSocket as a test tells it to: the same words as over HTTP, each piece a message. */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { WebSocket } from "ws";
import { parsed, type ReceivedRequest, type Reply } from "./server.ts";

/** The first message as the request that it is. */
export function receiveMessage(incoming: IncomingMessage, socket: WebSocket, body: string): ReceivedRequest {
  const request: ReceivedRequest = {
    method: incoming.method ?? "",
    path: incoming.url ?? "",
    headers: incoming.headers,
    body,
    json: parsed(body),
    abandoned: false,
    over: new Promise((resolve) => {
      socket.once("close", () => resolve());
    }),
  };
  return request;
}

export function createSocketReply(socket: WebSocket, connection: Socket, request: ReceivedRequest): Reply {
  let ended = false;
  const closed = new Promise<void>((resolve) => {
    socket.once("close", () => {
      request.abandoned = !ended;
      resolve();
    });
  });
  const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    socket,
    // The handshake was its head.
    head() {},
    async write(piece) {
      await new Promise<void>((resolve) => socket.send(piece, () => resolve()));
      await nextTurn();
    },
    wait: (milliseconds) => delay(milliseconds),
    end(piece) {
      ended = true;
      if (piece !== undefined) socket.send(piece);
      socket.close(1000);
    },
    async raw(bytes) {
      connection.write(bytes);
      await nextTurn();
    },
    reset() {
      ended = true;
      connection.resetAndDestroy();
    },
    finish() {
      ended = true;
      connection.end();
      connection.destroySoon();
    },
    stall: () => closed,
    get gone() {
      return socket.readyState !== socket.OPEN;
    },
  };
}
