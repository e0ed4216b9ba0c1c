// `npm run prices`: writes src/usage/price-table.json from the data inside the npm package @pydantic/genai-prices.
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

/** Of these the package still has last year's price, and other sources disagree with it; no price beats a wrong one. */
const disputed = new Set(["deepseek-chat", "deepseek-reasoner"]);

/** DeepSeek's peak hours: the package's own notes say what its form cannot. */
const peak = { seller: "deepseek", models: /^deepseek-v4-/, since: "2026-08-17", quietWeekendsSince: "2026-08-23" };

const names = {
  input_mtok: "input",
  output_mtok: "output",
  cache_read_mtok: "cacheRead",
  cache_write_mtok: "cacheWrite",
  cache_write_1h_mtok: "cacheWriteHour",
};

await main(async () => {
  await prepare(import.meta.url);
  const folder = join(root, "node_modules/@pydantic/genai-prices");
  const { findProvider } = await import(join(folder, "dist/index.js"));
  const { name, version, homepage } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const sellers = wanted.map((id) => {
    const found = findProvider({ providerId: id });
    if (!found) throw new SetupError(`${name} has no prices of ${id} any more.`);
    return {
      id: found.id,
      url: found.api_pattern.replace(/\.$/, ".[a-z]+"),
      models: found.models.map((model) => toModel(id, model)).filter(Boolean),
    };
  });
  const table = {
    generatedAt: new Date().toISOString().slice(0, 10),
    source: `${name} ${version}, ${homepage}`,
    license: readFileSync(join(folder, "LICENSE"), "utf8").trim(),
    sellers,
  };
  // One model a line: a new version of the package shows in the diff as the prices that changed.
  const text = JSON.stringify(table).replaceAll(/(\{"(?:id|match)":|"license":)/g, "\n$1");
  writeFileSync(join(root, "src/usage/price-table.json"), `${text}\n`);
  const count = sellers.reduce((sum, { models }) => sum + models.length, 0);
  say(`${count} models of ${sellers.length} sellers, ${text.length} bytes (the limit is ${limit})`);
  if (text.length > limit) throw new SetupError("The table is too big.");
});

/** Undefined for what is no chat model, or is charged by the request as well. */
function toModel(seller, { id, match, context_window, prices }) {
  if (disputed.has(id)) return undefined;
  const dated = Array.isArray(prices) ? prices : [{ prices }];
  if (dated.some((entry) => entry.prices.requests_kcount > 0)) return undefined;
  const entries = dated.map(toPrice);
  if (entries.some(({ input, output }) => input === undefined || output === undefined)) return undefined;
  return {
    match: [...new Set([id.toLowerCase(), ...toMatch(match)])],
    ...(context_window === undefined ? {} : { context: context_window }),
    prices: seller === peak.seller && peak.models.test(id) ? atPeakHours(entries) : entries,
  };
}

function toPrice({ constraint, prices }) {
  const price = {};
  const tiers = new Map();
  for (const [from, to] of Object.entries(names)) {
    const value = prices[from];
    if (value === undefined) continue;
    price[to] = typeof value === "number" ? value : value.base;
    for (const tier of value.tiers ?? []) tiers.set(tier.start, { ...tiers.get(tier.start), [to]: tier.price });
  }
  if (tiers.size > 0) {
    const sorted = [...tiers].sort(([one], [other]) => one - other);
    let above = Object.fromEntries(Object.entries(price));
    price.tiers = sorted.map(([start, change]) => {
      above = { ...above, ...change };
      return { above: start, ...above };
    });
  }
  if (constraint?.type === "start_date") price.from = constraint.start_date;
  else if (constraint) price.utc = [minutes(constraint.start_time), minutes(constraint.end_time)];
  return price;
}

function minutes(time) {
  const [, hour, minute] = /^(\d\d):(\d\d):00Z$/.exec(time) ?? [];
  if (hour === undefined) throw new SetupError(`Not a time in UTC: ${time}`);
  return Number(hour) * 60 + Number(minute);
}

function atPeakHours(entries) {
  const quiet = entries.find(({ from }) => from === peak.since);
  if (!quiet) throw new SetupError("DeepSeek's prices have changed their form: mend the notes in this script.");
  return [
    ...entries.map((entry) => (entry.utc ? { ...entry, from: peak.since } : entry)),
    { ...quiet, from: peak.quietWeekendsSince, days: [0, 6] },
  ];
}

/** Alternatives: an exact id, "begin*", "*end", "*middle*", "/pattern/", or a list of which all must hold. */
function toMatch(rule) {
  if (rule.or) return rule.or.flatMap(toMatch);
  if (rule.and) {
    const all = rule.and.map(toMatch);
    if (all.some(({ length }) => length !== 1)) throw new SetupError(`Not to be written: ${JSON.stringify(rule)}`);
    return [all.flat()];
  }
  if (rule.equals !== undefined) return [rule.equals.toLowerCase()];
  if (rule.starts_with !== undefined) return [`${rule.starts_with.toLowerCase()}*`];
  if (rule.ends_with !== undefined) return [`*${rule.ends_with.toLowerCase()}`];
  if (rule.contains !== undefined) return [`*${rule.contains.toLowerCase()}*`];
  if (rule.regex !== undefined) return [`/${rule.regex}/`];
  throw new SetupError(`Not to be written: ${JSON.stringify(rule)}`);
}
