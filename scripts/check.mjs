// `npm run check`: types, lint and the quick unit tests, all at the same time; `npm test` runs those that take long as well.
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { run } from "./setup/processes.mjs";
import { cacheFolder, main, root, say, secondsSince } from "./setup/project.mjs";

// Tests wait for servers as much as they compute.
const jobs = String(2 * availableParallelism());
const memory = cacheFolder("check");

const parts = {
  types: ["typescript/bin/tsc", "--noEmit", "--incremental", "--tsBuildInfoFile", join(memory, "types.tsbuildinfo")],
  lint: ["@biomejs/biome/bin/biome", "check", "."],
  unused: ["knip/bin/knip.js"],
  "unit tests": ["mocha/bin/mocha.js", "--config", "test/.mocharc.json", "--parallel", "--jobs", jobs],
};

// Types stripped and code compiled once serve until a file changes.
const env = { ...process.env, NODE_COMPILE_CACHE: join(memory, "code"), RUNNEL_QUICK: "1" };

await main(async () => {
  const begin = performance.now();
  const ends = Object.entries(parts).map(async ([name, [tool, ...args]]) => {
    const command = [join(root, "node_modules", tool), ...args];
    const { code, output } = await run(process.execPath, command, { cwd: root, env });
    say(`${code === 0 ? "✓" : "✗"} ${name}: ${secondsSince(begin)}${code === 0 ? "" : `\n${output.trim()}\n`}`);
    return code === 0;
  });
  const passed = await Promise.all(ends);
  process.exitCode = passed.every(Boolean) ? 0 : 1;
});
