/** The single answers that a report shows: of each day the dearest, of each month the newest, and all that were corrected. */
import type { CorrectedEntry } from "./corrections.ts";
import type { EntryCost } from "./ledger-entry.ts";

export interface Answer {
  id: string;
  time: number;
  day: string;
  provider: string;
  model: string;
  purpose: string;
  outcome: string;
  cost?: Pick<EntryCost, "amount" | "currency" | "source">;
  /** What was recorded, where it was corrected; null = unknown. */
  recorded?: Pick<EntryCost, "amount" | "currency" | "source"> | null;
}

/** All lists by "day currency"; the newest under "". */
export type Answers = Map<string, Answer[]>;

const DEAREST = 3;
const NEWEST = 10;
const CORRECTED = "corrected";

/** Of an entry that used something. */
export function addAnswer(answers: Answers, entry: CorrectedEntry, day: string): void {
  const { cost } = entry;
  if (cost === undefined && entry.usage === undefined) return;
  let answer: Answer | undefined;
  const made = (): Answer => {
    answer ??= answerOf(entry, day);
    return answer;
  };
  const newest = listOf(answers, "");
  newest.push(made());
  if (newest.length > NEWEST) newest.shift();
  if (entry.recorded !== undefined) listOf(answers, CORRECTED).push(made());
  if (cost === undefined || cost.amount === 0) return;
  const dearest = listOf(answers, `${day} ${cost.currency}`);
  if (dearest.length === DEAREST && cost.amount <= dearest[DEAREST - 1]!.cost!.amount) return;
  dearest.push(made());
  dearest.sort((one, other) => other.cost!.amount - one.cost!.amount);
  if (dearest.length > DEAREST) dearest.pop();
}

export interface DayLimits {
  from?: string;
  to?: string;
}

/** The dearest first, one currency after the other; those of unknown cost last. Corrected ones are never left out. */
export function chooseAnswers(all: readonly Answers[], { from = "", to = "9" }: DayLimits, most: number): Answer[] {
  const found = new Map<string, Answer>();
  for (const answers of all)
    for (const list of answers.values())
      for (const answer of list) if (answer.day >= from && answer.day <= to) found.set(answer.id, answer);
  const sorted = [...found.values()].sort(byCost);
  return sorted.filter((answer, place) => place < most || answer.recorded !== undefined);
}

function byCost(one: Answer, other: Answer): number {
  // What was corrected keeps its place.
  const [a, b] = [one, other].map(({ cost, recorded }) => recorded ?? cost);
  if (a === undefined || b === undefined)
    return Number(a === undefined) - Number(b === undefined) || other.time - one.time;
  if (a.currency !== b.currency) return a.currency < b.currency ? -1 : 1;
  return b.amount - a.amount || other.time - one.time;
}

function answerOf(
  { id, time, provider, model, purpose, outcome, cost, recorded }: CorrectedEntry,
  day: string,
): Answer {
  const answer: Answer = { id, time, day, provider, model, purpose, outcome };
  if (cost !== undefined) answer.cost = short(cost);
  if (recorded !== undefined) answer.recorded = recorded && short(recorded);
  return answer;
}

function short({ amount, currency, source }: EntryCost): NonNullable<Answer["cost"]> {
  return { amount, currency, source };
}

function listOf(answers: Answers, name: string): Answer[] {
  let list = answers.get(name);
  if (list === undefined) {
    list = [];
    answers.set(name, list);
  }
  return list;
}
