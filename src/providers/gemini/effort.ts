/** The level of thinking in Gemini's words: a budget of tokens for 2.5, a level from 3 on. */
import type { Effort } from "../../core/message.ts";
import { sentBudget, sentLevel } from "../provider/effort.ts";
import type { Json } from "../provider/json.ts";

const budgets: { readonly [effort in Effort]: number } = {
  off: 0,
  lowest: 0,
  minimal: 512,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 24_576,
  max: 24_576,
};

/** Pro never stops thinking. */
const smallestOfPro = 128;

/** Fields of `thinkingConfig`. */
export function encodeEffort(effort: Effort, model: string): Json {
  const generation = Number(/gemini-(\d+(?:\.\d+)?)/.exec(model)?.[1] ?? 0);
  if (generation > 0 && generation < 3) {
    return { thinkingBudget: Math.max(budgets[effort], /pro/.test(model) ? smallestOfPro : 0) };
  }
  if (effort === "off" || effort === "lowest") return { thinkingLevel: "MINIMAL" };
  const level = effort === "xhigh" || effort === "max" ? (generation >= 4 ? "xhigh" : "high") : effort;
  return { thinkingLevel: level.toUpperCase() };
}

/** The level in a body that `encodeEffort` has a part in. */
export function sentEffort(body: string): Effort | undefined {
  return sentBudget(body, "thinkingBudget", budgets) ?? sentLevel(body, "thinkingLevel");
}
