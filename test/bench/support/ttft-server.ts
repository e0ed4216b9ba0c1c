/** The server of the `ttft` bench, a process of its own: its first word is the moment at which it was written. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { vouched } from "../../support/certificates.ts";

/** Milliseconds from the question to the first word, so that the client waits for it as it does in life. */
const thinking = 3;

function answer(incoming: IncomingMessage, response: ServerResponse): void {
  incoming.resume().on("end", () =>
    setTimeout(() => {
      response.socket?.setNoDelay(true);
      response.writeHead(200, { "content-type": "text/event-stream" });
      // One clock for all processes of the machine, in nanoseconds.
      const delta = { content: String(process.hrtime.bigint()) };
      response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`);
      if (incoming.url?.startsWith("/endless")) {
        response.on("close", () => process.send?.({ closed: String(process.hrtime.bigint()) }));
        return;
      }
      response.write(`data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n`);
      response.end("data: [DONE]\n\n");
    }, thinking),
  );
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

const plain = await listen(createServer({ keepAliveTimeout: 60_000 }, answer));
const secure = await listen(createSecureServer({ ...vouched, keepAliveTimeout: 60_000 }, answer));
process.send?.({ plain: `http://127.0.0.1:${plain}`, secure: `https://127.0.0.1:${secure}` });
