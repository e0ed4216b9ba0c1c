/** A server on the loopback that gives any answer in any protocol through any fault: the address says which. */
import type { ServedAnswer } from "./bodies.ts";
import { faults } from "./faults.ts";
import { type HonestAnswer, protocols } from "./protocols.ts";
import { type ReceivedRequest, startServer, type TestServer } from "./server.ts";

type Protocol = keyof typeof protocols;

export interface FaultServer extends TestServer {
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
  const server = await startServer(async (request, reply) => {
    const [, protocol, fault] = request.path.split("/") as [string, Protocol, string];
    const row = protocols[protocol];
    const answer = answerOf({ protocol, fault, request });
    const served = "events" in answer ? answer : { ...row, events: row.events(answer) };
    await faults[fault]!.serve(served, reply, request);
  });
  return Object.assign(server, {
    urlOf: (protocol: Protocol, fault: string) => `${server.url}/${protocol}/${fault}`,
  });
}
