/** Turns the conversation as it is kept into the messages the webview shows, errors in the user's words included. */
import type { ConversationMessage } from "../core/conversation.ts";
import type { Notice } from "../core/events.ts";
import type { ViewMessage } from "../shared/protocol.ts";
import { errorView } from "./error-texts.ts";
import { noticeText } from "./notice-texts.ts";
import { priceOriginText } from "./price-texts.ts";

export type ProviderName = (providerId: string) => string;

/** `live`: of a message that is streaming, what has happened so far. */
export function viewMessage(message: ConversationMessage, providerName: ProviderName, live?: Notice[]): ViewMessage {
  const { error, attachments, notices = live ?? [], ...rest } = message;
  const view: ViewMessage = rest;
  if (attachments) view.attachments = attachments.map(({ text: _text, ...place }) => place);
  const cost = message.measures?.cost;
  if (view.measures && cost?.priceOrigin !== undefined) {
    view.measures = { ...view.measures, cost: { ...cost, priceOrigin: priceOriginText(cost) } };
  }
  const lines = noticeLines(notices, providerName);
  if (lines.length > 0) view.notices = lines;
  if (mayContinue(message)) view.canContinue = true;
  if (error) {
    const target = message.measures?.target;
    view.error = errorView(error, {
      providerName: target?.provider ? providerName(target.provider) : "",
      model: error.details.model ?? target?.model ?? "",
      partial: message.state === "incomplete",
    });
  }
  return view;
}

export function noticeLines(notices: readonly Notice[], providerName: ProviderName): string[] {
  return notices.map((notice) => noticeText(notice, providerName)).filter((line) => line !== undefined);
}

/** Whether there is an answer's beginning that the model can be asked to go on from. */
export function mayContinue({ role, state, text, measures }: ConversationMessage): boolean {
  if (role !== "assistant" || text === "") return false;
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
