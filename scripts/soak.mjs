// `npm run soak`: 2,000 turns over all protocols, one in ten through a fault; prints one JSON line, fails when something is lost or left.
import { join } from "node:path";
import { prepare } from "./setup/packages.mjs";
import { run } from "./setup/processes.mjs";
import { main, root } from "./setup/project.mjs";

process.env.RUNNEL_PROGRESS = "stderr";

await main(async () => {
  await prepare(import.meta.url);
  const args = ["--expose-gc", join(root, "test/soak/soak.ts")];
  const { code } = await run(process.execPath, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  process.exitCode = code;
});
