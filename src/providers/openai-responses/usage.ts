/** The count of tokens in a response, as Runnel's account. */
import type { TokenUsage } from "../../core/usage.ts";
import { tokenCount } from "../event-decoder.ts";
import { isObject } from "../json.ts";

/** undefined when nothing is reported. */
export function usageOf(reported: unknown): TokenUsage | undefined {
  if (!isObject(reported)) return undefined;
  const read = isObject(reported.input_tokens_details) ? reported.input_tokens_details : {};
  const written = isObject(reported.output_tokens_details) ? reported.output_tokens_details : {};
  const input = tokenCount(reported.input_tokens);
  const output = tokenCount(reported.output_tokens);
  const cacheRead = tokenCount(read.cached_tokens);
  const cacheWrite = tokenCount(read.cache_write_tokens);
  const reasoning = tokenCount(written.reasoning_tokens);
  const usage: TokenUsage = {};
  if (input !== undefined) usage.inputTokens = input;
  if (output !== undefined) {
    // xAI leaves reasoning out of its output; the total gives it away.
    const apart = reasoning !== undefined && tokenCount(reported.total_tokens) === (input ?? 0) + output + reasoning;
    usage.outputTokens = apart ? output + reasoning : output;
  }
  if (cacheRead !== undefined) usage.cacheReadTokens = Math.min(cacheRead, input ?? cacheRead);
  if (cacheWrite !== undefined) usage.cacheWriteTokens = Math.min(cacheWrite, input ?? cacheWrite);
  if (reasoning !== undefined) usage.reasoningTokens = Math.min(reasoning, usage.outputTokens ?? reasoning);
  return Object.keys(usage).length === 0 ? undefined : usage;
}
