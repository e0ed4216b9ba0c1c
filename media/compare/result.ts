/** What a comparison found: how far it is, the table of figures, the answers of one round next to each other. */

import type { CompareResult } from "../../src/compare/protocol.ts";
import { fill } from "../../src/core/format.ts";
import { element, textButton } from "../ui/dom.ts";
import { type AnswerView, createAnswer } from "./answer.ts";
import type { ResultContext } from "./context.ts";
import { createFigures } from "./figures.ts";
import { post } from "./host.ts";

export interface ResultView {
  readonly root: HTMLElement;
  /** Shows a comparison that has just begun, with the focus on what ends it. */
  reveal(): void;
  /** The result's figures or its progress changed. */
  update(): void;
  updateRun(place: number, round: number): void;
  append(place: number, round: number, text: string): void;
  dispose(): void;
}

export function createResult(result: CompareResult, context: ResultContext): ResultView {
  const { texts } = context;
  const figures = createFigures(result, texts);
  const progress = element("p", { class: "progress", "data-testid": "compare-progress" });
  const columns = element("div", { class: "answers", tabindex: "0", role: "group", "aria-label": texts.answers });
  const rounds = element("select", { id: "shown-round", "data-testid": "compare-shown-round" });
  for (let round = 0; round < result.rounds; round++) {
    rounds.append(element("option", { value: `${round}` }, fill(texts.round, { round: round + 1 })));
  }
  rounds.addEventListener("change", showAnswers);
  const save = (label: string, format: "md" | "csv") => {
    const button = textButton(label, "secondary", () => post({ type: "save", format }));
    button.classList.add("small");
    button.dataset.testid = `compare-save-${format}`;
    return button;
  };
  const stop = textButton(texts.stop, "primary", () => post({ type: "stop" }));
  stop.dataset.testid = "compare-stop";
  const root = element(
    "div",
    { tabindex: "-1" },
    element("div", { class: "result-bar" }, progress, stop),
    figures.root,
    element(
      "div",
      { class: "table-foot" },
      element("p", { class: "hint" }, texts.tableNote),
      element("div", { class: "button-row" }, save(texts.saveMarkdown, "md"), save(texts.saveCsv, "csv")),
    ),
    element(
      "div",
      { class: "answers-bar" },
      element("h2", {}, texts.answers),
      result.rounds > 1 && element("label", { for: "shown-round" }, texts.shownRound),
      result.rounds > 1 && rounds,
    ),
    columns,
  );
  let answers: AnswerView[] = [];

  const shownRound = () => Number(rounds.value);

  function showAnswers(): void {
    for (const answer of answers) answer.dispose();
    answers = result.models.map((_, place) => createAnswer(result, place, shownRound(), context));
    columns.replaceChildren(...answers.map((answer) => answer.root));
  }

  function update(): void {
    progress.textContent = result.progress;
    // A button that disappears would take the focus out of the page.
    if (!result.running && document.activeElement === stop) root.focus({ preventScroll: true });
    stop.hidden = !result.running;
    figures.update();
    for (const answer of answers) answer.update();
  }
  showAnswers();
  update();

  return {
    root,
    reveal() {
      root.scrollIntoView();
      stop.focus({ preventScroll: true });
    },
    update,
    updateRun(place, round) {
      figures.updateState(place);
      if (round === shownRound()) answers[place]?.update();
    },
    append(place, round, text) {
      if (round === shownRound()) answers[place]?.append(text);
    },
    dispose() {
      for (const answer of answers) answer.dispose();
    },
  };
}
