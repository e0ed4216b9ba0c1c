// `npm run test:long`: every suite without a window, with everything that is tried many times at its full size; names of
// files with unit tests run only those.
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { prepare } from "./setup/packages.mjs";
import { run } from "./setup/processes.mjs";
import { main, root, say } from "./setup/project.mjs";

await main(async () => {
  await prepare(import.meta.url);
  const seed = process.env.RUNNEL_SEED ?? String(randomInt(2 ** 31));
  say(`Seed ${seed}; RUNNEL_SEED=${seed} npm run test:long repeats this run.`);
  const files = process.argv.slice(2).flatMap((name) => ["--spec", name]);
  // Files named here come in addition to a configuration's own, so then that is left out.
  const mocha = [join(root, "node_modules/mocha/bin/mocha.js"), "--no-config", "--reporter", "dot", ...files];
  const suites = [join(root, "scripts/test.mjs"), "--unit", "--page", "--editor"];
  const args = files.length > 0 ? [...mocha, "--timeout", "600000"] : suites;
  const env = { ...process.env, RUNNEL_LONG: "1", RUNNEL_SEED: seed, RUNNEL_LEDGER_TURNS: "10000" };
  const { code } = await run(process.execPath, args, { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] });
  if (code !== 0) say(`Seed ${seed}`);
  process.exitCode = code;
});
