// Bundles the extension host, the webview and the in-editor tests into dist/, with the licences of what is shipped.
import { rm, writeFile } from "node:fs/promises";
import { build, context } from "esbuild";
import { bundles } from "./scripts/setup/bundles.mjs";
import { noticesFile, noticesOf } from "./scripts/setup/licences.mjs";

const production = process.argv.includes("--production");
const watch = process.argv.includes("--watch");

await rm("dist", { recursive: true, force: true });
const { host, pages, ...others } = bundles({ production });
if (watch) {
  for (const bundle of [host, pages, ...Object.values(others)]) await (await context(bundle)).watch();
} else {
  const shipped = Promise.all([build(host), build(pages)]);
  await Promise.all([shipped, ...Object.values(others).map((bundle) => build(bundle))]);
  await writeFile(noticesFile, noticesOf((await shipped).map(({ metafile }) => metafile)));
}
