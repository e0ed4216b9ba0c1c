/** An error and a wait as the pages show them: sentences that are localized already, and what their buttons do. */
import type { MessageError } from "./errors.ts";

const errorActions = [
  "retry",
  "continue",
  "set-key",
  "choose-model",
  "edit-provider",
  "test-connection",
  "add-provider",
  "raise-budget",
  "show-usage",
  "show-log",
] as const;

/** What a button under an error does; the host decides which fit and how they read. */
export type ErrorAction = (typeof errorActions)[number];

/** The action of this name; undefined when there is none. */
export function errorActionOf(name: string): ErrorAction | undefined {
  return errorActions.find((action) => action === name);
}

export interface ErrorView {
  kind: MessageError["kind"];
  /** One localized sentence that names the host and the cause. */
  text: string;
  /** The provider's own words, status and request id: shown behind a disclosure. */
  detail?: string;
  /** When several models were asked and none answered: each, and what became of it. */
  attempts?: { target: string; text: string }[];
  actions: { action: ErrorAction; label: string }[];
}

/** What an answer that is streaming waits for before it is asked for. */
export interface WaitView {
  /** Localized, with "{time}" for the time that is left. */
  text: string;
  /** Left when this was posted. */
  seconds: number;
}
