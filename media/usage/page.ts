/** The report as a page: made once, so that focus and what is unfolded outlive each new report. */

import { fill, wordFor } from "../../src/core/format.ts";
import type { ToUsage, UsagePage, UsageRow, UsageTexts } from "../../src/money/usage-protocol.ts";
import { element, textButton } from "../ui/dom.ts";
import { answersTable, focusAnswer, focusedAnswer } from "./answers.ts";
import { charts, limitBar } from "./chart.ts";
import { costText, countText, dateText, exactText, tokensText } from "./figures.ts";
import { post } from "./host.ts";
import { elsewhereTable, sumsTable } from "./tables.ts";
import { createToolbar } from "./toolbar.ts";

export interface Page {
  root: HTMLElement;
  show(message: ToUsage): void;
}

export function createPage(texts: UsageTexts): Page {
  const toolbar = createToolbar(texts, post);
  const totals = element("dl", { class: "totals", "data-testid": "usage-total" });
  const remarks = element("div", { class: "remarks" });
  const budget = section(texts.budget);
  const chart = section(texts.overTime);
  const days = element("div", {});
  const bars = element("div", { class: "charts" });
  chart.body.append(
    bars,
    element("details", { "data-testid": "usage-days" }, element("summary", {}, texts.asTable), days),
  );
  const nothing = element("p", { class: "hint", "data-testid": "usage-nothing" }, texts.nothing);
  const groups = [section(texts.byTarget), section(texts.byProvider), section(texts.byPurpose)] as const;
  const answers = section(texts.answersList);
  const list = element("div", { "data-testid": "usage-answers" });
  answers.body.append(element("p", { class: "hint" }, texts.answersHint), list);
  const elsewhere = section(texts.elsewhere);
  const prices = element("div", { "data-testid": "usage-elsewhere" });
  const origin = element("p", { class: "hint", "data-testid": "usage-prices" });
  const choose = textButton(texts.chooseModels, "secondary", () => post({ type: "choose-models" }));
  elsewhere.body.append(element("p", { class: "hint" }, texts.elsewhereHint), prices, origin, choose);
  const announcer = element("div", { class: "visually-hidden", role: "status" });
  const ofUse = [chart.root, ...groups.map(({ root }) => root), answers.root, elsewhere.root];

  return {
    root: element(
      "main",
      { class: "page usage" },
      element("h1", {}, texts.title),
      toolbar.root,
      totals,
      remarks,
      budget.root,
      nothing,
      ...ofUse,
      announcer,
    ),
    show({ page, locale }) {
      toolbar.show(page.range);
      totals.replaceChildren(...totalsOf(page.total, texts, locale));
      remarks.replaceChildren(...page.remarks.map((text) => element("p", { class: "remark" }, text)));
      budget.root.hidden = page.budget.length === 0;
      budget.body.replaceChildren(...limitsOf(page));
      nothing.hidden = page.byTarget.length > 0;
      for (const root of ofUse) root.hidden = page.byTarget.length === 0;
      bars.hidden = page.chart.names.length === 1;
      bars.replaceChildren(...charts(page.chart, texts, locale));
      const day = { head: texts.day, nameOf: ({ name }: UsageRow) => dateText(name, locale) };
      days.replaceChildren(sumsTable(texts.asTable, day, page.byDay, { texts, locale }));
      const [byTarget, byProvider, byPurpose] = groups;
      const named = (head: string) => ({ head, nameOf: ({ name }: UsageRow) => name });
      const purpose = { head: texts.purpose, nameOf: ({ name }: UsageRow) => wordFor(name, texts.purposes) };
      const words = { texts, locale };
      byTarget.body.replaceChildren(sumsTable(texts.byTarget, named(texts.model), page.byTarget, words));
      byProvider.body.replaceChildren(sumsTable(texts.byProvider, named(texts.provider), page.byProvider, words));
      byPurpose.body.replaceChildren(sumsTable(texts.byPurpose, purpose, page.byPurpose, words));
      const rows = page.answers ?? [];
      if (rows.length === 0) answers.root.hidden = true;
      const focused = focusedAnswer();
      list.replaceChildren(answersTable(rows, words));
      focusAnswer(list, focused);
      prices.replaceChildren(...pricesOf(page, texts));
      origin.textContent = page.prices;
      const total = fill(texts.updated, { total: costText(page.total, texts) });
      if (announcer.textContent !== total) announcer.textContent = total;
    },
  };
}

function section(heading: string): { root: HTMLElement; body: HTMLElement } {
  const body = element("div", {});
  return { root: element("section", {}, element("h2", {}, heading), body), body };
}

function totalsOf(total: UsageRow, texts: UsageTexts, locale: string): HTMLElement[] {
  const exact = exactText(total.amounts);
  const entry = (name: string, value: string, note?: string, title?: string) =>
    element(
      "div",
      {},
      element("dt", {}, name),
      element("dd", { title }, value),
      note !== undefined && element("dd", { class: "hint" }, note),
    );
  const cached = `${texts.cachedTokens}: ${countText(total.cachedTokens, locale)}`;
  return [
    entry(
      texts.cost,
      costText({ ...total, unknown: 0 }, texts),
      unknownText(total, texts),
      exact === "" ? undefined : exact,
    ),
    entry(texts.answers, countText(total.turns, locale)),
    entry(texts.inputTokens, tokensText(total.inputTokens, total, locale), total.cachedTokens > 0 ? cached : undefined),
    entry(texts.outputTokens, tokensText(total.outputTokens, total, locale)),
  ];
}

function unknownText({ unknown }: UsageRow, texts: UsageTexts): string | undefined {
  return unknown > 0 ? fill(texts.unknown, { count: unknown }) : undefined;
}

function limitsOf({ budget }: UsagePage): HTMLElement[] {
  return budget.map(({ spent, limit, text }) =>
    element(
      "div",
      { class: "limit-row", "data-testid": "usage-budget" },
      limitBar(limit > 0 ? spent / limit : 1, text),
      element("span", { "aria-hidden": "true" }, text),
    ),
  );
}

function pricesOf(page: UsagePage, texts: UsageTexts): HTMLElement[] {
  if (page.elsewhere.length === 0) return [element("p", {}, texts.elsewhereEmpty)];
  const isCompared = page.elsewhere.some(({ difference }) => difference !== undefined);
  const table = elsewhereTable(page, texts);
  return isCompared ? [table] : [table, element("p", { class: "hint" }, texts.noDifference)];
}
