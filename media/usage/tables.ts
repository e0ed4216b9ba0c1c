/** The report's tables: sums by model, provider, purpose or day, and the same tokens at other prices. */

import { exactAmount, formatAmount } from "../../src/core/format.ts";
import type { UsagePage, UsageRow, UsageTexts } from "../../src/money/usage-protocol.ts";
import { element } from "../ui/dom.ts";
import { costText, countText, differenceText, exactText, tokensText } from "./figures.ts";

interface Cell {
  text: string;
  title?: string;
}

/** `first`: what the first column names, and how a row's name reads there. */
export function sumsTable(
  caption: string,
  first: { head: string; nameOf(row: UsageRow): string },
  rows: readonly UsageRow[],
  { texts, locale }: { texts: UsageTexts; locale: string },
): HTMLElement {
  const heads = [first.head, texts.answers, texts.inputTokens, texts.outputTokens, texts.cost];
  const lines = rows.map((row): Cell[] => [
    { text: first.nameOf(row) },
    { text: countText(row.turns, locale) },
    {
      text: tokensText(row.inputTokens, row, locale),
      ...(row.cachedTokens > 0 ? { title: `${texts.cachedTokens}: ${countText(row.cachedTokens, locale)}` } : {}),
    },
    { text: tokensText(row.outputTokens, row, locale) },
    { text: costText(row, texts), title: exactText(row.amounts) },
  ]);
  const made = table(caption, heads, lines);
  made.classList.add("sums");
  return made;
}

export function elsewhereTable({ elsewhere, total }: UsagePage, texts: UsageTexts): HTMLElement {
  const paid = total.amounts.map(({ amount, currency }): Cell[] => [
    { text: texts.paid },
    { text: "" },
    {
      text: `${total.estimated ? "~" : ""}${formatAmount(amount, currency)}`,
      title: exactAmount(amount, currency),
    },
    { text: "" },
  ]);
  const lines = elsewhere.map(({ name, origin, amount, currency, difference }): Cell[] => [
    { text: name },
    { text: texts.origins[origin] ?? origin },
    { text: `~${formatAmount(amount, currency)}`, title: exactAmount(amount, currency) },
    { text: difference === undefined ? "—" : differenceText(difference, currency) },
  ]);
  const made = table(
    texts.elsewhere,
    [texts.model, texts.priceFrom, texts.cost, texts.difference],
    [...paid, ...lines],
  );
  for (const row of [...made.querySelectorAll("tbody tr")].slice(0, paid.length)) row.classList.add("paid");
  return made;
}

function table(caption: string, heads: readonly string[], lines: readonly Cell[][]): HTMLElement {
  const body = lines.map(([first, ...rest]) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, first?.text),
      ...rest.map(({ text, title }) => element("td", { title: title === "" ? undefined : title }, text)),
    ),
  );
  return tableFrame(caption, heads, body);
}

/** A table of these rows; scrolls sideways by itself where it is too wide. A column without a name holds buttons. */
export function tableFrame(caption: string, heads: readonly string[], rows: readonly HTMLElement[]): HTMLElement {
  const head = (text: string) => (text === "" ? element("td", {}) : element("th", { scope: "col" }, text));
  return element(
    "div",
    { class: "table-frame", tabindex: "0", role: "group", "aria-label": caption },
    element(
      "table",
      {},
      element("caption", { class: "visually-hidden" }, caption),
      element("thead", {}, element("tr", {}, ...heads.map(head))),
      element("tbody", {}, ...rows),
    ),
  );
}
