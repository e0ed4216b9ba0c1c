/** The written form of a conversation: JSON lines that are only ever appended, and the fold that applies them. */

import type { Conversation, ConversationMessage, RunningTurn } from "../core/conversation.ts";
import { defined } from "../core/defined.ts";
import type { MessageError } from "../core/errors.ts";
import { textSum } from "../core/text-sum.ts";

/**
 * Each line is one record and carries its own version; a version reads all lines of lower ones. Version 1 may get further
 * record types, fields and words: a reader shows what it knows of a line, counts the rest, and appends behind it. Only a
 * `conversation` line of a higher version forbids to append. `by` and `n` number the lines of each writer from 0, and
 * `sum` is a checksum of the line without it, so that what is missing or damaged is known. 0.1.0 wrote none of these.
 */
export const LOG_VERSION = 1;

export type ConversationRecord =
  | { v: 1; type: "conversation"; id: string; createdAt: number }
  /** A new message as it stands; an assistant's begins empty and `streaming`. */
  | { v: 1; type: "message"; message: ConversationMessage }
  /** What was streamed since the last record of this message. */
  | { v: 1; type: "delta"; id: string; text?: string; thinking?: string }
  /** The end of a message: everything but its text and thinking. */
  | { v: 1; type: "end"; id: string; message: Omit<ConversationMessage, "text" | "thinking"> }
  /** A cut-off message goes on. */
  | { v: 1; type: "resume"; id: string; turn?: RunningTurn }
  /** This message and all after it were taken back: those in `ids`, for another window may have put more behind it. */
  | { v: 1; type: "remove"; fromId: string; ids?: string[] };

/** Which line of which writer. */
export interface LineStamp {
  by: string;
  n: number;
}

/** The line of a record, without its line break. */
export function formatLine(record: ConversationRecord, { by, n }: LineStamp): string {
  const { v, ...rest } = record;
  // The stamp comes first, so that also of a torn line it is known which one it was.
  const line = JSON.stringify({ v, by, n, ...rest });
  return `${line.slice(0, -1)},"sum":"${textSum(line)}"}`;
}

/** Applies one record; returns a new conversation that shares what did not change. */
export function applyRecord(conversation: Conversation, record: ConversationRecord): Conversation {
  switch (record.type) {
    case "conversation":
      return { ...conversation, id: record.id, createdAt: record.createdAt };
    case "message":
      return { ...conversation, messages: [...conversation.messages, record.message] };
    case "delta":
    case "end":
    case "resume": {
      // From the end, where streaming messages are.
      const index = conversation.messages.findLastIndex(({ id }) => id === record.id);
      if (index < 0) return conversation;
      return {
        ...conversation,
        messages: conversation.messages.with(index, changed(conversation.messages[index]!, record)),
      };
    }
    case "remove": {
      const { ids } = record;
      if (ids !== undefined)
        return { ...conversation, messages: conversation.messages.filter(({ id }) => !ids.includes(id)) };
      const index = conversation.messages.findIndex((message) => message.id === record.fromId);
      return index < 0 ? conversation : { ...conversation, messages: conversation.messages.slice(0, index) };
    }
  }
}

/** Places at which one message went on; further ones are not remembered. */
const MOST_SEAMS = 1000;

/** The message as it is after a record of its own. */
export function changed(
  message: ConversationMessage,
  record: Extract<ConversationRecord, { type: "delta" | "end" | "resume" }>,
): ConversationMessage {
  switch (record.type) {
    case "delta":
      return {
        ...message,
        text: message.text + (record.text ?? ""),
        ...(record.thinking === undefined ? {} : { thinking: (message.thinking ?? "") + record.thinking }),
      };
    case "end":
      return {
        ...record.message,
        text: message.text,
        ...defined({ thinking: message.thinking }),
      };
    case "resume": {
      const { error: _, seams = [], ...rest } = message;
      return {
        ...rest,
        state: "streaming",
        seams: seams.length < MOST_SEAMS ? [...new Set([...seams, message.text.length])] : seams,
        ...defined({ turn: record.turn }),
      };
    }
  }
}

/** Why an answer is incomplete that was streaming when its window was closed. */
export const closedError: MessageError = {
  kind: "incomplete",
  message: "The editor was closed while this was streaming",
  details: { reason: "connection-lost" },
};
