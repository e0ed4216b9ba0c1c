// The mocha reporter of all suites: one JSON line per finished test in the file that RUNNEL_TEST_RESULTS names, for scripts/test.mjs.
import { appendFileSync } from "node:fs";
import { inspect } from "node:util";
import Mocha from "mocha";

/** What one line says. `end` is the last line of a run that was not cut short. */
export type Result =
  | { type: "start"; title: string }
  | { type: "passed"; title: string; milliseconds: number }
  | { type: "skipped"; title: string }
  | { type: "failed"; title: string; error: string }
  | { type: "end" };

export default class Results extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    const file = process.env.RUNNEL_TEST_RESULTS;
    const write = (result: Result) => {
      // Line by line and at once: when the run hangs or crashes, the last line tells where.
      if (file) appendFileSync(file, `${JSON.stringify(result)}\n`);
    };
    runner.on("test", (test) => write({ type: "start", title: name(test) }));
    runner.on("pass", (test) => write({ type: "passed", title: name(test), milliseconds: test.duration ?? 0 }));
    runner.on("pending", (test) => write({ type: "skipped", title: name(test) }));
    runner.on("fail", (test, error) => write({ type: "failed", title: name(test), error: explain(error) }));
    runner.on("end", () => write({ type: "end" }));
  }
}

function name(test: Mocha.Runnable): string {
  return test.titlePath().join(" › ");
}

/** The whole error: message with its difference, stack, cause. */
function explain(error: unknown): string {
  const options = { depth: 5, maxStringLength: 20_000, breakLength: 120 };
  const { stack, message, name, __type, ...rest } = (error ?? {}) as Record<string, unknown>;
  if (error instanceof Error || typeof stack !== "string") return inspect(error, options);
  // What came from a worker is an object with the fields of an error.
  const text = stack.includes(String(message)) ? stack : `${name}: ${message}\n${stack}`;
  return Object.keys(rest).length === 0 ? text : `${text}\n${inspect(rest, options)}`;
}
