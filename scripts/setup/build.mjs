// Builds dist/ with esbuild.mjs, printing what it says only when it fails.
import { join } from "node:path";
import { run } from "./processes.mjs";
import { root, SetupError, say, secondsSince } from "./project.mjs";

export async function build(...args) {
  const begin = performance.now();
  const { code, output } = await run(process.execPath, [join(root, "esbuild.mjs"), ...args], { cwd: root });
  if (code !== 0) throw new SetupError(`${output.trim()}\nThe build (esbuild.mjs) failed: see above.`);
  say(`Built ${args.includes("--production") ? "for production" : "for development"} in ${secondsSince(begin)}`);
}
