// Bundles the extension host, the webview and the in-editor tests into dist/.
import { copyFile, mkdir, rm } from "node:fs/promises";
import { build, context } from "esbuild";
import { bundles } from "./scripts/setup/bundles.mjs";

const production = process.argv.includes("--production");
const watch = process.argv.includes("--watch");

await rm("dist", { recursive: true, force: true });
await mkdir("dist/webview", { recursive: true });
await copyFile("node_modules/@vscode/codicons/dist/codicon.ttf", "dist/webview/codicon.ttf");
const all = Object.values(bundles({ production }));
if (watch) {
  for (const bundle of all) await (await context(bundle)).watch();
} else {
  await Promise.all(all.map((bundle) => build(bundle)));
}
