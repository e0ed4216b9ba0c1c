/** Gemini's count of tokens, which leaves thoughts out of the candidates, as Runnel's account. */
import type { NumberCheck } from "../../core/foreign-number.ts";
import type { TokenUsage } from "../../core/usage.ts";
import { isObject } from "../provider/json.ts";

const fields = {
  promptTokenCount: "prompt",
  candidatesTokenCount: "candidates",
  thoughtsTokenCount: "thoughts",
  cachedContentTokenCount: "cached",
  toolUsePromptTokenCount: "toolUse",
  totalTokenCount: "total",
} as const;

export const countFields = Object.keys(fields);

type Counts = { [name in (typeof fields)[keyof typeof fields]]?: number };

export class ContentUsage {
  readonly #numbers: NumberCheck;
  readonly #counts: Counts = {};
  #changed = false;

  constructor(numbers: NumberCheck) {
    this.#numbers = numbers;
  }

  /** `usageMetadata` of any chunk: it counts up, and a later field replaces an earlier one. */
  read(metadata: unknown): void {
    if (!isObject(metadata)) return;
    for (const [field, name] of Object.entries(fields)) {
      if (metadata[field] === undefined) continue;
      const number = this.#numbers.tokens(metadata[field]);
      if (number === undefined || this.#counts[name] === number) continue;
      this.#counts[name] = number;
      this.#changed = true;
    }
  }

  news(): TokenUsage | undefined {
    if (!this.#changed) return undefined;
    this.#changed = false;
    const { prompt, candidates, thoughts, cached, toolUse, total } = this.#counts;
    const usage: TokenUsage = {};
    const input = prompt === undefined ? undefined : prompt + (toolUse ?? 0);
    if (input !== undefined) usage.inputTokens = input;
    if (candidates !== undefined) usage.outputTokens = candidates + (thoughts ?? 0);
    // The candidates are often counted at the end only, and not at all when nothing but thoughts came.
    else if (total !== undefined && input !== undefined && total >= input) usage.outputTokens = total - input;
    else if (thoughts !== undefined) usage.outputTokens = thoughts;
    if (cached !== undefined) usage.cacheReadTokens = cached;
    if (thoughts !== undefined) usage.reasoningTokens = thoughts;
    return Object.keys(usage).length === 0 ? undefined : usage;
  }
}
