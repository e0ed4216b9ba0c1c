/** Which price holds for a model: the person's own, else the endpoint's, else a small dated table, else none. */
import type { Price } from "../core/usage.ts";

/** When the table below was last compared with the vendors' published prices (@pydantic/genai-prices 0.1.8). */
export const PRICES_CHECKED = "2026-11-20";

export interface KnownPrice {
  price: Price;
  /** `own` and `endpoint` are exact for this provider; `vendor` is the maker's list price at the maker itself; `list` is that price seen through somebody else's gateway, so only an estimate. */
  origin: "own" | "endpoint" | "vendor" | "list";
}

/** [model id prefix, input, cache read, output, input tokens up to which this holds] in USD per million tokens. */
type Row = [string, number, number | undefined, number, number?];

const vendors: Record<string, Row[]> = {
  openai: [
    ["gpt-4.1", 2, 0.5, 8],
    ["gpt-4.1-mini", 0.4, 0.1, 1.6],
    ["gpt-4.1-nano", 0.1, 0.025, 0.4],
    ["gpt-4o", 2.5, 1.25, 10],
    ["gpt-4o-mini", 0.15, 0.075, 0.6],
    ["gpt-5", 1.25, 0.125, 10],
    ["gpt-5-mini", 0.25, 0.025, 2],
    ["gpt-5-nano", 0.05, 0.005, 0.4],
    ["gpt-5.1", 1.25, 0.125, 10],
    ["gpt-5.2", 1.75, 0.175, 14],
    ["gpt-5.4", 2.5, 0.25, 15, 271_999],
    ["gpt-5.5", 5, 0.5, 30, 271_999],
    ["o3", 2, 0.5, 8],
    ["o4-mini", 1.1, 0.275, 4.4],
  ],
  anthropic: [
    ["claude-sonnet-4", 3, 0.3, 15, 200_000],
    ["claude-sonnet-4-5", 3, 0.3, 15, 200_000],
    ["claude-sonnet-4-6", 3, 0.3, 15],
    ["claude-sonnet-5", 2, 0.2, 10],
    ["claude-opus-4-8", 5, 0.5, 25],
    ["claude-opus-5", 5, 0.5, 25],
    ["claude-haiku-4-5", 1, 0.1, 5],
  ],
  google: [
    ["gemini-2.5-flash", 0.3, 0.03, 2.5],
    ["gemini-2.5-flash-lite", 0.1, 0.01, 0.4],
    ["gemini-2.5-pro", 1.25, 0.125, 10, 200_000],
    ["gemini-3-pro-preview", 2, 0.2, 12, 200_000],
    ["gemini-3-flash-preview", 0.5, 0.05, 3],
  ],
  xai: [
    ["grok-4", 3, 0.75, 15],
    ["grok-4-fast", 0.2, 0.05, 0.5],
    ["grok-code-fast-1", 0.2, 0.02, 1.5],
  ],
  mistral: [
    ["mistral-large-latest", 2, undefined, 6],
    ["mistral-small-latest", 0.1, undefined, 0.3],
    ["codestral-latest", 0.3, undefined, 0.9],
  ],
  groq: [
    ["llama-3.3-70b-versatile", 0.59, undefined, 0.79],
    ["openai/gpt-oss-120b", 0.15, 0.075, 0.6],
  ],
};

/** The presets that are the maker itself, and the table that is theirs. */
const vendorOfPreset: Record<string, string> = {
  openai: "openai",
  "openai-responses": "openai",
  anthropic: "anthropic",
  gemini: "google",
  xai: "xai",
  mistral: "mistral",
  groq: "groq",
};

export interface PriceQuestion {
  preset?: string;
  model: string;
  /** Counted or estimated; some list prices change above a size. */
  inputTokens?: number;
  own?: Price;
  endpoint?: Price;
}

/** The price that holds, or undefined: unknown is never zero. */
export function findPrice(question: PriceQuestion): KnownPrice | undefined {
  if (question.own !== undefined) return { price: question.own, origin: "own" };
  if (question.endpoint !== undefined) return { price: question.endpoint, origin: "endpoint" };
  const vendor = question.preset === undefined ? undefined : vendorOfPreset[question.preset];
  if (vendor !== undefined) {
    const price = search(vendors[vendor] ?? [], question.model, question.inputTokens);
    return price && { price, origin: "vendor" };
  }
  // A server on the person's own machine may carry any name; the maker's price says nothing about it.
  if (question.preset !== undefined && localPresets.has(question.preset)) return undefined;
  const bare = question.model.slice(question.model.lastIndexOf("/") + 1);
  for (const rows of Object.values(vendors)) {
    const price = search(rows, bare, question.inputTokens);
    if (price !== undefined) return { price, origin: "list" };
  }
  return undefined;
}

const localPresets = new Set(["ollama", "lmstudio", "llamacpp", "vllm", "demo"]);

/** The row of this very model, with or without a date at its end ("gpt-4o-2024-08-06", "claude-sonnet-4-20250514"). */
function search(rows: Row[], model: string, inputTokens: number | undefined): Price | undefined {
  for (const [id, input, cacheRead, output, upTo] of rows) {
    if (model !== id && !(model.startsWith(id) && /^-\d{4}-?\d{2}-?\d{2}$/.test(model.slice(id.length)))) continue;
    if (upTo !== undefined && (inputTokens === undefined || inputTokens > upTo)) return undefined;
    return { input, output, currency: "USD", ...(cacheRead === undefined ? {} : { cacheRead }) };
  }
  return undefined;
}
