/** The written form of a conversation: JSON lines that are only ever appended, and the fold that reads them back. */
import type { Conversation, ConversationMessage, RunningTurn } from "../core/conversation.ts";
import type { MessageError } from "../core/errors.ts";

export const LOG_VERSION = 1;

export type ConversationRecord =
  | { v: 1; type: "conversation"; id: string; createdAt: number }
  /** A new message as it stands; an assistant's begins empty and `streaming`. */
  | { v: 1; type: "message"; message: ConversationMessage }
  /** What was streamed since the last record of this message. */
  | { v: 1; type: "delta"; id: string; text?: string; thinking?: string }
  /** The end of a message: everything but its text and thinking. */
  | { v: 1; type: "end"; id: string; message: Omit<ConversationMessage, "text" | "thinking"> }
  /** A broken-off message goes on. */
  | { v: 1; type: "resume"; id: string; turn?: RunningTurn }
  /** This message and all after it were taken back: those in `ids`, for another window may have put more behind it. */
  | { v: 1; type: "remove"; fromId: string; ids?: string[] };

/** Applies one record; returns a new conversation that shares what did not change. */
export function applyRecord(conversation: Conversation, record: ConversationRecord): Conversation {
  switch (record.type) {
    case "conversation":
      return { id: record.id, createdAt: record.createdAt, messages: [] };
    case "message":
      return { ...conversation, messages: [...conversation.messages, record.message] };
    case "delta":
      return change(conversation, record.id, (message) => ({
        ...message,
        text: message.text + (record.text ?? ""),
        ...(record.thinking === undefined ? {} : { thinking: (message.thinking ?? "") + record.thinking }),
      }));
    case "end":
      return change(conversation, record.id, (message) => ({
        ...record.message,
        text: message.text,
        ...(message.thinking === undefined ? {} : { thinking: message.thinking }),
      }));
    case "resume":
      return change(conversation, record.id, ({ error: _, ...message }) => ({
        ...message,
        state: "streaming",
        seams: [...new Set([...(message.seams ?? []), message.text.length])],
        ...(record.turn === undefined ? {} : { turn: record.turn }),
      }));
    case "remove": {
      const { ids } = record;
      if (ids !== undefined)
        return { ...conversation, messages: conversation.messages.filter(({ id }) => !ids.includes(id)) };
      const index = conversation.messages.findIndex((message) => message.id === record.fromId);
      return index < 0 ? conversation : { ...conversation, messages: conversation.messages.slice(0, index) };
    }
  }
}

function change(
  conversation: Conversation,
  id: string,
  next: (message: ConversationMessage) => ConversationMessage,
): Conversation {
  return {
    ...conversation,
    messages: conversation.messages.map((message) => (message.id === id ? next(message) : message)),
  };
}

/**
 * Reads a log back. Lines that do not parse (a torn last line after a power cut) are skipped and counted. A message
 * still `streaming` was cut off with the editor: it becomes `incomplete`.
 */
export function readLog(text: string): { conversation: Conversation | undefined; skipped: number } {
  const reader = createLogReader();
  for (const line of text.split("\n")) reader.line(line);
  return reader.end();
}

/** The same for a log that is read by line. */
export function createLogReader() {
  let conversation: Conversation | undefined;
  let skipped = 0;
  return {
    line(line: string): void {
      if (line.trim() === "") return;
      const record = parseRecord(line);
      if (record === undefined) skipped++;
      else if (record.type === "conversation" || conversation !== undefined) {
        conversation = applyRecord(conversation ?? { id: "", createdAt: 0, messages: [] }, record);
      } else skipped++;
    },
    /** Lines that were left out before they came here. */
    skip(count: number): void {
      skipped += count;
    },
    end(): { conversation: Conversation | undefined; skipped: number } {
      if (conversation === undefined) return { conversation, skipped };
      const messages = conversation.messages.map((message) =>
        message.state === "streaming" ? interrupted(message) : message,
      );
      return { conversation: { ...conversation, messages }, skipped };
    },
  };
}

function interrupted(message: ConversationMessage): ConversationMessage {
  return {
    ...message,
    state: message.text === "" && !message.thinking ? "failed" : "incomplete",
    error: closedError,
  };
}

/** Why an answer is incomplete that was streaming when its window was closed. */
export const closedError: MessageError = {
  kind: "incomplete",
  message: "The editor was closed while this was streaming",
  details: { reason: "connection-lost" },
};

const types = new Set(["conversation", "message", "delta", "end", "resume", "remove"]);

/** Every field that `applyRecord` relies on is there: one odd line must not cost the whole conversation. */
function hasFields(record: ConversationRecord): boolean {
  switch (record.type) {
    case "conversation":
      return typeof record.id === "string" && typeof record.createdAt === "number";
    case "message":
      return typeof record.message?.id === "string" && typeof record.message.text === "string";
    case "end":
      return typeof record.id === "string" && typeof record.message?.state === "string";
    case "delta":
    case "resume":
      return typeof record.id === "string";
    case "remove":
      return typeof record.fromId === "string" && (record.ids === undefined || Array.isArray(record.ids));
  }
}

function parseRecord(line: string): ConversationRecord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== "object" || value === null) return undefined;
    const record = value as ConversationRecord;
    return record.v === LOG_VERSION && types.has(record.type) && hasFields(record) ? record : undefined;
  } catch {
    return undefined;
  }
}
