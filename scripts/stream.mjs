// `npm run --silent stream`: one turn through the same code as in the editor; prints JSON lines and nothing else.
import { prepare } from "./setup/packages.mjs";
import { main } from "./setup/project.mjs";

// Progress of the set-up must not mix with the JSON; the variable outlives the change to Node 24.
process.env.RUNNEL_PROGRESS = "stderr";

await main(async () => {
  await prepare(import.meta.url);
  const { streamTurn } = await import("../src/session/terminal.ts");
  const abort = new AbortController();
  process.once("SIGINT", () => abort.abort());
  process.exitCode = await streamTurn({
    arguments: process.argv.slice(2),
    environment: process.env,
    print: (line) => process.stdout.write(`${line}\n`),
    signal: abort.signal,
  }).catch((error) => {
    process.stderr.write(`${error.message}\n`);
    return 1;
  });
});
