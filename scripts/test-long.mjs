// `npm run test:long`: the unit tests with everything that is tried many times at its full size; names of test files run only those.
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
  // Files named here come in addition to the configuration's own, so then that is left out.
  const which = files.length > 0 ? ["--no-config", "--reporter", "dot", ...files] : ["--config", "test/.mocharc.json"];
  const args = [join(root, "node_modules/mocha/bin/mocha.js"), ...which, "--timeout", "600000"];
  const env = { ...process.env, RUNNEL_LONG: "1", RUNNEL_SEED: seed, RUNNEL_LEDGER_TURNS: "10000" };
  const { code } = await run(process.execPath, args, { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] });
  if (code !== 0) say(`Seed ${seed}`);
  process.exitCode = code;
});
