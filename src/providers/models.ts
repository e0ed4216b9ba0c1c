/** Reads the models a server lists, with what it tells about their size and price. */
import type { Price } from "../core/usage.ts";
import { joinUrl } from "./base-url.ts";
import { htmlTitle, pageError, responseError } from "./errors.ts";
import { get } from "./get.ts";
import { isObject, type Json, parseJson, text } from "./json.ts";
import { errorInList, modelEntries } from "./model-entries.ts";
import type { ModelInfo, ProviderConfig, StreamContext } from "./provider.ts";
import { unreadable } from "./stream-errors.ts";

/** Lists of large gateways take about 1 MB. */
const maximumSize = 16 * 1024 * 1024;

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
  const { response, body, origin } = await get(config, context, url, { headers: list.headers, limit: maximumSize });
  if (response.status < 200 || response.status >= 300) {
    const error = responseError(response, body, origin);
    // An API without this endpoint answers in JSON that there is none; a page means that this is no API.
    const missing = response.status === 404 || response.status === 405 || response.status === 501;
    if (missing && error.details.reason !== "html" && /^\s*[{[]/.test(body)) return [];
    throw error;
  }
  if (htmlTitle(body) !== undefined) throw pageError(response.status, body, origin);
  const value = parseJson(body);
  if (value === undefined) throw unreadable(origin);
  const models = (list.parse ?? parseModels)(value);
  const error = models.length === 0 ? errorInList(body, origin) : undefined;
  if (error) throw error;
  return models;
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
  if (id === undefined) return undefined;
  const model: ModelInfo = { id };
  const name = text(entry.display_name) ?? text(entry.displayName) ?? text(entry.name);
  if (name !== undefined && name !== id) model.name = name;
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
  const price = parsePrice(isObject(entry.pricing) ? entry.pricing : details);
  if (price) model.price = price;
  return model;
}

/** OpenRouter's `pricing` and LiteLLM's `model_info` both count US dollars per token, the former as texts. */
function parsePrice(pricing: Json): Price | undefined {
  const input = perMillion(pricing.prompt ?? pricing.input_cost_per_token);
  const output = perMillion(pricing.completion ?? pricing.output_cost_per_token);
  if (input === undefined || output === undefined) return undefined;
  const cacheRead = perMillion(pricing.input_cache_read ?? pricing.cache_read_input_token_cost);
  const cacheWrite = perMillion(pricing.input_cache_write ?? pricing.cache_creation_input_token_cost);
  const cacheWriteHour = perMillion(pricing.cache_creation_input_token_cost_above_1hr);
  return {
    input,
    output,
    currency: "USD",
    ...(cacheRead === undefined ? {} : { cacheRead }),
    ...(cacheWrite === undefined ? {} : { cacheWrite }),
    ...(cacheWriteHour === undefined ? {} : { cacheWriteHour }),
  };
}

/** OpenRouter writes -1 where the price depends on the model it chooses. */
function perMillion(value: unknown): number | undefined {
  const number =
    typeof value === "number" ? value : typeof value === "string" && value !== "" ? Number(value) : Number.NaN;
  if (!Number.isFinite(number) || number < 0) return undefined;
  return Number((number * 1e6).toPrecision(12));
}

function firstCount(...values: unknown[]): number | undefined {
  for (const value of values) {
    const number = typeof value === "string" ? Number(value) : value;
    if (typeof number === "number" && Number.isInteger(number) && number > 0) return number;
  }
  return undefined;
}
