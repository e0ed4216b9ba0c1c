/** A turn beside the chat, for an edit or a commit message: measured in the status bar, stopped by `runnel.stop`. */
import { defined } from "../../core/defined.ts";
import { plainError } from "../../core/errors.ts";
import type { Notice, StreamEvent } from "../../core/events.ts";
import type { ChatRequest } from "../../core/message.ts";
import type { TurnOutcome } from "../../core/outcome.ts";
import { showError, showInformation, showWarning } from "../../editor/surfaces/messages.ts";
import type { Models } from "../../models/host/models.ts";
import { keepNotice } from "../kept-notices.ts";
import { runTurn } from "../turn.ts";
import type { TurnEnvironment } from "../turn-environment.ts";
import { runErrorAction } from "./error-actions.ts";
import { errorView, filteredText } from "./error-texts.ts";
import { noticeText } from "./notice-texts.ts";
import type { Running } from "./running.ts";
import type { StatusBar } from "./status-bar.ts";

export interface SideTurnServices {
  environment: TurnEnvironment;
  models: Models;
  running: Running;
  statusBar: StatusBar;
}

export interface SideTurn {
  purpose: "edit" | "commit";
  question: Pick<ChatRequest, "system" | "messages" | "continues">;
  /** Also aborted by `runnel.stop`. */
  abort: AbortController;
  onEvent(event: StreamEvent): void;
}

/** Asks the model for this purpose. Never rejects. */
export async function runSideTurn(services: SideTurnServices, turn: SideTurn): Promise<TurnOutcome> {
  const { environment, models, running, statusBar } = services;
  const { purpose, question, abort, onEvent } = turn;
  const { temperature, maxOutputTokens } = models.settings;
  const meter = statusBar.begin();
  const notices: Notice[] = [];
  const ended = runTurn(
    models.candidatesFor(purpose),
    {
      ...question,
      ...defined({ temperature, maxOutputTokens }),
    },
    {
      purpose,
      signal: abort.signal,
      onEvent(event) {
        meter.event(event);
        if (event.type === "notice") keepNotice(notices, event);
        onEvent(event);
      },
    },
    environment,
  );
  const leave = running.enter(purpose, () => {
    abort.abort();
    return ended;
  });
  const outcome = await ended;
  leave();
  meter.end(outcome);
  tellNotices(services, notices, outcome);
  return outcome;
}

/** Says once, beside the editor, what happened on the way and is still worth knowing: who answered, what the budget is. */
export function tellNotices({ models }: SideTurnServices, notices: readonly Notice[], outcome?: TurnOutcome): void {
  const nameOf = (id: string): string => models.config(id)?.name ?? id;
  const answered = outcome?.kind === "completed" ? outcome.target : undefined;
  const texts = notices.map((notice) => noticeText(notice, nameOf, answered));
  const text = [...new Set(texts.filter((line) => line !== undefined))].join(" ");
  if (text !== "") void showInformation(text);
}

/** Says why a turn failed, with buttons that help; `again` is what asking again means here. */
export async function showTurnError(
  { models }: SideTurnServices,
  { error, target, finishReason }: TurnOutcome,
  again: () => unknown,
): Promise<void> {
  if (error === undefined) {
    if (finishReason === "content-filter") void showWarning(filteredText());
    return;
  }
  const { text, actions } = errorView(plainError(error), {
    providerName: models.config(target.provider)?.name ?? target.provider,
    model: target.model,
    partial: false,
  });
  const label = await showError(text, ...actions.map((each) => each.label));
  const picked = actions.find((each) => each.label === label)?.action;
  if (picked === "retry" || picked === "continue") await again();
  else if (picked) await runErrorAction(picked, target.provider);
}
