/** What a comparison will cost, guessed before anything is sent, so that a person can say yes or no. */
import { defined } from "../core/defined.ts";
import type { ChatRequest } from "../core/message.ts";
import { costOf } from "../money/cost.ts";
import { estimateUsage } from "../money/estimate.ts";
import type { Candidate } from "../turn/candidate.ts";
import { type PricesNow, priceOf } from "../turn/candidate-price.ts";
import { addCost, type Spending } from "./figures.ts";

export interface ComparisonQuestion {
  question: Omit<ChatRequest, "model">;
  rounds: number;
  /** Tokens that one answer may have. */
  outputTokens: number;
}

/** `unknown` counts models. */
export function estimateSpending(
  candidates: readonly Candidate[],
  asked: ComparisonQuestion,
  prices: PricesNow,
): Spending {
  const spending: Spending = { amounts: new Map(), estimated: true, unknown: 0 };
  for (const candidate of candidates) {
    const { inputTokens } = estimateUsage({ ...asked.question, model: candidate.model }, "");
    const outputTokens = Math.min(asked.outputTokens, asked.question.maxOutputTokens ?? Number.POSITIVE_INFINITY);
    const usage = { ...defined({ inputTokens }), outputTokens, estimated: true };
    const cost = costOf({ usage, known: priceOf(candidate, prices, inputTokens) });
    if (cost === undefined) spending.unknown++;
    else addCost(spending, cost, asked.rounds);
  }
  return spending;
}
