/** The dearest answers of the period one by one, each with a button to correct its cost. */

import { exactAmount, fill, formatAmount, wordFor } from "../../src/core/format.ts";
import type { AnswerRow, UsageTexts } from "../../src/money/usage-protocol.ts";
import { element, textButton } from "../ui/dom.ts";
import { post } from "./host.ts";
import { tableFrame } from "./tables.ts";

export function answersTable(
  answers: readonly AnswerRow[],
  { texts, locale }: { texts: UsageTexts; locale: string },
): HTMLElement {
  const heads = [texts.model, texts.time, texts.purpose, texts.cost, ""];
  const rows = answers.map((answer) => answerRow(answer, texts, locale));
  const frame = tableFrame(texts.answersList, heads, rows);
  frame.classList.add("answers");
  return frame;
}

/** The id of the answer whose button has the focus. */
export function focusedAnswer(): string | undefined {
  return (document.activeElement as HTMLElement | null)?.dataset.answer;
}

/** Puts it there again. */
export function focusAnswer(root: HTMLElement, id: string | undefined): void {
  if (id === undefined) return;
  const buttons = [...root.querySelectorAll<HTMLElement>("[data-answer]")];
  buttons.find(({ dataset }) => dataset.answer === id)?.focus();
}

function answerRow(answer: AnswerRow, texts: UsageTexts, locale: string): HTMLElement {
  const when = new Date(answer.time).toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" });
  const button = textButton(texts.correct, "secondary", () => post({ type: "correct", id: answer.id }));
  button.dataset.answer = answer.id;
  // Of several alike, a screen reader says which.
  button.setAttribute("aria-label", `${texts.correct} ${answer.name}, ${when}, ${costOf(answer, texts)}`);
  return element(
    "tr",
    { "data-testid": "usage-answer" },
    element("th", { scope: "row" }, answer.name),
    element("td", {}, when),
    element("td", {}, wordFor(answer.purpose, texts.purposes)),
    costCell(answer, texts),
    element("td", {}, button),
  );
}

function costCell(answer: AnswerRow, texts: UsageTexts): HTMLElement {
  const { amount, recorded } = answer;
  const exact = amount && exactAmount(amount.amount, amount.currency);
  if (recorded === undefined) return element("td", { title: exact }, costOf(answer, texts));
  const before = recorded === null ? texts.unknownCost : formatAmount(recorded.amount, recorded.currency);
  return element(
    "td",
    { title: exact },
    costOf(answer, texts),
    element("span", { class: "hint recorded" }, fill(texts.correctedFrom, { amount: before })),
  );
}

function costOf({ amount, estimated }: AnswerRow, texts: UsageTexts): string {
  if (amount === undefined) return texts.unknownCost;
  return `${estimated ? "~" : ""}${formatAmount(amount.amount, amount.currency)}`;
}
