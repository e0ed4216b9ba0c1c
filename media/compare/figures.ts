/** The table of a comparison: a row for each model, a column for each figure, every cell as wide and high as it will ever be. */

import type { CompareModel, CompareResult, CompareRun } from "../../src/compare/protocol.ts";
import type { CompareTexts } from "../../src/compare/texts.ts";
import {
  fill,
  formatAmount,
  formatCost,
  formatDuration,
  formatDurationRange,
  formatRate,
  formatTokens,
} from "../../src/core/format.ts";
import { element } from "../ui/dom.ts";

type Figures = CompareResult["figures"][number];
type SpreadName = "ttft" | "perThousand" | "tokensPerSecond" | "total" | "inputTokens" | "outputTokens" | "cost";

interface Cell {
  text: string;
  /** The second, smaller line. */
  below?: string;
  /** What a screen reader says instead of the second line. */
  belowSpoken?: string;
}

interface Column {
  name: string;
  title: string;
  hint?: string;
  cell(figures: Figures, model: CompareModel): Cell;
  /** What is compared; absent where no value is better than another. */
  value?(figures: Figures, model: CompareModel): number | undefined;
  most?: true;
  /** What has another currency cannot be compared. */
  currency?(figures: Figures, model: CompareModel): string | undefined;
}

export interface FiguresView {
  readonly root: HTMLElement;
  update(): void;
  updateState(place: number): void;
}

export function createFigures(result: CompareResult, texts: CompareTexts): FiguresView {
  const columns = columnsOf(texts);
  const states = result.models.map(() => element("span", { class: "below" }));
  const cells = result.models.map(() => columns.map(({ name }) => element("td", { "data-figure": name })));
  const head = element(
    "tr",
    {},
    element("th", { scope: "col" }, texts.model),
    ...columns.map(({ name, title, hint }) => element("th", { scope: "col", "data-column": name, title: hint }, title)),
  );
  const rows = result.models.map((model, place) =>
    element(
      "tr",
      { "data-testid": "compare-row" },
      element(
        "th",
        { scope: "row", title: model.target },
        element("span", { class: "model" }, model.label),
        states[place],
      ),
      ...cells[place]!,
    ),
  );
  const table = element(
    "table",
    { class: "figures", "data-testid": "compare-table" },
    element("caption", { class: "visually-hidden" }, texts.tableCaption),
    element("thead", {}, head),
    element("tbody", {}, ...rows),
  );

  function updateState(place: number): void {
    states[place]!.textContent = stateOf(result.runs[place]!, result.rounds, texts);
  }

  function update(): void {
    for (const [index, column] of columns.entries()) {
      const best = bestOf(column, result);
      for (const [place, figures] of result.figures.entries()) {
        fillCell(cells[place]![index]!, column.cell(figures, result.models[place]!), best === place, texts);
      }
    }
    for (const place of result.models.keys()) updateState(place);
  }

  return {
    root: element(
      "div",
      { class: "table-box", tabindex: "0", role: "region", "aria-label": texts.tableCaption },
      table,
    ),
    update,
    updateState,
  };
}

function fillCell(cell: HTMLElement, { text, below, belowSpoken }: Cell, best: boolean, texts: CompareTexts): void {
  cell.toggleAttribute("data-best", best);
  cell.title = belowSpoken ?? "";
  const spoken = (words: string): HTMLElement => element("span", { class: "visually-hidden" }, words);
  cell.replaceChildren(
    element("span", { class: "value" }, text),
    ...(best ? [spoken(` (${texts.best})`)] : []),
    element("span", { class: "below", "aria-hidden": belowSpoken === undefined ? undefined : "true" }, below),
    ...(belowSpoken === undefined ? [] : [spoken(belowSpoken)]),
  );
}

/** Of the last run that was asked. */
function stateOf(runs: readonly CompareRun[], rounds: number, texts: CompareTexts): string {
  const round = runs.findLastIndex(({ state }) => state !== "planned" && state !== "left-out");
  const words = texts.states[runs[round]?.state ?? "planned"];
  return rounds > 1 && round >= 0 ? `${words} · ${fill(texts.round, { round: round + 1 })}` : words;
}

/** The place of the one model that is ahead; undefined where there is nothing to be ahead of. */
function bestOf({ value, most, currency }: Column, { figures, models }: CompareResult): number | undefined {
  if (value === undefined) return undefined;
  const currencies = figures.map((one, place) => currency?.(one, models[place]!)).filter((one) => one !== undefined);
  if (new Set(currencies).size > 1) return undefined;
  const values = figures.map((one, place) => value(one, models[place]!));
  const known = values.filter((one) => one !== undefined);
  const best = most ? Math.max(...known) : Math.min(...known);
  const ahead = values.flatMap((one, place) => (one === best ? [place] : []));
  return known.length > 1 && ahead.length === 1 ? ahead[0] : undefined;
}

function columnsOf(texts: CompareTexts): Column[] {
  const spread = (
    name: SpreadName,
    title: string,
    format: (value: number, figures: Figures) => string,
    range = (low: number, high: number, figures: Figures) => `${format(low, figures)}–${format(high, figures)}`,
  ): Column => ({
    name,
    title,
    cell(figures) {
      const figure = figures[name];
      if (figure === undefined) return { text: "—" };
      const [text, low, high] = [figure.median, figure.low, figure.high].map((value) => format(value, figures));
      if (low === high) return { text: text! };
      const belowSpoken = fill(texts.spread, { low: low!, high: high! });
      return { text: text!, below: range(figure.low, figure.high, figures), belowSpoken };
    },
    value: (figures) => figures[name]?.median,
  });
  const time = (name: SpreadName, title: string): Column => spread(name, title, formatDuration, formatDurationRange);
  const mark = ({ estimated }: Figures) => (estimated ? "~" : "");
  const tokens = (value: number, figures: Figures) => mark(figures) + formatTokens(Math.round(value));
  const withoutBest = ({ value: _, ...column }: Column): Column => column;
  return [
    { ...time("ttft", texts.ttft), hint: texts.ttftHint },
    {
      ...spread(
        "perThousand",
        texts.perThousand,
        (value, figures) => mark(figures) + formatDuration(value),
        (low, high, figures) => mark(figures) + formatDurationRange(low, high),
      ),
      hint: texts.perThousandHint,
    },
    {
      ...spread("tokensPerSecond", texts.rate, (value, figures) => mark(figures) + formatRate(value)),
      most: true,
    },
    time("total", texts.total),
    {
      name: "success",
      title: texts.success,
      hint: texts.successHint,
      cell({ asked, answered, retries }) {
        if (asked === 0) return { text: "—" };
        const text = `${answered}/${asked}`;
        return retries === 0 ? { text } : { text, below: fill(texts.retries, { count: retries }) };
      },
    },
    withoutBest(spread("inputTokens", texts.tokensIn, tokens)),
    withoutBest(spread("outputTokens", texts.tokensOut, tokens)),
    {
      ...spread("cost", texts.cost, (amount, { cost }) => formatCost(cost && { ...cost, amount })),
      currency: ({ cost }) => cost?.currency,
    },
    {
      name: "price",
      title: texts.price,
      cell: (_, { outputPrice: price }) => ({
        text: price === undefined ? "—" : (price.estimated ? "~" : "") + formatAmount(price.amount, price.currency),
      }),
      value: (_, { outputPrice }) => outputPrice?.amount,
      currency: (_, { outputPrice }) => outputPrice?.currency,
    },
  ];
}
