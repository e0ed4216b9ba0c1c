/** Which price holds for a model: the person's own, else the endpoint's, else the bundled table's, else none. */
import { hostScope } from "../core/host-scope.ts";
import type { Price } from "../core/usage.ts";

export interface KnownPrice {
  price: Price;
  /** `own` and `endpoint` are exact for this provider; `vendor` is the seller's list price at the seller itself; `list` is that price seen through somebody else's gateway, so only an estimate. */
  origin: "own" | "endpoint" | "vendor" | "list";
  /** When the table was made, if the price is from there. */
  date?: string;
}

type Amounts = Omit<Price, "currency">;

/** A price with when it holds; of several the last that holds counts. All are US dollars per million tokens. */
interface DatedPrice extends Amounts {
  /** Input tokens above which these hold for the whole request; rising. */
  tiers?: (Amounts & { above: number })[];
  /** The first day, in UTC. */
  from?: string;
  /** Minutes of the day in UTC, from the first up to but not including the second. */
  utc?: [number, number];
  /** Days of the week in UTC; 0 = Sunday. */
  days?: number[];
}

export interface TableModel {
  /** Alternatives: an exact id, "begin*", "*end", "*middle*", "/pattern/", or a list of which all must hold. */
  match: (string | string[])[];
  /** Tokens. */
  context?: number;
  prices: DatedPrice[];
}

export interface PriceTable {
  generatedAt: string;
  /** Makers before those who sell models of others. `url` is a pattern of where they answer, without a path. */
  sellers: { id: string; url: string; models: TableModel[] }[];
}

/** The table takes some milliseconds to read, so not before the first price is needed. */
export async function loadPrices(): Promise<PriceTable> {
  return (await import("./price-table.ts")).priceTable;
}

export interface ModelQuestion {
  preset?: string;
  baseUrl?: string;
  model: string;
}

export interface PriceQuestion extends ModelQuestion {
  /** Milliseconds since 1970: some prices depend on the date or the hour. */
  at: number;
  /** Counted or estimated; some prices change above a size. */
  inputTokens?: number;
  own?: Price;
  endpoint?: Price;
}

/** The price that holds, or undefined: unknown is never zero. */
export function findPrice(question: PriceQuestion, table: PriceTable): KnownPrice | undefined {
  if (question.own !== undefined) return { price: question.own, origin: "own" };
  if (question.endpoint !== undefined) return { price: question.endpoint, origin: "endpoint" };
  const found = findModel(question, table);
  const dated = found?.model.prices.findLast((price) => holds(price, question.at));
  if (found === undefined || dated === undefined) return undefined;
  return { price: atSize(dated, question.inputTokens), origin: found.origin, date: table.generatedAt };
}

/** Tokens that fit into the model, as far as the table knows. */
export function contextWindowOf(question: ModelQuestion, table: PriceTable): number | undefined {
  return findModel(question, table)?.model.context;
}

/** A model of the table by the maker or seller it is bought from: "openai/gpt-5". */
export interface ListedPrice {
  name: string;
  known: KnownPrice;
}

/** All list prices that hold then. */
export function listPrices({ sellers, generatedAt }: PriceTable, at: number): ListedPrice[] {
  return sellers.flatMap(({ id, models }) =>
    models.flatMap(({ match, prices }) => {
      const model = match.find((rule) => typeof rule === "string" && !/[*/]/.test(rule));
      const dated = prices.findLast((price) => holds(price, at));
      if (model === undefined || dated === undefined) return [];
      return [{ name: `${id}/${model}`, known: { price: atSize(dated), origin: "list" as const, date: generatedAt } }];
    }),
  );
}

const localPresets = new Set(["ollama", "lmstudio", "llamacpp", "vllm", "demo"]);

/** Whether what is asked there costs no money: a program that runs models, and not at an address anybody may rent out. */
export function runsHere({ preset = "", baseUrl }: Pick<ModelQuestion, "preset" | "baseUrl">): boolean {
  const host = baseUrl === undefined ? undefined : URL.parse(baseUrl)?.hostname;
  return localPresets.has(preset) && (host === undefined || hostScope(host) !== "public");
}

function findModel(
  { model, ...place }: ModelQuestion,
  { sellers }: PriceTable,
): { model: TableModel; origin: "vendor" | "list" } | undefined {
  // A server on the person's own machine may carry any name; the maker's price says nothing about it.
  if (runsHere(place)) return undefined;
  const { baseUrl } = place;
  const origin = baseUrl === undefined ? undefined : URL.parse(baseUrl)?.origin;
  const seller = origin === undefined ? undefined : sellers.find(({ url }) => new RegExp(`^${url}$`).test(origin));
  const sold = seller && search(seller.models, model);
  if (seller) return sold && { model: sold, origin: "vendor" };
  const bare = model.slice(model.lastIndexOf("/") + 1);
  const listed = search(
    sellers.flatMap(({ models }) => models),
    bare,
  );
  return listed && { model: listed, origin: "list" };
}

/** A model with this very id before one whose pattern fits. */
function search(models: readonly TableModel[], name: string): TableModel | undefined {
  const id = name.toLowerCase();
  return (
    models.find(({ match }) => match.includes(id)) ??
    models.find(({ match }) =>
      match.some((rule) => (typeof rule === "string" ? fits(rule, id) : rule.every((each) => fits(each, id)))),
    )
  );
}

function fits(rule: string, id: string): boolean {
  if (rule.startsWith("/")) return new RegExp(rule.slice(1, -1)).test(id);
  if (rule.startsWith("*")) {
    return rule.endsWith("*") ? id.includes(rule.slice(1, -1)) : id.endsWith(rule.slice(1));
  }
  return rule.endsWith("*") ? id.startsWith(rule.slice(0, -1)) : id === rule;
}

function holds({ from, utc, days }: DatedPrice, at: number): boolean {
  const time = new Date(at);
  if (from !== undefined && time < new Date(from)) return false;
  if (days !== undefined && !days.includes(time.getUTCDay())) return false;
  if (utc === undefined) return true;
  const [begin, end] = utc;
  const minute = time.getUTCHours() * 60 + time.getUTCMinutes();
  return begin <= end ? minute >= begin && minute < end : minute >= begin || minute < end;
}

function atSize({ tiers = [], from: _from, utc: _utc, days: _days, ...base }: DatedPrice, inputTokens = 0): Price {
  const { above: _above, ...amounts } = tiers.findLast(({ above }) => inputTokens > above) ?? { above: 0, ...base };
  return { ...amounts, currency: "USD" };
}
