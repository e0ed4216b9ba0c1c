/** Turns the conversation as it is kept into the messages the webview shows, errors in the user's words included. */
import { l10n } from "vscode";
import type { ConversationMessage } from "../../core/conversation.ts";
import type { ErrorView } from "../../core/error-view.ts";
import type { MessageError } from "../../core/errors.ts";
import type { Notice } from "../../core/events.ts";
import { formatTarget, type Target } from "../../core/target.ts";
import { priceOriginText } from "../../money/host/price-texts.ts";
import { errorSentence, errorView } from "../../turn/host/error-texts.ts";
import { noticeText, waitText } from "../../turn/host/notice-texts.ts";
import type { ViewMessage } from "../protocol.ts";

export type ProviderName = (providerId: string) => string;

/** What has happened so far on the way to an answer that is streaming. */
export interface Progress {
  notices: readonly Notice[];
  /** Of the last notice, if it tells of a wait: the seconds that are left of it. */
  left: number;
}

export function viewMessage(message: ConversationMessage, providerName: ProviderName, live?: Progress): ViewMessage {
  const { error, attachments, notices = [], partial, resume: _resume, turn: _turn, ...rest } = message;
  const view: ViewMessage = rest;
  if (attachments) view.attachments = attachments.map(({ text: _text, ...place }) => place);
  const cost = message.measures?.cost;
  if (view.measures && cost?.priceOrigin !== undefined) {
    view.measures = { ...view.measures, cost: { ...cost, priceOrigin: priceOriginText(cost) } };
  }
  if (mayContinue(message)) view.canContinue = true;
  const failures = error && message.state === "failed" ? failuresBefore(notices) : [];
  if (error) {
    const target = message.measures?.target;
    view.error = errorView(error, {
      providerName: target?.provider ? providerName(target.provider) : "",
      model: error.details.model ?? target?.model ?? "",
      partial: message.state === "incomplete",
      canContinue: mayContinue(message),
    });
    if (failures.length > 0 && target)
      view.error = { ...view.error, ...allFailed([...failures, { target, error }], providerName) };
  }
  if (live) return { ...view, ...viewProgress(live, providerName) };
  const lines = failures.length > 0 ? notices.filter((notice) => !isFailure(notice)) : notices;
  const words = noticeLines(lines, providerName, message.text === "" ? undefined : message.measures?.target);
  if (partial) words.push(l10n.t("This version of Runnel cannot show all of this message."));
  return words.length > 0 ? { ...view, notices: words } : view;
}

/** Always with `notices`, so that those of before are replaced. */
export function viewProgress(
  { notices, left }: Progress,
  providerName: ProviderName,
): Pick<ViewMessage, "notices" | "wait"> {
  const last = notices.at(-1);
  const text = last && waitText(last, providerName);
  return {
    notices: noticeLines(notices, providerName),
    ...(text === undefined || left <= 0 ? {} : { wait: { text, seconds: left } }),
  };
}

function noticeLines(notices: readonly Notice[], providerName: ProviderName, answered?: Target): string[] {
  return notices.map((notice) => noticeText(notice, providerName, answered)).filter((line) => line !== undefined);
}

interface Failure {
  target: Target;
  error: MessageError;
}

function isFailure(notice: Notice): notice is Notice & Failure {
  const { code, target, error } = notice;
  return (code === "failed-over" || code === "left-out") && target !== undefined && error !== undefined;
}

function failuresBefore(notices: readonly Notice[]): Failure[] {
  return notices.filter(isFailure);
}

function allFailed(failures: readonly Failure[], providerName: ProviderName): Pick<ErrorView, "text" | "attempts"> {
  return {
    text: l10n.t("None of these models answered:"),
    attempts: failures.map(({ target, error }) => ({
      target: formatTarget(target),
      text: errorSentence(error, {
        providerName: providerName(target.provider),
        model: target.model,
        partial: false,
      }),
    })),
  };
}

/** Whether there is an answer's beginning that the model can be asked to go on from. */
function mayContinue({ role, state, text, measures }: ConversationMessage): boolean {
  if (role !== "assistant" || text.trim() === "") return false;
  return state === "stopped" || state === "incomplete" || (state === "complete" && measures?.finishReason === "length");
}

/** The end of a message as the webview gets it: text and thinking are already there. */
export function viewEnd(
  message: ConversationMessage,
  providerName: ProviderName,
): Omit<ViewMessage, "text" | "thinking"> {
  const { text: _text, thinking: _thinking, ...rest } = viewMessage(message, providerName);
  return rest;
}
