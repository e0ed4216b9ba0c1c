/** A server and an asker for each test of a suite, made before it and closed after it. */
import { type Gateway, startGateway } from "./gateway.ts";
import { Asker } from "./run.ts";
import { type Handler, startServer, type TestServer } from "./server.ts";

export interface Fresh {
  asker: Asker;
  server: TestServer;
  /** What the server does from here on. */
  handler: Handler;
}

export interface FreshGateway {
  asker: Asker;
  gateway: Gateway;
}

/** To be called where `beforeEach` would stand. */
export function freshServer(handler: Handler = (_request, reply) => reply.end()): Fresh {
  const fresh = {} as Fresh;
  beforeEach(async () => {
    fresh.asker = new Asker();
    fresh.handler = handler;
    fresh.server = await startServer((request, reply) => fresh.handler(request, reply));
  });
  afterEach(async () => {
    await fresh.asker.close();
    await fresh.server.close();
  });
  return fresh;
}

/** The same with a gateway that speaks WebSocket. */
export function freshGateway(): FreshGateway {
  const fresh = {} as FreshGateway;
  beforeEach(async () => {
    fresh.asker = new Asker();
    fresh.gateway = await startGateway();
  });
  afterEach(async () => {
    await fresh.asker.close();
    await fresh.gateway.close();
  });
  return fresh;
}
