/** `npm run stream` for every protocol: what it prints and how it exits, whatever becomes of the turn. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { TokenUsage } from "../../src/core/usage.ts";
import { streamTurn } from "../../src/turn/terminal.ts";
import { chatStream } from "../support/chat.ts";
import { type FaultServer, startFaultServer } from "../support/fault-server.ts";
import { long } from "../support/long.ts";
import { protocolNames, usageIn } from "../support/protocols.ts";
import { startServer } from "../support/server.ts";
import { turnKey } from "../support/turns.ts";

type Line = Record<string, unknown> & { type: string };

const spoken = { texts: ["Hel", "lo ", "안녕 ", "👋"], usage: { input: 3, output: 4 } };
const text = spoken.texts.join("");

/** What each fault makes of the last line. */
const ends = {
  completed: { fault: "event-by-event", code: 0 },
  failed: { fault: "a-page-not-found", code: 1 },
  incomplete: { fault: "reset-in-its-middle", code: 1 },
} as const;

describe("a turn in the terminal", () => {
  let server: FaultServer;
  before(async () => {
    server = await startFaultServer(() => spoken);
  });
  after(() => server.close());

  const environment = { ...process.env, RUNNEL_KEY: turnKey };

  const argumentsFor = (protocol: (typeof protocolNames)[number], fault: string) => {
    const provider = { id: "test", protocol, baseUrl: server.urlOf(protocol, fault) };
    return ["--provider", JSON.stringify(provider), "--model", "test-model", "--prompt", "Hello"];
  };

  function check(lines: readonly string[], kind: keyof typeof ends, usage: TokenUsage): void {
    const parsed = lines.map((line) => JSON.parse(line) as Line);
    const outcome = parsed.pop()!;
    assert.equal(outcome.type, "outcome");
    assert.equal(outcome.kind, kind);
    assert.deepEqual(outcome.target, { provider: "test", model: "test-model" });
    assert.equal((outcome.attempts as unknown[]).length, 1);
    assert.deepEqual(outcome.toolCalls, []);
    assert.ok((outcome.timings as { total: number }).total > 0);
    let time = 0;
    for (const { t } of parsed) {
      assert.ok((t as number) >= time);
      time = t as number;
    }
    const shown = parsed.filter(({ type }) => type === "text-delta").map((event) => event.text);
    assert.equal(outcome.text, shown.join(""));
    if (kind === "completed") {
      assert.equal(outcome.text, text);
      assert.equal(outcome.finishReason, "stop");
      assert.deepEqual(outcome.usage, usage);
      assert.ok(!("error" in outcome));
      assert.equal(parsed.at(-1)!.type, "end");
      return;
    }
    const error = outcome.error as Line;
    assert.equal(error.kind, kind === "failed" ? "not-found" : "network");
    assert.equal(error.status, kind === "failed" ? 404 : undefined);
    assert.equal(error.host, `127.0.0.1:${server.port}`);
    assert.ok(text.startsWith(outcome.text as string));
    assert.equal(outcome.text === "", kind === "failed");
    assert.ok(!("finishReason" in outcome));
    assert.equal("usage" in outcome, kind === "incomplete");
    assert.ok(!lines.join("").includes(turnKey));
  }

  for (const protocol of protocolNames) {
    for (const [kind, { fault, code }] of Object.entries(ends)) {
      it(`${kind} in the protocol ${protocol} says so in its last line and exits with ${code}`, async () => {
        const lines: string[] = [];
        const told = await streamTurn({
          arguments: argumentsFor(protocol, fault),
          environment,
          print: (line) => lines.push(line),
          signal: new AbortController().signal,
        });
        assert.equal(told, code);
        check(lines, kind as keyof typeof ends, usageIn(protocol, spoken.usage));
      });
    }
  }

  long.it("prints a long answer in parts that are the same line", async () => {
    const long = `${'👋한\n"x'.repeat(400_000)}end`;
    const big = await startServer(chatStream([long]));
    const provider = JSON.stringify({ id: "big", protocol: "openai-chat", baseUrl: `${big.url}/v1` });
    try {
      const run = async (printParts?: (parts: Iterable<string>) => void): Promise<string> => {
        let last = "";
        await streamTurn({
          arguments: ["--provider", provider, "--model", "m", "--prompt", "x"],
          environment,
          print: (line) => {
            last = line;
          },
          ...(printParts && { printParts }),
          signal: new AbortController().signal,
        });
        return last;
      };
      let parts = "";
      await run((each) => {
        parts = [...each].join("");
      });
      const [whole, parted] = [JSON.parse(await run()) as Line, JSON.parse(parts) as Line];
      assert.equal(parted.text, long);
      assert.deepEqual({ ...parted, timings: 0, tokensPerSecond: 0 }, { ...whole, timings: 0, tokensPerSecond: 0 });
    } finally {
      await big.close();
    }
  });

  describe("as a command", function () {
    this.timeout(60_000);
    /** What these print and exit with; they start together, for most of their time is the start. */
    let commands: Record<
      "whole" | "wrong" | "interrupted" | "unread",
      Promise<{ code: number; output: string; errors: string }>
    >;
    before(() => {
      const interrupted = start(argumentsFor("openai-chat", "silent-in-its-middle"));
      interrupted.stdout!.once("data", () => interrupted.kill("SIGINT"));
      const unread = start(argumentsFor("openai-chat", "silent-in-its-middle"));
      unread.stdout!.once("data", () => unread.stdout!.destroy());
      unread.once("spawn", () => setTimeout(() => unread.kill("SIGINT"), 20_000).unref());
      commands = {
        unread: toEnd(unread),
        whole: toEnd(start(argumentsFor("openai-chat", ends.completed.fault))),
        wrong: toEnd(start(["--model", "m"])),
        interrupted: toEnd(interrupted),
      };
    });
    after(() => Promise.all(Object.values(commands)));

    const start = (args: string[]): ChildProcess =>
      spawn(process.execPath, [fileURLToPath(new URL("../../scripts/stream.mjs", import.meta.url)), ...args], {
        env: environment,
        stdio: ["ignore", "pipe", "pipe"],
      });

    async function toEnd(child: ChildProcess): Promise<{ code: number; output: string; errors: string }> {
      let output = "";
      let errors = "";
      child.stdout!.setEncoding("utf8").on("data", (piece: string) => {
        output += piece;
      });
      child.stderr!.setEncoding("utf8").on("data", (piece: string) => {
        errors += piece;
      });
      const code = await new Promise<number>((resolve) => child.once("close", (exit) => resolve(exit ?? -1)));
      return { code, output, errors };
    }

    long.it("prints nothing but JSON and exits with 0", async () => {
      const { code, output } = await commands.whole;
      assert.equal(code, 0);
      check(output.trimEnd().split("\n"), "completed", usageIn("openai-chat", spoken.usage));
    });

    long.it("says how it is called and exits with 1 when it is called wrongly", async () => {
      const { code, output, errors } = await commands.wrong;
      assert.deepEqual([code, output], [1, ""]);
      assert.match(errors, /--provider/);
    });

    long.it("tells its end where errors go when nobody reads what it prints", async () => {
      const { code, errors } = await commands.unread;
      const outcome = JSON.parse(errors.trimEnd().split("\n").at(-1)!) as Line;
      assert.deepEqual([code, outcome.type, outcome.kind], [1, "outcome", "stopped"]);
      assert.ok(!errors.includes("EPIPE"));
    });

    long.it("interrupted keeps what came and exits with 1", async () => {
      const { code, output } = await commands.interrupted;
      const outcome = JSON.parse(output.trimEnd().split("\n").at(-1)!) as Line;
      assert.deepEqual([code, outcome.kind], [1, "stopped"]);
      assert.ok(text.startsWith(outcome.text as string));
      assert.ok(!("error" in outcome));
    });
  });
});
