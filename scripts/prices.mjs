// `npm run prices`: writes src/money/price-table.json from the data inside the npm package @pydantic/genai-prices.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { prepare } from "./setup/packages.mjs";
import { main, root, SetupError, say } from "./setup/project.mjs";

const limit = 80_000;

/** Makers first: of two that sell one model by the same name, the first one's price is its list price. */
const wanted = [
  ...["openai", "anthropic", "google", "deepseek", "x-ai", "mistral", "moonshotai", "zai", "minimax", "cohere"],
  ...["groq", "cerebras", "together", "fireworks"],
];

await main(async () => {
  await prepare(import.meta.url);
  const folder = join(root, "node_modules/@pydantic/genai-prices");
  const { findProvider } = await import(join(folder, "dist/index.js"));
  const { name, version, homepage } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const { readSellers } = await import("../src/money/price-source.ts");
  const data = wanted.map((id) => findProvider({ providerId: id })).filter(Boolean);
  const urls = data.map(({ id, api_pattern }) => ({ id, url: api_pattern.replace(/\.$/, ".[a-z]+") }));
  if (urls.length < wanted.length) throw new SetupError(`${name} has no prices of some sellers any more.`);
  const sellers = readSellers(data, urls);
  const table = {
    generatedAt: new Date().toISOString().slice(0, 10),
    source: `${name} ${version}, ${homepage}`,
    license: readFileSync(join(folder, "LICENSE"), "utf8").trim(),
    sellers,
  };
  // One model a line: a new version of the package shows in the diff as the prices that changed.
  const text = JSON.stringify(table).replaceAll(/(\{"(?:id|match)":|"license":)/g, "\n$1");
  writeFileSync(join(root, "src/money/price-table.json"), `${text}\n`);
  const count = sellers.reduce((sum, { models }) => sum + models.length, 0);
  say(`${count} models of ${sellers.length} sellers, ${text.length} bytes (the limit is ${limit})`);
  if (text.length > limit) throw new SetupError("The table is too big.");
});
