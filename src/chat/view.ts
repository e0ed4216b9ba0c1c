/** What the chat webview knows, and how each message from the host changes it: a pure function, so the host can rely on it. */
import type { ToWebview, ViewMessage, ViewState } from "./protocol.ts";
import type { ChatTexts } from "./texts.ts";

export interface View {
  /** Of the last message that was taken in. */
  sequence: number;
  state: ViewState;
  texts: ChatTexts;
  locale: string;
}

/**
 * The view after `message`; `undefined` when one was missed, so that a snapshot has to be asked for with `ready`. A
 * message that was taken in before leaves the view as it is, and a snapshot always fits.
 */
export function reduce(view: View | undefined, message: ToWebview): View | undefined {
  if (message.type === "snapshot") {
    const { sequence, state, texts, locale } = message;
    return { sequence, state, texts, locale };
  }
  if (view === undefined || message.sequence > view.sequence + 1) return undefined;
  if (message.sequence <= view.sequence) return view;
  return { ...view, sequence: message.sequence, state: reduceState(view.state, message) };
}

type Change = Exclude<ToWebview, { type: "snapshot" }>;

function reduceState(state: ViewState, change: Change): ViewState {
  switch (change.type) {
    case "message-added":
      return { ...state, messages: [...state.messages, change.message] };
    case "delta":
      return replace(state, change.id, (message) => append(message, change));
    case "message-ended":
      return replace(state, change.id, (message) => end(message, change.message));
    case "message-changed":
      return replace(state, change.id, ({ wait: _over, ...message }) => ({
        ...(change.change.state === "streaming" ? resumed(message) : message),
        ...change.change,
      }));
    case "messages-removed": {
      const from = findMessage(state, change.fromId);
      return from < 0 ? state : { ...state, messages: state.messages.slice(0, from) };
    }
    case "setup-changed": {
      const { model: _previous, ...rest } = state;
      return { ...rest, ...change.setup };
    }
    case "pending-changed":
      return { ...state, pending: change.pending };
    case "focus-composer":
      return state;
    default:
      // A host that was updated under an open page may say more than this page knows.
      change satisfies never;
      return state;
  }
}

function append(message: ViewMessage, delta: { text?: string; thinking?: string }): ViewMessage {
  const next = { ...message };
  if (delta.text !== undefined) next.text += delta.text;
  if (delta.thinking !== undefined) next.thinking = (next.thinking ?? "") + delta.thinking;
  return next;
}

function end(message: ViewMessage, ended: Omit<ViewMessage, "text" | "thinking">): ViewMessage {
  const next: ViewMessage = { ...ended, text: message.text };
  if (message.thinking !== undefined) next.thinking = message.thinking;
  return next;
}

/** What a message keeps when it goes on: its end and everything that was measured for it are no longer so. */
function resumed(message: ViewMessage): ViewMessage {
  const { error: _error, measures: _measures, canContinue: _canContinue, ...rest } = message;
  return rest;
}

function replace(state: ViewState, id: string, change: (message: ViewMessage) => ViewMessage): ViewState {
  const index = findMessage(state, id);
  if (index < 0) return state;
  return { ...state, messages: state.messages.with(index, change(state.messages[index]!)) };
}

/** From the end, where streaming messages are. */
function findMessage(state: ViewState, id: string): number {
  return state.messages.findLastIndex((message) => message.id === id);
}

/** The message that is being streamed, if any. */
export function streamingMessage(state: ViewState): ViewMessage | undefined {
  return state.messages.findLast((message) => message.state === "streaming");
}
