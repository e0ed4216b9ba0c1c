/** Reads the price data of genai-prices, from its package or from its address, and takes nothing that is not plausible. */
import { MOST_TOKENS, readNumber, readTokens } from "../core/foreign-number.ts";
import type { DatedPrice, PriceTable, TableModel } from "./price-types.ts";

/** Whose prices are taken, and a pattern of where each answers, without a path. */
export type Sellers = readonly { id: string; url: string }[];

/** US dollars per million tokens; nothing that is sold comes near. */
const MOST = 2000;
const MOST_MODELS = 2000;
const LONGEST_RULE = 200;

/** Of these the data still has last year's price, and other sources disagree with it; no price beats a wrong one. */
const disputed = new Set(["deepseek-chat", "deepseek-reasoner"]);

/** DeepSeek's peak hours: the notes in the data say what its form cannot. */
const peak = { seller: "deepseek", models: /^deepseek-v4-/, since: "2026-08-17", quietWeekendsSince: "2026-08-23" };

const names = {
  input_mtok: "input",
  output_mtok: "output",
  cache_read_mtok: "cacheRead",
  cache_write_mtok: "cacheWrite",
  cache_write_1h_mtok: "cacheWriteHour",
} as const;
type Amounts = Partial<Record<(typeof names)[keyof typeof names], number>>;
type Fields = Record<string, unknown>;

/** The sellers in their order. Throws an Error in English where anything is not as it must be. */
export function readSellers(data: unknown, sellers: Sellers): PriceTable["sellers"] {
  const entries = listOf(data, "the data").map((entry) => fieldsOf(entry, "a seller"));
  return sellers.map(({ id, url }) => {
    const found = entries.find((entry) => entry.id === id);
    if (found === undefined) throw new Error(`There are no prices of ${id}.`);
    const models = listOf(found.models, `the models of ${id}`);
    if (models.length === 0 || models.length > MOST_MODELS) throw new Error(`${id} has ${models.length} models.`);
    return {
      id,
      url,
      models: models.map((model) => toModel(id, fieldsOf(model, id))).filter((one) => one !== undefined),
    };
  });
}

/** Undefined for what is no chat model, or is charged by the request as well. */
function toModel(seller: string, { id, match, context_window, prices }: Fields): TableModel | undefined {
  const name = textOf(id, `an id of ${seller}`);
  if (disputed.has(name)) return undefined;
  const dated = (Array.isArray(prices) ? prices : [{ prices }]).map((entry) => fieldsOf(entry, name));
  if (dated.length === 0 || dated.length > 20) throw new Error(`${name} has ${dated.length} prices.`);
  if (dated.some((entry) => Number(fieldsOf(entry.prices, name).requests_kcount) > 0)) return undefined;
  const entries = dated.map((entry) => toPrice(entry, name));
  const whole = entries.filter((entry): entry is DatedPrice => entry.input !== undefined && entry.output !== undefined);
  if (whole.length < entries.length) return undefined;
  const isCount = typeof context_window === "number" && (readTokens(context_window) ?? 0) > 0;
  if (context_window !== undefined && !isCount) throw new Error(`The size of ${name} is no number of tokens.`);
  return {
    match: [...new Set([name.toLowerCase(), ...toMatch(match, name)])],
    ...(context_window === undefined ? {} : { context: Number(context_window) }),
    prices: seller === peak.seller && peak.models.test(name) ? atPeakHours(whole) : whole,
  };
}

