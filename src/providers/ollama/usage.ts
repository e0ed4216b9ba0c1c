/** Ollama's count of tokens as Runnel's account. */
import type { NumberCheck } from "../../core/foreign-number.ts";
import type { TokenUsage } from "../../core/usage.ts";
import type { Json } from "../provider/json.ts";

/**
 * The counts of the last line. `prompt_eval_count` is the whole prompt, its cached part included. Versions before July
 * 2024 counted only what was not cached, and zeros are left out, so a field that is missing is unknown. How much was
 * cached is told since 0.33. A prompt that was cut to fit is counted as it was cut.
 */
export function usageOf(line: Json, numbers: NumberCheck): TokenUsage | undefined {
  const input = numbers.tokens(line.prompt_eval_count);
  const cached = numbers.tokens(line.prompt_eval_cached_count);
  const output = numbers.tokens(line.eval_count);
  const usage: TokenUsage = {};
  if (input !== undefined) usage.inputTokens = input;
  if (output !== undefined) usage.outputTokens = output;
  if (input !== undefined && cached !== undefined) usage.cacheReadTokens = cached;
  return Object.keys(usage).length === 0 ? undefined : usage;
}
