/** Books the turns that a killed editor left without an end: what they cost is unknown, but not nothing. */
import type { Conversation, ConversationMessage } from "../core/conversation.ts";
import type { Ledger } from "../money/ledger.ts";
import type { ConversationStore } from "./conversation-store.ts";

export interface LostTurnServices {
  ledger: Pick<Ledger, "recordLost">;
  store: Pick<ConversationStore, "append">;
  /** Milliseconds since 1970. */
  wallClock(): number;
}

/** The conversation without them; their ends are written down, so that the next window does not find them again. */
export async function bookLostTurns(
  conversation: Conversation,
  { ledger, store, wallClock }: LostTurnServices,
): Promise<Conversation> {
  const messages: ConversationMessage[] = [];
  let purpose: ConversationMessage["purpose"];
  for (const message of conversation.messages) {
    if (message.role === "user") purpose = message.purpose;
    const { turn, ...rest } = message;
    messages.push(rest);
    if (turn === undefined) continue;
    const outcome = message.text === "" && !message.thinking ? "failed" : "incomplete";
    await ledger.recordLost({ id: turn.id, time: wallClock(), ...turn.target, purpose: purpose ?? "chat", outcome });
    const { text: _text, thinking: _thinking, ...end } = rest;
    store.append(conversation.id, { v: 1, type: "end", id: message.id, message: end });
  }
  return { ...conversation, messages };
}
