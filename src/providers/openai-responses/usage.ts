/** The count of tokens in a response, as Runnel's account. */
import type { NumberCheck } from "../../core/foreign-number.ts";
import type { TokenUsage } from "../../core/usage.ts";
import { isObject } from "../provider/json.ts";

/** undefined when nothing is reported. */
export function usageOf(reported: unknown, numbers: NumberCheck): TokenUsage | undefined {
  if (!isObject(reported)) return undefined;
  const read = isObject(reported.input_tokens_details) ? reported.input_tokens_details : {};
  const written = isObject(reported.output_tokens_details) ? reported.output_tokens_details : {};
  const input = numbers.tokens(reported.input_tokens);
  const output = numbers.tokens(reported.output_tokens);
  const cacheRead = numbers.tokens(read.cached_tokens);
  const cacheWrite = numbers.tokens(read.cache_write_tokens);
  const reasoning = numbers.tokens(written.reasoning_tokens);
  const usage: TokenUsage = {};
  if (input !== undefined) usage.inputTokens = input;
  if (output !== undefined) {
    // xAI leaves reasoning out of its output; the total gives it away.
    const apart =
      reasoning !== undefined && numbers.tokens(reported.total_tokens) === (input ?? 0) + output + reasoning;
    usage.outputTokens = apart ? output + reasoning : output;
  }
  if (cacheRead !== undefined) usage.cacheReadTokens = cacheRead;
  if (cacheWrite !== undefined) usage.cacheWriteTokens = cacheWrite;
  if (reasoning !== undefined) usage.reasoningTokens = reasoning;
  return Object.keys(usage).length === 0 ? undefined : usage;
}
