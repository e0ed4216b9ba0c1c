/** From the server's first word to our first text, on cold, kept and prepared connections; and how fast a stop is. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { percentile } from "../../src/money/statistics.ts";
import { type Contender, ours, reference, type Sample, socket } from "./support/ttft-contenders.ts";

const rounds = Number(process.env.ROUNDS ?? 100);
const warmUp = 30;
const contenders = { ours, reference, socket };

type Name = keyof typeof contenders;
type Samples = Record<Name, Sample[]>;

const server = fork(fileURLToPath(new URL("support/ttft-server.ts", import.meta.url)), { execArgv: [] });
try {
  const urls = await message<{ plain: string; secure: string }>(server);
  for (const [kind, url] of Object.entries(urls)) {
    const kept = await measureKept(url);
    const cold = await measureFresh(url, false);
    const prepared = await measureFresh(url, true);
    print(`warm ${kind}`, kept, fromFirstWord);
    print(`cold ${kind}`, cold, fromQuestion);
    // The others cannot connect ahead, so theirs is a cold one.
    print(`pre-connected ${kind}`, { ...prepared, socket: cold.socket, reference: cold.reference }, fromQuestion, {
      ourCold: middle(cold.ours.map(fromQuestion)),
    });
  }
  console.log(JSON.stringify(await measureStop(`${urls.plain}/endless`)));
} finally {
  server.kill();
}
process.exit(0);

function fromFirstWord({ written, seen }: Sample): number {
  return Number(seen - written) / 1000;
}

function fromQuestion({ began, seen }: Sample): number {
  return Number(seen - began) / 1000;
}

/** All over one connection each, in turns. */
async function measureKept(url: string): Promise<Samples> {
  const all = Object.fromEntries(Object.entries(contenders).map(([name, make]) => [name, make(url)]));
  const samples: Samples = { ours: [], reference: [], socket: [] };
  for (let round = -warmUp; round < rounds; round++) {
    for (const name of inTurn(round)) {
      const sample = await all[name]!.ask();
      if (round >= 0) samples[name].push(sample);
      await pause();
    }
  }
  await Promise.all(Object.values(all).map((each) => each.close()));
  return samples;
}

/** Each time with nothing that is open, or with what was opened ahead. */
async function measureFresh(url: string, ahead: boolean): Promise<Samples> {
  const samples: Samples = { ours: [], reference: [], socket: [] };
  for (let round = -5; round < rounds / 2; round++) {
    for (const name of inTurn(round)) {
      const contender: Contender = contenders[name](url);
      if (ahead) await contender.connect?.();
      await pause();
      const sample = await contender.ask();
      if (round >= 0) samples[name].push(sample);
      await contender.close();
    }
  }
  return samples;
}

/** From the stop to the rejection, and to the moment when the server sees the connection closed. */
async function measureStop(url: string): Promise<Record<string, unknown>> {
  const rejected: Record<string, number[]> = { ours: [], reference: [] };
  const closed: Record<string, number[]> = { ours: [], reference: [] };
  for (let round = -5; round < rounds / 2; round++) {
    for (const name of round % 2 === 0 ? (["ours", "reference"] as const) : (["reference", "ours"] as const)) {
      const abort = new AbortController();
      let stopped = 0n;
      const contender = contenders[name](url, () =>
        setTimeout(() => {
          stopped = process.hrtime.bigint();
          abort.abort(new Error("stop"));
        }, 2),
      );
      const seen = message<{ closed: string }>(server);
      await contender.ask(abort.signal).then(
        () => Promise.reject(new Error(`${name} was not stopped`)),
        () => undefined,
      );
      const ended = process.hrtime.bigint();
      const gone = BigInt((await seen).closed);
      if (round >= 0) {
        rejected[name]!.push(Number(ended - stopped) / 1000);
        closed[name]!.push(Number(gone - stopped) / 1000);
      }
      await contender.close();
    }
  }
  return {
    name: "ttft",
    row: "stop",
    unit: "microseconds from the stop to the rejection, p50",
    ...compared(rejected.ours!, rejected.reference!),
    untilServerSees: compared(closed.ours!, closed.reference!),
  };
}

function print(row: string, samples: Samples, measure: (sample: Sample) => number, more = {}): void {
  const values = (name: Name) => samples[name].map(measure);
  const from = measure === fromFirstWord ? "the server's first word" : "the question";
  const unit = `microseconds from ${from} to the first text, p50`;
  const result = {
    name: "ttft",
    row,
    unit,
    ...compared(values("ours"), values("reference")),
    socket: middle(values("socket")),
  };
  console.log(JSON.stringify({ ...result, ...more, rounds: samples.ours.length }));
}

/** The ratio is that of the pairs: each was measured in the same moment. */
function compared(ours: number[], reference: number[]): Record<string, number> {
  const ratios = ours.map((value, index) => value / reference[index]!);
  const ratio = percentile(ratios, 0.5) ?? Number.NaN;
  return { ours: middle(ours), reference: middle(reference), ratio: Math.round(ratio * 100) / 100 };
}

function middle(values: number[]): number {
  return Math.round(percentile(values, 0.5) ?? Number.NaN);
}

/** Nobody always goes first. */
function inTurn(round: number): Name[] {
  const names: Name[] = ["ours", "reference", "socket"];
  return [...names.slice(Math.abs(round) % 3), ...names.slice(0, Math.abs(round) % 3)];
}

/** Lets what an answer left behind be done. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 2));
}

function message<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve) => child.once("message", (value) => resolve(value as Message)));
}
