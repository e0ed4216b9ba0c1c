// `npm run bench [-- NAME …]`: builds for production and runs test/bench/*.bench.ts one after another, or only those named.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "./setup/build.mjs";
import { prepare } from "./setup/packages.mjs";
import { run } from "./setup/processes.mjs";
import { main, root, SetupError, say, secondsSince } from "./setup/project.mjs";

const suffix = ".bench.ts";

await main(async () => {
  await prepare(import.meta.url);
  const folder = join(root, "test/bench");
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(suffix))
    .map((name) => name.slice(0, -suffix.length))
    .sort();
  const wanted = process.argv.slice(2).map((name) => name.replace(/^.*\//, "").replace(suffix, ""));
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown) throw new SetupError(`There is no benchmark ${unknown}. There are: ${names.join(", ")}.`);
  await build("--production");
  const failed = [];
  for (const name of wanted.length > 0 ? wanted : names) {
    const begin = performance.now();
    say(`\n${name} …`);
    // One process each and never two at a time: they measure.
    const args = ["--expose-gc", join(folder, `${name}${suffix}`)];
    const { code } = await run(process.execPath, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
    say(`${name}: ${secondsSince(begin)}${code === 0 ? "" : `, ended with code ${code}`}`);
    if (code !== 0) failed.push(name);
  }
  if (failed.length > 0) throw new SetupError(`Benchmarks that failed: ${failed.join(", ")}.`);
});
