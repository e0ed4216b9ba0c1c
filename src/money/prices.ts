/** Which price holds for a model: the person's own, else the endpoint's, else the bundled table's, else none. */
import { hostScope } from "../core/host-scope.ts";
import type { Price } from "../core/usage.ts";
import type { DatedPrice, PriceTable, TableModel } from "./price-types.ts";

export interface KnownPrice {
  price: Price;
  /** `own` and `endpoint` are exact for this provider; `vendor` is the seller's list price at the seller itself; `list` is that price seen through somebody else's gateway, so only an estimate; `local`: the person's own machine charges nothing. */
  origin: "own" | "endpoint" | "vendor" | "list" | "local";
  /** When the table was made, if the price is from there. */
  date?: string;
}

/** The table takes some milliseconds to read, so not before the first price is needed. Without its file no price is known. */
export async function loadPrices(): Promise<PriceTable> {
  const none: PriceTable = { generatedAt: "", source: "", sellers: [] };
  return import("./price-table.ts").then(
    ({ priceTable }) => priceTable,
    () => none,
  );
}

/** A model and, of its provider's configuration, what says who runs it. */
export interface ModelQuestion {
  preset?: string;
  protocol?: string;
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
  if (runsHere(question)) return isRented(question.model) ? undefined : { price: nothing, origin: "local" };
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
  /** Undefined before there was one. */
  priceAt(at: number, inputTokens?: number): KnownPrice | undefined;
}

/** All models of the table that have a name. */
export function listPrices({ sellers, generatedAt: date }: PriceTable): ListedPrice[] {
  return sellers.flatMap(({ id, models }) =>
    models.flatMap(({ match, prices }) => {
      const model = match.find((rule) => typeof rule === "string" && !/[*/]/.test(rule));
      if (model === undefined) return [];
      const priceAt = (at: number, inputTokens?: number): KnownPrice | undefined => {
        const dated = prices.findLast((price) => holds(price, at));
        return dated && { price: atSize(dated, inputTokens), origin: "list", date };
      };
      return [{ name: `${id}/${model}`, priceAt }];
    }),
  );
}

const nothing: Price = { input: 0, output: 0, currency: "USD" };

/** Programs that run models on machines of the person's own; `demo` is a script. */
const localPresets = new Set(["ollama", "lmstudio", "llamacpp", "vllm", "demo"]);

/**
 * Whether what is asked there costs no money. Program and address must both be a person's own: a gateway to models that
 * cost money may listen on this machine, and such a program may be rented out at a public address.
 */
function runsHere({ preset = "", protocol, baseUrl }: ModelQuestion): boolean {
  const host = baseUrl === undefined ? undefined : URL.parse(baseUrl)?.hostname;
  const isOwnProgram = protocol === "ollama" || localPresets.has(preset);
  return isOwnProgram && (host === undefined || hostScope(host) !== "public");
}

/** Ollama passes these on to its makers' machines. */
function isRented(model: string): boolean {
  return /[:-]cloud$/.test(model);
}

interface Found {
  model: TableModel;
  origin: "vendor" | "list";
}

/** Of each table; a report asks for the same model again and again. */
const found = new WeakMap<PriceTable, Map<string, Found | undefined>>();

function findModel(question: ModelQuestion, table: PriceTable): Found | undefined {
  // A server on the person's own machine may carry any name; what the maker sells says nothing about it.
  if (runsHere(question)) return undefined;
  const { baseUrl, model } = question;
  const known = found.get(table) ?? new Map<string, Found | undefined>();
  found.set(table, known);
  const key = `${baseUrl} ${model}`;
  if (!known.has(key)) known.set(key, lookUp(baseUrl, model, table));
  return known.get(key);
}

function lookUp(baseUrl: string | undefined, model: string, { sellers }: PriceTable): Found | undefined {
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
