/** The level of thinking in the words of the Messages protocol, which changed with Claude 4.6. */
import type { Effort } from "../../core/message.ts";
import { sentBudget, sentLevel } from "../provider/effort.ts";
import type { Json } from "../provider/json.ts";
import { generationOf } from "./generation.ts";

/** Tokens to think with, where a level is said in tokens. */
const budgets: { readonly [effort in Effort]: number } = {
  off: 0,
  lowest: 0,
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 24_576,
  max: 30_720,
};

/** Smaller ones are refused. */
const smallestBudget = 1024;

/** The fields of the body that say it. `limit`: its `max_tokens`, which thinking counts towards. */
export function encodeEffort(effort: Effort, model: string, limit: number): Json {
  const isClaude = /claude/i.test(model);
  const generation = generationOf(model);
  const isOld = isClaude && generation < 4.6;
  // These do not think unless they are told to.
  if (effort === "off" || effort === "lowest") return isOld ? {} : { thinking: { type: "disabled" } };
  if (isOld) {
    const budget = Math.min(budgets[effort], limit - 1);
    return budget < smallestBudget ? {} : { thinking: { type: "enabled", budget_tokens: budget } };
  }
  const level = effort === "minimal" ? "low" : effort;
  if (!isClaude) return { output_config: { effort: level } };
  // From 4.7 on the text of thinking is left out unless it is asked for.
  const display = generation >= 4.7 ? { display: "summarized" } : {};
  return { thinking: { type: "adaptive", ...display }, output_config: { effort: level } };
}

/** The level in a body that `encodeEffort` has a part in. */
export function sentEffort(body: string): Effort | undefined {
  if (body.includes('"thinking":{"type":"disabled"}')) return "off";
  return sentBudget(body, "budget_tokens", budgets) ?? sentLevel(body, "effort");
}
