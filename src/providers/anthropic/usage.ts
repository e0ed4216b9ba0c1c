/** Anthropic's count of tokens, which leaves cached input out of the input, as Runnel's account. */
import type { NumberCheck } from "../../core/foreign-number.ts";
import type { TokenUsage } from "../../core/usage.ts";
import { isObject, type Json } from "../provider/json.ts";

interface Counts {
  input?: number;
  cacheRead?: number;
  cacheWrite?: number;
  cacheWriteHour?: number;
  output?: number;
  thinking?: number;
}

export class MessageUsage {
  readonly #numbers: NumberCheck;
  #counts: Counts = {};
  #changed = false;

  constructor(numbers: NumberCheck) {
    this.#numbers = numbers;
  }

  /** The usage of `message_start`: what it says of the output is only the beginning. */
  begin(usage: unknown): void {
    const { output: _beginning, ...counts } = readCounts(usage, this.#numbers);
    this.#take(counts);
  }

  /** The usage of `message_delta`: it counts up, and a field that is there replaces the earlier one. */
  update(usage: unknown): void {
    this.#take(readCounts(usage, this.#numbers));
    const all = isObject(usage) ? sumOfIterations(usage.iterations, this.#numbers) : undefined;
    if (all) this.#take(all);
  }

  news(): TokenUsage | undefined {
    if (!this.#changed) return undefined;
    this.#changed = false;
    const { input, cacheRead, cacheWrite, cacheWriteHour, output, thinking } = this.#counts;
    const usage: TokenUsage = {};
    if (input !== undefined) usage.inputTokens = input + (cacheRead ?? 0) + (cacheWrite ?? 0);
    if (output !== undefined) usage.outputTokens = output;
    if (cacheRead !== undefined) usage.cacheReadTokens = cacheRead;
    if (cacheWrite !== undefined) usage.cacheWriteTokens = cacheWrite;
    if (cacheWriteHour !== undefined) usage.cacheWriteHourTokens = cacheWriteHour;
    if (thinking !== undefined) usage.reasoningTokens = thinking;
    return usage;
  }

  #take(counts: Counts): void {
    for (const [name, value] of Object.entries(counts) as [keyof Counts, number][]) {
      if (this.#counts[name] === value) continue;
      this.#counts[name] = value;
      this.#changed = true;
    }
  }
}

function readCounts(usage: unknown, numbers: NumberCheck): Counts {
  if (!isObject(usage)) return {};
  const written = isObject(usage.cache_creation) ? usage.cache_creation : {};
  const details = isObject(usage.output_tokens_details) ? usage.output_tokens_details : {};
  const parts = [numbers.tokens(written.ephemeral_5m_input_tokens), numbers.tokens(written.ephemeral_1h_input_tokens)];
  const sum = parts.every((part) => part === undefined) ? undefined : (parts[0] ?? 0) + (parts[1] ?? 0);
  const counts: { [name in keyof Counts]: number | undefined } = {
    input: numbers.tokens(usage.input_tokens),
    cacheRead: numbers.tokens(usage.cache_read_input_tokens),
    cacheWrite: numbers.tokens(usage.cache_creation_input_tokens) ?? sum,
    cacheWriteHour: parts[1],
    output: numbers.tokens(usage.output_tokens),
    thinking: numbers.tokens(details.thinking_tokens),
  };
  return Object.fromEntries(Object.entries(counts).filter(([, value]) => value !== undefined));
}

/**
 * One answer can be several runs of the model, of which the fields beside them count the last only: a compaction comes
 * before the message. An adviser's run is not charged as this model's, and after a fallback those fields hold for all.
 */
function sumOfIterations(iterations: unknown, numbers: NumberCheck): Counts | undefined {
  if (!Array.isArray(iterations)) return undefined;
  const runs = iterations.filter(isObject) as Json[];
  if (runs.some(({ type }) => type === "fallback_message")) return undefined;
  const charged = runs.filter(({ type }) => type === "message" || type === "compaction");
  if (charged.length < 2) return undefined;
  const sum: Counts = {};
  for (const run of charged) {
    for (const [name, value] of Object.entries(readCounts(run, numbers)) as [keyof Counts, number][]) {
      sum[name] = (sum[name] ?? 0) + value;
    }
  }
  return sum;
}
