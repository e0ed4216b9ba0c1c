// Reads what the mocha reporter (test/vscode/support/results.ts) writes while a suite runs, shows it, and adds it up.
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { cache, say } from "./project.mjs";

/** The results of one suite: `failures` are `{ title, error }`; one more stands for a suite that did not run to its end. */
export function noResults() {
  return { passed: 0, skipped: 0, failures: [] };
}

/** Follows the result file of a suite. `each` shows every test as it ends instead of the sum alone. */
export class ResultFile {
  constructor(suite) {
    this.path = join(cache, "results", `${suite}.jsonl`);
    mkdirSync(dirname(this.path), { recursive: true });
    rmSync(this.path, { force: true });
    /** For the environment of the process that runs mocha. */
    this.env = { RUNNEL_TEST_RESULTS: this.path };
    this.results = noResults();
    this.ended = false;
    this.running = undefined;
    this.linesRead = 0;
  }

  /** Takes in the lines written since the last time. */
  read({ each = false } = {}) {
    const lines = existsSync(this.path) ? readFileSync(this.path, "utf8").split("\n") : [];
    // The last piece is empty or a line not yet written to its end.
    for (const line of lines.slice(this.linesRead, -1)) {
      this.linesRead += 1;
      this.#take(JSON.parse(line), each);
    }
    return this;
  }

  /** Keeps reading while a suite runs; gives a function that ends it with a last reading. */
  follow() {
    const timer = setInterval(() => this.read({ each: true }), 200);
    return () => {
      clearInterval(timer);
      this.read({ each: true });
    };
  }

  /** The results, with a failure of its own for a suite that crashed, ran out of time or had nothing to run. */
  close(trouble) {
    const { results } = this;
    const where = this.running ? ` The last test begun: ${this.running}.` : "";
    const count = results.passed + results.skipped + results.failures.length;
    const sentence =
      trouble ??
      (this.ended ? undefined : "It ended before its last test.") ??
      (count === 0 ? "It ran no tests at all." : undefined);
    if (sentence) results.failures.push({ title: "the suite itself", error: `${sentence}${where}` });
    return results;
  }

  #take(result, each) {
    if (result.type === "start") this.running = result.title;
    else this.running = undefined;
    if (result.type === "end") this.ended = true;
    if (result.type === "passed") this.results.passed += 1;
    if (result.type === "skipped") this.results.skipped += 1;
    if (result.type === "failed") this.results.failures.push({ title: result.title, error: result.error });
    if (!each) return;
    if (result.type === "passed") say(`  ✓ ${result.title} (${result.milliseconds} ms)`);
    if (result.type === "skipped") say(`  - ${result.title}`);
    if (result.type === "failed") say(`  ✗ ${result.title}`);
  }
}
