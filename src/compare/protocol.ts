/** The whole contract between the extension host and the comparison's webview: two unions and their guard. */

import type { ErrorView, WaitView } from "../core/error-view.ts";
import { type MessageFields, messageGuard } from "../core/message-guard.ts";
import type { CompareRunState, ComparisonFigures } from "./result.ts";
import type { CompareTexts } from "./texts.ts";

export interface CompareModel {
  /** "provider/model" */
  target: string;
  label: string;
  providerName: string;
  scripted: boolean;
  /** Of a million output tokens; absent = unknown. */
  outputPrice?: { amount: number; currency: string; estimated: boolean };
}

/** A question to choose instead of writing one. */
export interface CompareQuestion {
  label: string;
  text: string;
}

/** What can be set before a comparison. */
export interface CompareForm {
  models: CompareModel[];
  limits: { fewestModels: number; mostModels: number; mostRounds: number };
  questions: CompareQuestion[];
  prompt: string;
  rounds: number;
  /** True when there is no provider to take models from. */
  noProvider: boolean;
  /** Localized: how many requests and what they cost. Absent = nothing waits for a yes. */
  plan?: string;
}

/** One question to one model. */
export interface CompareRun {
  state: CompareRunState;
  text: string;
  error?: Omit<ErrorView, "attempts">;
  /** Until the next change of this run. */
  wait?: WaitView;
}

/** What is running or has run. */
export interface CompareResult {
  models: CompareModel[];
  rounds: number;
  prompt: string;
  running: boolean;
  /** Localized: how far it is and what was spent. */
  progress: string;
  /** By model. */
  figures: ComparisonFigures[];
  /** By model, then by round. */
  runs: CompareRun[][];
}

/** Messages are not numbered: a page that was hidden is a new one, and begins with a snapshot. */
export type ToCompare =
  | { type: "snapshot"; form: CompareForm; result?: CompareResult; texts: CompareTexts; locale: string }
  | { type: "form-changed"; form: CompareForm }
  | { type: "result-began"; result: CompareResult }
  /** Appends to an answer; joined by the host to at most one per animation frame. */
  | { type: "delta"; place: number; round: number; text: string }
  /** Replaces everything of a run but its text. */
  | { type: "run-changed"; place: number; round: number; run: Omit<CompareRun, "text"> }
  | { type: "result-changed"; change: Pick<CompareResult, "running" | "progress" | "figures"> };

export type FromCompare =
  | { type: "ready" }
  | { type: "add-model" }
  | { type: "remove-model"; index: number }
  /** What is typed and chosen, so that it outlives a hidden page. */
  | { type: "draft"; prompt: string; rounds: number }
  /** Asks for the plan; answered by `form-changed` with it. */
  | { type: "prepare" }
  /** No to the plan. */
  | { type: "cancel" }
  /** Yes to the plan, and to no other. */
  | { type: "start" }
  | { type: "stop" }
  | { type: "keep"; place: number; round: number }
  | { type: "save"; format: string }
  | { type: "error-action"; place: number; action: string }
  | { type: "copy-text"; text: string }
  | { type: "new-file"; text: string; language: string }
  | { type: "add-provider" };

const fields: MessageFields<FromCompare> = {
  ready: {},
  "add-model": {},
  "remove-model": { index: "number" },
  draft: { prompt: "string", rounds: "number" },
  prepare: {},
  cancel: {},
  start: {},
  stop: {},
  keep: { place: "number", round: "number" },
  save: { format: "string" },
  "error-action": { place: "number", action: "string" },
  "copy-text": { text: "string" },
  "new-file": { text: "string", language: "string" },
  "add-provider": {},
};

/** The message when a value is one. */
export const asFromCompare = messageGuard<FromCompare>(fields);
