// Runs every test/vscode/*.test.ts with mocha inside the extension host; VS Code calls run() (see scripts/setup/suites.mjs).
import { readdirSync } from "node:fs";
import { join } from "node:path";
import Mocha from "mocha";
import Results from "./support/results.ts";

export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: "bdd", timeout: 60_000, reporter: Results });
  const words = process.env.RUNNEL_TEST_GREP;
  if (words !== undefined) mocha.fgrep(words);
  // esbuild puts each test file beside this one.
  const names = readdirSync(__dirname).filter((name) => name.endsWith(".test.cjs"));
  for (const name of names.sort()) mocha.addFile(join(__dirname, name));
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} tests failed`);
}
