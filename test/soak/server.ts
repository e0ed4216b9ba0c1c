/** The other side of the soak, in a process of its own: answers by the question, and keeps account of what it sent. */
import { startFaultServer } from "../support/fault-server.ts";
import { faultsOf } from "../support/faults.ts";
import { protocols } from "../support/protocols.ts";
import { answerTo, type Sent } from "./answers.ts";

const sent: Sent = { input: 0, output: 0, open: 0 };

const server = await startFaultServer(({ protocol, fault, request }) => {
  const answer = answerTo(Number(/Question (\d+)/.exec(request.body)?.[1]));
  // A handshake that is refused holds no question.
  const isSent =
    request.body !== "" &&
    faultsOf(protocols[protocol])[fault]!.becomes.outcome === "completed" &&
    !isRedirected(fault, request.path);
  if (isSent) {
    if (!protocols[protocol].lacks?.includes("input tokens")) sent.input += answer.usage.input;
    sent.output += answer.usage.output;
  }
  return answer;
});

process.on("message", () => process.send?.({ ...sent, open: server.open }));
process.on("disconnect", () => process.exit());
process.send?.(server.url);

/** The request that is sent on elsewhere, not the one that follows. */
function isRedirected(fault: string, path: string): boolean {
  return fault === "redirected-within" && !path.endsWith("again");
}
