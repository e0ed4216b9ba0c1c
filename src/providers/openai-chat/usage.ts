/** Collects what chat-completions servers report of tokens and cost, each in its own place and way of counting. */
import { type NumberCheck, readNumber } from "../../core/foreign-number.ts";
import type { TokenUsage } from "../../core/usage.ts";
import type { DecodeContext } from "../provider/http-provider.ts";
import { isObject, type Json } from "../provider/json.ts";

export interface ReportedUsage {
  usage: TokenUsage;
  cost?: { amount: number; currency: string };
}

/** The wire's own counts; a later report replaces an earlier one field by field, as many servers count up. */
interface Counts {
  prompt?: number;
  completion?: number;
  total?: number;
  cacheRead?: number;
  cacheWrite?: number;
  reasoning?: number;
  cost?: number;
}

/** Where `cost` is known to be US dollars; elsewhere it may be another currency, or points. */
const dollarPresets = new Set(["openrouter", "litellm"]);
const dollarHosts = new Set(["openrouter.ai", "ai-gateway.vercel.sh", "api.perplexity.ai"]);

export function reportsDollars({ host, preset = "" }: Pick<DecodeContext, "host" | "preset">): boolean {
  return dollarPresets.has(preset) || dollarHosts.has(host);
}

export class UsageReports {
  readonly #inDollars: boolean;
  readonly #numbers: NumberCheck;
  #counts: Counts = {};
  #timings: Counts = {};
  #changed = false;

  /** `inDollars`: what `reportsDollars` says. */
  constructor(inDollars: boolean, numbers: NumberCheck) {
    this.#inDollars = inDollars;
    this.#numbers = numbers;
  }

  /** Reads a chunk of the stream: its `usage`, or the places where some servers put it. */
  read(chunk: Json, choice: Json | undefined): void {
    const groq = isObject(chunk.x_groq) ? chunk.x_groq.usage : undefined;
    for (const usage of [groq, choice?.usage, chunk.usage]) if (isObject(usage)) this.#take(usage);
    if (isObject(chunk.timings)) this.#takeTimings(chunk.timings);
  }

  /** The account so far if there is news since the last call. */
  news(): ReportedUsage | undefined {
    if (!this.#changed) return undefined;
    this.#changed = false;
    return normalize({ ...this.#timings, ...this.#counts });
  }

  #take(usage: Json): void {
    const input = isObject(usage.prompt_tokens_details) ? usage.prompt_tokens_details : {};
    const output = isObject(usage.completion_tokens_details) ? usage.completion_tokens_details : {};
    this.#set("prompt", usage.prompt_tokens ?? usage.input_tokens);
    this.#set("completion", usage.completion_tokens ?? usage.output_tokens);
    this.#set("total", usage.total_tokens);
    this.#set("cacheRead", input.cached_tokens ?? usage.prompt_cache_hit_tokens ?? usage.cached_tokens);
    this.#set("cacheWrite", input.cache_write_tokens ?? usage.cache_creation_input_tokens);
    this.#set("reasoning", output.reasoning_tokens ?? usage.reasoning_tokens);
    this.#setCost(usage);
  }

  /** llama.cpp counts in `timings`, also where it reports no usage. */
  #takeTimings(timings: Json): void {
    const cached = this.#numbers.tokens(timings.cache_n);
    const evaluated = this.#numbers.tokens(timings.prompt_n);
    const predicted = this.#numbers.tokens(timings.predicted_n);
    if (cached !== undefined) this.#timings.cacheRead = cached;
    if (evaluated !== undefined) this.#timings.prompt = evaluated + (cached ?? 0);
    if (predicted !== undefined) this.#timings.completion = predicted;
    this.#changed = true;
  }

  #set(name: keyof Counts, value: unknown): void {
    const number = this.#numbers.tokens(value);
    if (number === undefined || this.#counts[name] === number) return;
    this.#counts[name] = number;
    this.#changed = true;
  }

  #setCost(usage: Json): void {
    const cost = isObject(usage.cost) ? usage.cost.total_cost : usage.cost;
    let sum = this.#inDollars ? this.#numbers.cost(cost) : undefined;
    // With the person's own upstream key OpenRouter's `cost` is its fee only.
    if (sum !== undefined && usage.is_byok === true) {
      const upstream = isObject(usage.cost_details)
        ? this.#numbers.cost(usage.cost_details.upstream_inference_cost)
        : undefined;
      sum = upstream === undefined ? undefined : sum + upstream;
    }
    // xAI counts in ticks, ten thousand million to the dollar.
    sum ??= this.#ticks(usage.cost_in_usd_ticks);
    if (sum === undefined || sum === this.#counts.cost) return;
    this.#counts.cost = sum;
    this.#changed = true;
  }

  #ticks(value: unknown): number | undefined {
    const ticks = readNumber(value, Number.MAX_SAFE_INTEGER);
    return this.#numbers.cost(ticks === undefined ? value : ticks / 1e10);
  }
}

function normalize(counts: Counts): ReportedUsage | undefined {
  const { prompt, completion, total, reasoning, cost } = counts;
  const usage: TokenUsage = {};
  if (prompt !== undefined) usage.inputTokens = prompt;
  if (completion !== undefined) {
    // xAI leaves reasoning out of its completion tokens; the total gives it away.
    const apart = reasoning !== undefined && reasoning > 0 && total === (prompt ?? 0) + completion + reasoning;
    usage.outputTokens = apart ? completion + reasoning : completion;
  }
  if (counts.cacheRead !== undefined) usage.cacheReadTokens = counts.cacheRead;
  if (counts.cacheWrite !== undefined) usage.cacheWriteTokens = counts.cacheWrite;
  if (reasoning !== undefined) usage.reasoningTokens = reasoning;
  if (Object.keys(usage).length === 0 && cost === undefined) return undefined;
  return cost === undefined ? { usage } : { usage, cost: { amount: cost, currency: "USD" } };
}
