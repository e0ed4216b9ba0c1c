/** Asks the person's budget whether one request may leave. */
import type { Notice } from "../core/events.ts";
import type { ChatRequest } from "../core/message.ts";
import type { BudgetTurn } from "../money/budget.ts";
import { isFree } from "../money/cost.ts";
import { loadPrices } from "../money/prices.ts";
import type { Candidate } from "./candidate.ts";
import { targetOf } from "./candidate-line.ts";
import { mostOf, priceOf } from "./candidate-price.ts";
import type { TurnEnvironment } from "./turn-environment.ts";

/** A model that costs nothing is a way out of a budget that is used up. */
export async function checkBudget(
  turn: BudgetTurn,
  candidate: Candidate,
  question: Omit<ChatRequest, "model">,
  { wallClock, prices: load = loadPrices }: Pick<TurnEnvironment, "wallClock" | "prices">,
): Promise<Notice[]> {
  const prices = { table: await load(), at: wallClock() };
  const known = priceOf(candidate, prices);
  return known && isFree(known.price) ? [] : turn.check(targetOf(candidate), mostOf(candidate, question, prices));
}
