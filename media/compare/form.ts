/** What is asked of whom: models, question, rounds, and the cost that a person says yes to before anything is sent. */

import type { CompareForm, CompareModel } from "../../src/compare/protocol.ts";
import type { CompareTexts } from "../../src/compare/texts.ts";
import { fill } from "../../src/core/format.ts";
import { element, icon, iconButton, textButton } from "../ui/dom.ts";
import { post } from "./host.ts";

export interface FormView {
  readonly root: HTMLElement;
  update(form: CompareForm): void;
  showRunning(running: boolean): void;
}

export function createForm(first: CompareForm, texts: CompareTexts): FormView {
  let form = first;
  let running = false;
  const models = element("div", { class: "chips", "data-testid": "compare-models", role: "list" });
  const add = textButton(texts.addModel, "secondary", () => {
    if (form.noProvider) post({ type: "add-provider" });
    else if (form.models.length < form.limits.mostModels) post({ type: "add-model" });
  });
  const addIcon = icon("add");
  add.classList.add("small");
  add.dataset.testid = "add-model";
  const hint = element("p", { class: "hint", id: "models-hint" });

  const questions = element("select", { id: "question", "data-testid": "compare-question" });
  const prompt = element("textarea", {
    class: "text-input",
    rows: "3",
    "aria-label": texts.questionPlaceholder,
    placeholder: texts.questionPlaceholder,
    "data-testid": "compare-prompt",
  });
  const rounds = element("select", {
    id: "rounds",
    "data-testid": "compare-rounds",
    "aria-describedby": "rounds-hint",
  });
  for (let count = 1; count <= first.limits.mostRounds; count++)
    rounds.append(element("option", { value: `${count}` }, `${count}`));

  const draft = () => post({ type: "draft", prompt: prompt.value, rounds: Number(rounds.value) });
  questions.addEventListener("change", () => {
    const chosen = form.questions[Number(questions.value)];
    if (chosen) prompt.value = chosen.text;
    else prompt.focus();
    draft();
    showButtons();
  });
  prompt.addEventListener("input", () => {
    draft();
    chooseQuestion();
    showButtons();
  });
  rounds.addEventListener("change", draft);

  const prepare = button(texts.prepare, "primary", "compare-prepare", () => {
    if (mayPrepare()) post({ type: "prepare" });
  });
  const start = button(texts.start, "primary", "compare-start", () => post({ type: "start" }));
  const cancel = button(texts.cancel, "secondary", "compare-cancel", () => post({ type: "cancel" }));
  start.setAttribute("aria-describedby", "plan");
  const plan = element("span", { class: "plan", id: "plan", "data-testid": "compare-plan" });
  const actions = element("div", { class: "actions" }, prepare, start, cancel, plan);

  const root = element(
    "section",
    { class: "form", "aria-label": texts.title },
    element("div", { class: "field" }, element("h2", {}, texts.models), models, element("div", {}, add), hint),
    element(
      "div",
      { class: "field" },
      element("label", { class: "field-name", for: "question" }, texts.question),
      questions,
      element("div", { class: "input-box" }, prompt),
    ),
    element(
      "div",
      { class: "field" },
      element("label", { class: "field-name", for: "rounds" }, texts.rounds),
      rounds,
      element("p", { class: "hint", id: "rounds-hint" }, texts.roundsHint),
    ),
    actions,
  );

  const mayPrepare = () => !running && form.models.length >= form.limits.fewestModels && prompt.value.trim() !== "";

  function chooseQuestion(): void {
    const index = form.questions.findIndex(({ text }) => text === prompt.value);
    questions.value = index < 0 ? "own" : String(index);
  }

  function showButtons(): void {
    const asked = form.plan !== undefined && !running;
    const focused = actions.contains(document.activeElement);
    prepare.hidden = asked;
    start.hidden = cancel.hidden = !asked;
    plan.textContent = asked ? (form.plan ?? "") : "";
    prepare.setAttribute("aria-disabled", String(!mayPrepare()));
    // The button that was pressed is gone; the next one of these is meant.
    if (focused) (asked ? start : prepare).focus();
  }

  function update(next: CompareForm): void {
    form = next;
    const focused = [...models.querySelectorAll("button")].indexOf(document.activeElement as HTMLButtonElement);
    models.replaceChildren(...form.models.map((model, index) => chip(model, index, texts)));
    models.hidden = form.models.length === 0;
    add.replaceChildren(addIcon, form.noProvider ? texts.addProvider : texts.addModel);
    add.setAttribute("aria-disabled", String(!form.noProvider && form.models.length >= form.limits.mostModels));
    hint.textContent = form.noProvider ? texts.noProvider : texts.fewModels;
    hint.hidden = form.models.length >= form.limits.fewestModels;
    questions.replaceChildren(
      element("option", { value: "own" }, texts.own),
      ...form.questions.map(({ label }, index) => element("option", { value: `${index}` }, label)),
    );
    // What is being typed is newer than what the host was told.
    if (document.activeElement !== prompt) prompt.value = form.prompt;
    rounds.value = String(form.rounds);
    chooseQuestion();
    showButtons();
    // The chip whose button was pressed is gone: the next one is meant, or what adds one.
    if (focused >= 0) (models.querySelectorAll("button")[focused] ?? add).focus();
  }
  update(first);

  return {
    root,
    update,
    showRunning(next) {
      running = next;
      showButtons();
    },
  };
}

function chip(
  { label, providerName, target, scripted }: CompareModel,
  index: number,
  texts: CompareTexts,
): HTMLElement {
  return element(
    "span",
    { class: "chip", role: "listitem", title: target },
    element("span", { class: "chip-label" }, label),
    element("span", { class: "chip-provider" }, `· ${scripted ? `${providerName} · ${texts.demoMark}` : providerName}`),
    iconButton({
      icon: "close",
      label: fill(texts.removeModel, { name: label }),
      press: () => post({ type: "remove-model", index }),
    }),
  );
}

function button(label: string, style: "primary" | "secondary", testId: string, press: () => void): HTMLButtonElement {
  const made = textButton(label, style, press);
  made.dataset.testid = testId;
  return made;
}
