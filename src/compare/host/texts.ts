/** What a person reads in a comparison of models: the webview's texts, the plan, the progress, the words of its files. */
import { l10n } from "vscode";
import { plainError } from "../../core/errors.ts";
import { formatAmount } from "../../core/format.ts";
import { errorSentence } from "../../turn/host/error-texts.ts";
import type { ComparisonRun } from "../comparison.ts";
import type { ComparisonWords } from "../export.ts";
import type { Spending } from "../figures.ts";
import type { ReadyPromptId } from "../prompts.ts";
import type { CompareTexts } from "../texts.ts";

export function compareTexts(): CompareTexts {
  return {
    title: l10n.t("Compare Models"),
    intro: l10n.t(
      "Ask 2 to 6 models the same question and see how fast each one is, what it costs and how its answer reads. You see the estimated cost before anything is sent.",
    ),
    noProvider: l10n.t("Add a provider first to choose a model."),
    addProvider: l10n.t("Add a Provider"),
    models: l10n.t("Models"),
    addModel: l10n.t("Add Model…"),
    removeModel: l10n.t({ message: "Remove {name}", comment: ["{name} is filled in later with a file name"] }),
    fewModels: l10n.t("Choose at least two models."),
    question: l10n.t("Question"),
    questionPlaceholder: l10n.t("What every model is asked"),
    own: l10n.t("My own question"),
    rounds: l10n.t("Rounds"),
    roundsHint: l10n.t("Every round asks each model once; the order alternates. The table shows medians."),
    prepare: l10n.t("Compare…"),
    start: l10n.t("Start"),
    cancel: l10n.t("Cancel"),
    stop: l10n.t("Stop"),
    tableCaption: l10n.t("Speed and cost by model"),
    tableNote: tableNote(),
    model: l10n.t("Model"),
    ttft: l10n.t("TTFT"),
    ttftHint: l10n.t("Time to the first token"),
    perThousand: l10n.t("1,000 tokens"),
    perThousandHint: l10n.t("The total time by tokens, for answers of 100 tokens or more"),
    rate: l10n.t("tok/s"),
    total: l10n.t("Total time"),
    success: l10n.t("Success"),
    successHint: l10n.t("Answered requests out of all; one that had to be repeated counts as failed"),
    tokensIn: l10n.t("Tokens in"),
    tokensOut: l10n.t("Tokens out"),
    cost: l10n.t("Cost per answer"),
    price: l10n.t("Price per 1M output"),
    retries: l10n.t({ message: "retries: {count}", comment: ["{count} is filled in later"] }),
    spread: l10n.t({ message: "from {low} to {high}", comment: ["times or amounts, filled in later"] }),
    best: l10n.t("best"),
    answers: l10n.t("Answers"),
    round: roundText(),
    shownRound: l10n.t("Round shown"),
    keep: l10n.t("Keep This Answer"),
    keepHint: l10n.t("Puts the question and this answer into the chat"),
    saveMarkdown: l10n.t("Save as Markdown"),
    saveCsv: l10n.t("Save as CSV"),
    showDetails: l10n.t("Details"),
    demoMark: l10n.t("demo"),
    states: {
      planned: l10n.t("Not asked yet"),
      "left-out": l10n.t("Not asked again"),
      streaming: l10n.t("Answering…"),
      complete: l10n.t("Answered"),
      stopped: l10n.t("Stopped"),
      failed: l10n.t("Failed"),
      incomplete: l10n.t("Cut off"),
    },
    copyCode: l10n.t("Copy code"),
    copied: l10n.t("Copied"),
    insertCode: l10n.t("Insert at cursor"),
    applyCode: l10n.t("Apply in the editor"),
    newFile: l10n.t("Open as a new file"),
    began: l10n.t("The comparison began."),
    ended: l10n.t("The comparison ended."),
  };
}

export function readyPromptLabel(id: ReadyPromptId): string {
  switch (id) {
    case "short":
      return l10n.t("Short answer");
    case "long":
      return l10n.t("Text of 1,000 tokens");
    case "code":
      return l10n.t("Code edit");
    case "korean":
      return l10n.t("Text in Korean");
    case "chinese":
      return l10n.t("Text in Chinese");
    case "japanese":
      return l10n.t("Text in Japanese");
  }
}

/** What waits for a yes. */
export function planText(requests: number, models: number, spending: Spending): string {
  if (spending.unknown === 0) return l10n.t("{0} requests, about {1}.", requests, amountsText(spending));
  if (spending.unknown === models)
    return l10n.t("{0} requests. Their cost is unknown, because no price of these models is known.", requests);
  return l10n.t(
    "{0} requests, about {1}; unknown for {2} of {3} models.",
    requests,
    amountsText(spending),
    spending.unknown,
    models,
  );
}

export function progressText(done: number, requests: number, spending: Spending): string {
  const parts = [l10n.t("{0} of {1} requests done", done, requests)];
  if (spending.amounts.size > 0) parts.push(l10n.t("{0} spent", amountsText(spending)));
  if (spending.unknown > 0) parts.push(l10n.t("answers of unknown cost: {0}", spending.unknown));
  return parts.join(" · ");
}

export function comparisonWords(problem: (run: ComparisonRun) => string | undefined): ComparisonWords {
  return {
    title: l10n.t("Comparison of Models"),
    note: tableNote(),
    prompt: l10n.t("Question"),
    answers: l10n.t("Answers"),
    round: roundText(),
    columns: {
      model: l10n.t("Model"),
      ttft: l10n.t("TTFT (ms)"),
      perThousand: l10n.t("1,000 tokens (ms)"),
      rate: l10n.t("tok/s"),
      total: l10n.t("Total time (ms)"),
      success: l10n.t("Success"),
      tokensIn: l10n.t("Tokens in"),
      tokensOut: l10n.t("Tokens out"),
      cost: l10n.t("Cost per answer"),
      price: l10n.t("Price per 1M output"),
    },
    problem,
  };
}

/** The sentence that the chat would say; undefined for a run that nothing was wrong with. */
export function runProblem(
  { outcome: { error, target, kind } }: ComparisonRun,
  providerName: string,
): string | undefined {
  if (kind === "stopped") return l10n.t("Stopped");
  if (error === undefined) return undefined;
  return errorSentence(plainError(error), { providerName, model: target.model, partial: kind === "incomplete" });
}

function tableNote(): string {
  return l10n.t(
    "Medians over the rounds, with the lowest and the highest value. ~ marks an estimate, — what is unknown. Measured on this machine, one request at a time.",
  );
}

function roundText(): string {
  return l10n.t({ message: "Round {round}", comment: ["{round} is a number, filled in later"] });
}

function amountsText({ amounts, estimated }: Spending): string {
  const mark = estimated ? "~" : "";
  return [...amounts].map(([currency, amount]) => mark + formatAmount(amount, currency)).join(" + ");
}
