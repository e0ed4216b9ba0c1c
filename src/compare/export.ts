/** A comparison as a file: Markdown to read and share, CSV with a line for each answer to reckon with. */

import { fenced } from "../context/fence.ts";
import { textOf } from "../core/message.ts";
import { formatTarget, type Target } from "../core/target.ts";
import type { Price } from "../core/usage.ts";
import { csvRow } from "../money/csv.ts";
import { decimalText, toPicos } from "../money/money.ts";
import { measuresOf } from "../turn/measures.ts";
import type { ComparisonRun } from "./comparison.ts";
import { answerTime, figuresOf, timePerThousand } from "./figures.ts";
import type { ComparisonFigures, Spread } from "./result.ts";

export interface Comparison {
  /** Milliseconds since 1970. */
  startedAt: number;
  prompt: string;
  rounds: number;
  models: { target: Target; price?: Price }[];
  /** In the order in which they were made. */
  runs: ComparisonRun[];
}

/** Words in the person's language. */
export interface ComparisonWords {
  title: string;
  /** Under the table: what its figures are. */
  note: string;
  prompt: string;
  answers: string;
  /** "Round {round}" */
  round: string;
  columns: Record<
    "model" | "ttft" | "perThousand" | "rate" | "total" | "success" | "tokensIn" | "tokensOut" | "cost" | "price",
    string
  >;
  /** A sentence about a run that did not complete; undefined when there is nothing to say. */
  problem(run: ComparisonRun): string | undefined;
}

export function comparisonMarkdown(comparison: Comparison, words: ComparisonWords): string {
  const { models, rounds, prompt, runs, startedAt } = comparison;
  const { columns } = words;
  const rows = models.map(({ target, price }, place) =>
    figureCells(formatTarget(target), figuresOf(outcomesOf(comparison, place)), price),
  );
  const parts = [
    `# ${words.title}`,
    new Date(startedAt).toISOString(),
    table(Object.values(columns), rows),
    words.note,
    `## ${words.prompt}`,
    fenced(prompt, "text"),
    `## ${words.answers}`,
  ];
  models.forEach(({ target }, place) => {
    for (const run of runs.filter((one) => one.place === place).sort((a, b) => a.round - b.round)) {
      const round = rounds === 1 ? "" : `, ${words.round.replace("{round}", String(run.round + 1))}`;
      const problem = words.problem(run);
      parts.push(`### ${cell(formatTarget(target))}${round}`);
      if (problem !== undefined) parts.push(`> ${cell(problem)}`);
      const text = textOf(run.outcome.message).trim();
      // Fenced, or a preview would load the pictures of an answer, and its headings would be the file's.
      if (text !== "") parts.push(fenced(text, "markdown"));
    }
  });
  return `${parts.join("\n\n")}\n`;
}

export function comparisonCsv({ models, runs }: Comparison): string {
  const head =
    "time,round,provider,model,answered_by,outcome,attempts,ttft_ms,total_ms,ms_per_1000_tokens,tokens_per_second," +
    "input_tokens,cached_tokens,output_tokens,reasoning_tokens,tokens_estimated,cost,currency,cost_source," +
    "output_price_per_million,price_currency,error\r\n";
  const lines = runs.map(({ place, round, outcome }) => {
    const { target, price } = models[place]!;
    const { usage, timings, tokensPerSecond, error, answeredBy, kind } = outcome;
    const { cost } = measuresOf(outcome);
    return csvRow([
      new Date(outcome.startedAt).toISOString(),
      round + 1,
      target.provider,
      target.model,
      answeredBy,
      kind,
      outcome.attempts.length,
      rounded(timings.ttft),
      rounded(answerTime(outcome)),
      kind === "completed" ? rounded(timePerThousand(outcome)) : undefined,
      rounded(tokensPerSecond, 1),
      usage?.inputTokens,
      usage?.cacheReadTokens,
      usage?.outputTokens,
      usage?.reasoningTokens,
      usage && String(usage.estimated ?? false),
      cost && exact(cost.amount),
      cost?.currency,
      cost?.source,
      price?.output,
      price?.currency,
      error?.kind,
    ]);
  });
  return head + lines.join("");
}

export function outcomesOf({ runs }: Pick<Comparison, "runs">, place: number): ComparisonRun["outcome"][] {
  return runs.filter((run) => run.place === place).map(({ outcome }) => outcome);
}

function figureCells(name: string, figures: ComparisonFigures, price: Price | undefined): string[] {
  const { ttft, perThousand, tokensPerSecond, total, answered, asked, inputTokens, outputTokens, cost } = figures;
  const mark = figures.estimated ? "~" : "";
  return [
    name,
    spread(ttft),
    spread(perThousand, mark),
    spread(tokensPerSecond, mark, 1),
    spread(total),
    `${answered}/${asked}`,
    spread(inputTokens, mark),
    spread(outputTokens, mark),
    cost === undefined ? "—" : `${cost.source === "estimated" ? "~" : ""}${exact(cost.median)} ${cost.currency}`,
    price === undefined ? "—" : `${exact(price.output)} ${price.currency}`,
  ];
}

/** "420 (380–520)"; without the brackets where all are alike. */
function spread(figure: Spread | undefined, mark = "", digits = 0): string {
  if (figure === undefined) return "—";
  const [median, low, high] = [figure.median, figure.low, figure.high].map((value) => value.toFixed(digits));
  return low === high ? `${mark}${median}` : `${mark}${median} (${low}–${high})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), `|${head.map((_, index) => (index === 0 ? "---" : "---:")).join("|")}|`, ...rows.map(line)].join(
    "\n",
  );
}

/** Model names come from servers: nothing in a cell may end it, begin a tag or a new line. */
function cell(text: string): string {
  return text.replace(/[\\|<>`[\]*_]/g, "\\$&").replace(/[\r\n]+/g, " ");
}

function rounded(value: number | undefined, digits = 0): number | undefined {
  return value === undefined ? undefined : Number(value.toFixed(digits));
}

function exact(amount: number): string {
  return decimalText(toPicos(amount));
}
