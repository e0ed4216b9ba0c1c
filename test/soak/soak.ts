/** Many turns over all protocols, several at a time and one in ten through a fault: nothing may be lost, left or kept. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { userMessage } from "../../src/core/message.ts";
import { faultsOf } from "../support/faults.ts";
import { baseUrlIn, protocolNames, protocols } from "../support/protocols.ts";
import { Turns } from "../support/turns.ts";
import { answerTo, type Sent } from "./answers.ts";

export interface SoakResult {
  name: "soak";
  turns: number;
  /** Turns that did not end as their fault says, each in a sentence. */
  wrong: string[];
  outcomes: Record<string, number>;
  /** Turns in the ledger. */
  recorded: number;
  usage: { ours: { input: number; output: number }; server: { input: number; output: number } };
  /** Connections still open after the end. */
  openSockets: number;
  unhandledRejections: number;
  /** Bytes on the heap after the warm-up and at the end, where garbage can be collected at will. */
  heap?: { start: number; end: number; ratio: number };
  seconds: number;
}

/** These take long or much memory by themselves. */
const left = [
  "byte-by-byte",
  "open-after-its-end",
  "silent-for-long-before-it-began",
  "with-a-huge-event",
  "an-error-without-end",
];
const faultNames = protocolNames.map((protocol) =>
  Object.keys(faultsOf(protocols[protocol])).filter((name) => !left.includes(name)),
);

export async function soak(count: number, atOnce = 8): Promise<SoakResult> {
  const server = fork(new URL("server.ts", import.meta.url), { execArgv: [] });
  const turns = new Turns();
  const result: SoakResult = {
    name: "soak",
    turns: count,
    wrong: [],
    outcomes: {},
    recorded: 0,
    usage: { ours: { input: 0, output: 0 }, server: { input: 0, output: 0 } },
    openSockets: 0,
    unhandledRejections: 0,
    seconds: 0,
  };
  const onRejection = () => result.unhandledRejections++;
  process.on("unhandledRejection", onRejection);
  try {
    const [url] = (await once(server, "message")) as [string];
    const began = performance.now();
    let next = 0;
    const work = async (end: number) => {
      while (next < end) await oneTurn(next++, url, turns, result);
    };
    const workTo = (end: number) => Promise.all(Array.from({ length: atOnce }, () => work(end)));
    await workTo(Math.floor(count / 4));
    const start = heapSize();
    await workTo(count);
    const end = heapSize();
    if (start !== undefined && end !== undefined) result.heap = { start, end, ratio: rounded(end / start) };
    result.seconds = rounded((performance.now() - began) / 1000);
    result.recorded = turns.ledger.spending().month.turns;
    await turns.close();
    const { input, output, open } = await account(server);
    result.usage.server = { input, output };
    result.openSockets = open;
  } finally {
    process.off("unhandledRejection", onRejection);
    server.disconnect();
    await once(server, "exit");
  }
  return result;
}

async function oneTurn(question: number, url: string, turns: Turns, result: SoakResult): Promise<void> {
  // The protocols take turns among the faulty ones too.
  const place = (question + Math.floor(question / 10)) % protocolNames.length;
  const protocol = protocolNames[place]!;
  const names = faultNames[place]!;
  const fault = question % 10 === 9 ? names[Math.floor(question / 10) % names.length]! : "event-by-event";
  const { becomes, timeouts = {} } = faultsOf(protocols[protocol])[fault]!;
  const { outcome, text } = await turns.run({
    entry: { protocol, baseUrl: baseUrlIn(protocol, `${url}/${protocol}/${fault}`), timeouts },
    question: { messages: [userMessage(`Question ${question}`)] },
  });
  turns.log.length = 0;
  result.outcomes[outcome.kind] = (result.outcomes[outcome.kind] ?? 0) + 1;
  const whole = answerTo(question).texts.join("");
  const isRight = becomes.outcome === "completed" ? text === whole : whole.startsWith(text);
  if (outcome.kind !== becomes.outcome || !isRight) {
    result.wrong.push(`${protocol} through ${fault} was ${outcome.kind} with ${text.length} of ${whole.length}`);
  }
  if (outcome.kind !== "completed") return;
  result.usage.ours.output += outcome.usage?.outputTokens ?? Number.NaN;
  if (!protocols[protocol].lacks?.includes("input tokens")) {
    result.usage.ours.input += outcome.usage?.inputTokens ?? Number.NaN;
  }
}

/** What the server sent, once its connections are closed or two seconds have passed. */
async function account(server: ChildProcess): Promise<Sent> {
  for (let tries = 0; ; tries++) {
    server.send("account");
    const [sent] = (await once(server, "message")) as [Sent];
    if (sent.open === 0 || tries === 20) return sent;
    await delay(100);
  }
}

function heapSize(): number | undefined {
  if (!globalThis.gc) return undefined;
  for (let times = 0; times < 3; times++) globalThis.gc();
  return process.memoryUsage().heapUsed;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

if (import.meta.main) {
  const result = await soak(Number(process.env.TURNS ?? 2000));
  console.log(JSON.stringify(result));
  const { ours, server } = result.usage;
  const sound =
    result.wrong.length === 0 &&
    result.recorded === result.turns &&
    ours.input === server.input &&
    ours.output === server.output &&
    result.openSockets === 0 &&
    result.unhandledRejections === 0 &&
    (result.heap?.ratio ?? 1) <= 1.1;
  process.exitCode = sound ? 0 : 1;
}
