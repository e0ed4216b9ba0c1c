// `npm run settings`: writes the settings of package.json from the schemas in src.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { prepare } from "./setup/packages.mjs";
import { main, root } from "./setup/project.mjs";

await main(async () => {
  await prepare(import.meta.url);
  const { settingProperties } = await import("./setup/manifest.mjs");
  const path = join(root, "package.json");
  const manifest = JSON.parse(readFileSync(path, "utf8"));
  manifest.contributes.configuration.properties = settingProperties();
  writeFileSync(path, `${JSON.stringify(manifest, undefined, 2)}\n`);
});
