/** Reads the models a server lists, with what it tells about their size and price. */
import { mostIn, readNumber, readPrice, readTokens } from "../../core/foreign-number.ts";
import { limits } from "../../core/limits.ts";
import { createSlices } from "../../core/slices.ts";
import type { Price } from "../../core/usage.ts";
import { htmlTitle, pageError, responseError } from "../errors/errors.ts";
import { tooLarge, unreadable } from "../errors/stream-errors.ts";
import { joinUrl } from "./base-url.ts";
import { get } from "./get.ts";
import { isObject, type Json, parseJson, text } from "./json.ts";
import { elementsOf } from "./list-elements.ts";
import { errorInList, listFields, modelEntries } from "./model-entries.ts";
import type { ModelInfo, ProviderConfig, StreamContext } from "./provider.ts";

/** Characters of a list that is parsed in one go, and elements of a longer one that are. */
const small = 128 * 1024;
const batchSize = 200;

/** Where a protocol's list differs from `GET {base}/models` in OpenAI's shape. */
export interface ModelList {
  url?: string;
  headers?: Record<string, string>;
  parse?: (body: unknown) => ModelInfo[];
}

/** The models the server lists. Throws `AssistantError`; `[]` where the server has no such list. */
export async function listModels(
  config: ProviderConfig,
  context: StreamContext,
  list: ModelList = {},
): Promise<ModelInfo[]> {
  const url = list.url ?? joinUrl(config.baseUrl, "models");
  const { response, body, origin } = await get(config, context, url, { headers: list.headers, limit: "modelList" });
  if (response.status < 200 || response.status >= 300) {
    const error = responseError(response, body, origin);
    // An API without this endpoint answers in JSON that there is none; a page means that this is no API.
    const missing = response.status === 404 || response.status === 405 || response.status === 501;
    if (missing && error.details.reason !== "html" && /^\s*[{[]/.test(body)) return [];
    throw error;
  }
  if (htmlTitle(body) !== undefined) throw pageError(response.status, body, origin);
  const models = await readModels(body, list.parse ?? parseModels, context.signal);
  if (models === "unreadable") throw unreadable(origin);
  if (models === "too-many") throw tooLarge(origin, "models");
  const error = models.length === 0 ? errorInList(body, origin) : undefined;
  if (error) throw error;
  return models;
}

/** The models in `body`, read in slices where there are many. */
export async function readModels(
  body: string,
  parse: (body: unknown) => ModelInfo[],
  signal?: AbortSignal,
): Promise<ModelInfo[] | "unreadable" | "too-many"> {
  if (body.length <= small) {
    const value = parseJson(body);
    return value === undefined ? "unreadable" : parse(value);
  }
  const slices = createSlices(signal);
  const models = new Map<string, ModelInfo>();
  let batch: unknown[] = [];
  let count = 0;
  const take = (): void => {
    for (const model of parse(batch)) {
      if (!models.has(model.id)) models.set(model.id, model);
    }
    batch = [];
  };
  for (const element of elementsOf(body, listFields)) {
    const value = parseJson(element);
    if (value === undefined) return "unreadable";
    batch.push(value);
    if (++count > limits.models) return "too-many";
    if (batch.length < batchSize) continue;
    take();
    await slices.pause();
  }
  // A list inside another object.
  if (count === 0) {
    const value = parseJson(body);
    return value === undefined ? "unreadable" : parse(value);
  }
  take();
  return [...models.values()];
}

/** Models out of any list shape. Ids appear once, in the server's order. */
export function parseModels(value: unknown): ModelInfo[] {
  const models = new Map<string, ModelInfo>();
  for (const entry of modelEntries(value)) {
    const model = typeof entry === "string" ? { id: entry } : isObject(entry) ? parseModel(entry) : undefined;
    if (model && !models.has(model.id)) models.set(model.id, model);
  }
  return [...models.values()];
}

function parseModel(entry: Json): ModelInfo | undefined {
  const id = text(entry.id) ?? text(entry.model) ?? text(entry.key) ?? text(entry.name);
  if (id === undefined || id.length > limits.modelName) return undefined;
  const model: ModelInfo = { id };
  const name = text(entry.display_name) ?? text(entry.displayName) ?? text(entry.name);
  if (name !== undefined && name !== id) model.name = name.slice(0, limits.modelName);
  const meta = isObject(entry.meta) ? entry.meta : {};
  const details = isObject(entry.model_info) ? entry.model_info : {};
  const best = isObject(entry.top_provider) ? entry.top_provider : {};
  const contextWindow = firstCount(
    entry.context_length,
    entry.context_window,
    entry.max_model_len,
    entry.max_context_length,
    entry.loaded_context_length,
    entry.inputTokenLimit,
    entry.max_input_tokens,
    details.max_input_tokens,
    best.context_length,
    meta.n_ctx,
    meta.n_ctx_train,
  );
  if (contextWindow !== undefined) model.contextWindow = contextWindow;
  const maxOutputTokens = firstCount(
    best.max_completion_tokens,
    entry.max_completion_tokens,
    entry.max_output_tokens,
    entry.outputTokenLimit,
    // Anthropic's; elsewhere the field is none of a model's.
    entry.type === "model" ? entry.max_tokens : undefined,
    details.max_output_tokens,
  );
  if (maxOutputTokens !== undefined) model.maxOutputTokens = maxOutputTokens;
  const { price, unreadable } = parsePrice(isObject(entry.pricing) ? entry.pricing : details);
  if (price) model.price = price;
  if (unreadable) model.unreadablePrice = true;
  return model;
}

/** OpenRouter's `pricing` and LiteLLM's `model_info` both count US dollars per token, the former as texts. */
function parsePrice(pricing: Json): { price?: Price; unreadable: boolean } {
  let unreadable = false;
  const perMillion = (...values: unknown[]): number | undefined => {
    const value = values.find((each) => each !== undefined && each !== null);
    // OpenRouter writes -1 where the price depends on the model it chooses.
    if (value === undefined || Number(value) === -1 || isBlank(value)) return undefined;
    const perToken = readNumber(value, mostIn("USD"));
    const price = perToken === undefined ? undefined : readPrice(Number((perToken * 1e6).toPrecision(12)));
    unreadable ||= price === undefined;
    return price;
  };
  const input = perMillion(pricing.prompt, pricing.input_cost_per_token);
  const output = perMillion(pricing.completion, pricing.output_cost_per_token);
  const cacheRead = perMillion(pricing.input_cache_read, pricing.cache_read_input_token_cost);
  const cacheWrite = perMillion(pricing.input_cache_write, pricing.cache_creation_input_token_cost);
  const cacheWriteHour = perMillion(pricing.cache_creation_input_token_cost_above_1hr);
  if (input === undefined || output === undefined)
    unreadable ||= [
      pricing.prompt,
      pricing.completion,
      pricing.input_cost_per_token,
      pricing.output_cost_per_token,
    ].some(isBlank);
  // Another price in the place of one that cannot be right would be a guess.
  if (input === undefined || output === undefined || unreadable) return { unreadable };
  const price: Price = { input, output, currency: "USD" };
  if (cacheRead !== undefined) price.cacheRead = cacheRead;
  if (cacheWrite !== undefined) price.cacheWrite = cacheWrite;
  if (cacheWriteHour !== undefined) price.cacheWriteHour = cacheWriteHour;
  return { price, unreadable };
}

function isBlank(value: unknown): boolean {
  return typeof value === "string" && value.trim() === "";
}

function firstCount(...values: unknown[]): number | undefined {
  for (const value of values) {
    const number = readTokens(value);
    if (number !== undefined && number > 0) return number;
  }
  return undefined;
}
