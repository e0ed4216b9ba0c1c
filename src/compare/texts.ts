/** Every text of the comparison's webview; the host fills it in the user's language. */
import type { CompareRunState } from "./result.ts";

export interface CompareTexts {
  title: string;
  intro: string;
  noProvider: string;
  addProvider: string;
  models: string;
  addModel: string;
  removeModel: string; // "Remove {name}"
  fewModels: string;
  question: string;
  questionPlaceholder: string;
  own: string;
  rounds: string;
  roundsHint: string;
  prepare: string;
  start: string;
  cancel: string;
  stop: string;
  tableCaption: string;
  tableNote: string;
  model: string;
  ttft: string;
  ttftHint: string;
  perThousand: string;
  perThousandHint: string;
  rate: string;
  total: string;
  success: string;
  successHint: string;
  tokensIn: string;
  tokensOut: string;
  cost: string;
  price: string;
  retries: string; // "{count} retries"
  spread: string; // "from {low} to {high}"
  best: string;
  answers: string;
  round: string; // "Round {round}"
  shownRound: string;
  keep: string;
  keepHint: string;
  saveMarkdown: string;
  saveCsv: string;
  showDetails: string;
  demoMark: string;
  states: Record<CompareRunState, string>;
  copyCode: string;
  copied: string;
  insertCode: string;
  applyCode: string;
  newFile: string;
  began: string;
  ended: string;
}