function toPrice({ constraint, prices }: Fields, name: string): Omit<DatedPrice, "input" | "output"> & Amounts {
  const price: Omit<DatedPrice, "input" | "output"> & Amounts = {};
  const tiers = new Map<number, Amounts>();
  for (const [from, to] of Object.entries(names)) {
    const value = fieldsOf(prices, name)[from];
    if (value === undefined || value === null) continue;
    if (typeof value === "number") {
      price[to] = amountOf(value, name);
      continue;
    }
    const { base, tiers: steps } = fieldsOf(value, name);
    price[to] = amountOf(base, name);
    for (const step of listOf(steps, `the tiers of ${name}`)) {
      const { start, price: amount } = fieldsOf(step, name);
      if (typeof start !== "number" || !(start > 0 && start <= MOST_TOKENS))
        throw new Error(`A tier of ${name} begins nowhere.`);
      tiers.set(start, { ...tiers.get(start), [to]: amountOf(amount, name) });
    }
  }
  if (tiers.size > 0) {
    let above = { ...price } as DatedPrice;
    price.tiers = [...tiers]
      .sort(([one], [other]) => one - other)
      .map(([start, change]) => {
        above = { ...above, ...change };
        return { above: start, ...above };
      });
  }
  if (constraint === undefined || constraint === null) return price;
  const { start_date, start_time, end_time } = fieldsOf(constraint, name);
  if (start_date === undefined) price.utc = [minutesOf(start_time, name), minutesOf(end_time, name)];
  else if (
    typeof start_date === "string" &&
    /^\d{4}-\d\d-\d\d$/.test(start_date) &&
    !Number.isNaN(Date.parse(start_date))
  )
    price.from = start_date;
  else throw new Error(`A price of ${name} begins on no day.`);
  return price;
}

function atPeakHours(entries: DatedPrice[]): DatedPrice[] {
  const quiet = entries.find(({ from }) => from === peak.since);
  if (!quiet) throw new Error("DeepSeek's prices have changed their form.");
  return [
    ...entries.map((entry) => (entry.utc ? { ...entry, from: peak.since } : entry)),
    { ...quiet, from: peak.quietWeekendsSince, days: [0, 6] },
  ];
}

/** Alternatives: an exact id, "begin*", "*end", "*middle*", "/pattern/", or a list of which all must hold. */
function toMatch(rule: unknown, name: string): TableModel["match"] {
  const { or, and, equals, starts_with, ends_with, contains, regex } = fieldsOf(rule, name);
  if (or !== undefined) return listOf(or, name).flatMap((one) => toMatch(one, name));
  if (and !== undefined) {
    const all = listOf(and, name).flatMap((one) => toMatch(one, name));
    if (all.some((one) => typeof one !== "string") || all.length !== listOf(and, name).length)
      throw new Error(`A rule of ${name} is not to be written.`);
    return [all as string[]];
  }
  if (equals !== undefined) return [textOf(equals, name).toLowerCase()];
  if (starts_with !== undefined) return [`${textOf(starts_with, name).toLowerCase()}*`];
  if (ends_with !== undefined) return [`*${textOf(ends_with, name).toLowerCase()}`];
  if (contains !== undefined) return [`*${textOf(contains, name).toLowerCase()}*`];
  return [`/${patternOf(regex, name)}/`];
}

/** One that can be tried on any name without taking long. */
function patternOf(value: unknown, name: string): string {
  const pattern = textOf(value, name);
  if (/[+*}]\)[+*{]/.test(pattern)) throw new Error(`A pattern of ${name} may take too long.`);
  new RegExp(pattern);
  return pattern;
}

function amountOf(value: unknown, name: string): number {
  const amount = typeof value === "number" ? readNumber(value, MOST) : undefined;
  if (amount !== undefined) return amount;
  throw new Error(`A price of ${name} is not plausible: ${JSON.stringify(value)?.slice(0, 40)}.`);
}

function minutesOf(time: unknown, name: string): number {
  const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d):00Z$/.exec(String(time)) ?? [];
  if (hour === undefined) throw new Error(`A price of ${name} begins or ends at no time in UTC.`);
  return Number(hour) * 60 + Number(minute);
}

function textOf(value: unknown, what: string): string {
  if (typeof value === "string" && value !== "" && value.length <= LONGEST_RULE) return value;
  throw new Error(`There is no text where one must be: ${what}.`);
}

function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw new Error(`There are no fields where some must be: ${what}.`);
}

function listOf(value: unknown, what: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`There is no list where one must be: ${what}.`);
}
