/** The conversation that was open when the window closed, and what a person reads where some of it could not be read. */
import { randomUUID } from "node:crypto";
import { l10n } from "vscode";
import type { Conversation } from "../../core/conversation.ts";
import type { TurnEnvironment } from "../../turn/turn-environment.ts";
import type { ConversationStore, LoadedConversation } from "../conversation-store.ts";
import { bookLostTurns } from "../lost-turns.ts";
import type { ViewMessage } from "../protocol.ts";

export interface RestoredChat {
  conversation?: Conversation;
  /** False where its log must not be written to, so that it goes on in another one. */
  isKept: boolean;
  note?: RestoredNote;
}

/** What could not be read, said once behind the messages that were there. */
export interface RestoredNote {
  /** Localized. */
  text: string;
  /** How many messages stand before it. */
  at: number;
}

interface RestoreServices {
  environment: TurnEnvironment;
  store: ConversationStore;
}

/** `id` as it was stored, so perhaps no id at all. Undefined where there is nothing to show or say. Never rejects. */
export async function restoreChat(
  id: unknown,
  { environment, store }: RestoreServices,
): Promise<RestoredChat | undefined> {
  const loaded = typeof id === "string" ? await store.load(id) : undefined;
  if (loaded === undefined) return undefined;
  const { conversation, isNewer, skipped } = loaded;
  const texts = noteTexts(loaded);
  if (conversation === undefined || (conversation.messages.length === 0 && skipped === 0)) {
    return texts === "" ? undefined : { isKept: false, note: { text: texts, at: 0 } };
  }
  const next = isNewer ? copyOf(conversation) : await booked(conversation, { environment, store });
  const note = { text: texts, at: next.messages.length };
  return { conversation: next, isKept: !isNewer, ...(texts === "" ? {} : { note }) };
}

/** A ledger that takes no turns must not hide what was said. */
async function booked(conversation: Conversation, { environment, store }: RestoreServices): Promise<Conversation> {
  try {
    return await bookLostTurns(conversation, { ...environment, store });
  } catch (error) {
    environment.logger.error(`Turns without an end could not be booked: ${error}`);
    return conversation;
  }
}

/** Its turns are left to the version that began them. */
function copyOf({ messages, createdAt: _createdAt }: Conversation): Conversation {
  return { id: randomUUID(), messages: messages.map(({ turn: _turn, ...message }) => message) };
}

function noteTexts({ skipped, isNewer, problem }: LoadedConversation): string {
  const texts: string[] = [];
  if (problem !== undefined) {
    texts.push(
      l10n.t("Could not read the last conversation ({0}). Its file was left as it is; this is a new one.", problem),
    );
  }
  if (skipped === 1) {
    texts.push(
      l10n.t(
        "1 entry of this conversation is missing or incomplete: it is damaged, or a newer version of Runnel wrote it. Its file was left as it is.",
      ),
    );
  } else if (skipped > 1) {
    texts.push(
      l10n.t(
        "{0} entries of this conversation are missing or incomplete: they are damaged, or a newer version of Runnel wrote them. Its file was left as it is.",
        skipped,
      ),
    );
  }
  if (isNewer) {
    texts.push(
      l10n.t("A newer version of Runnel stores this conversation. What you ask here continues in a copy of it."),
    );
  }
  return texts.join(" ");
}

/** The messages with the note in its place. */
export function withNote(messages: ViewMessage[], note: RestoredNote | undefined): ViewMessage[] {
  if (note === undefined) return messages;
  const item: ViewMessage = { id: "restored-note", role: "other", text: "", state: "complete", notices: [note.text] };
  return messages.toSpliced(note.at, 0, item);
}

/**
 * Puts it behind the messages that are left, and is false where there is none. The page took it away with what stood
 * behind it, so it has to be shown again.
 */
export function keepNote(note: RestoredNote | undefined, { messages }: Conversation): boolean {
  if (note === undefined) return false;
  note.at = Math.min(note.at, messages.length);
  return true;
}
