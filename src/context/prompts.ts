/** The words Runnel sends to models: the system prompt, and a question with the code it is about. */
import type { Attachment, ConversationMessage } from "../core/conversation.ts";
import { type ChatMessage, userMessage } from "../core/message.ts";
import { fenced, inlineCode } from "./fence.ts";

export interface PromptSurroundings {
  /** The person's own instructions from settings, or "". */
  systemPrompt: string;
  /** The editor's display language, a BCP 47 tag. */
  locale: string;
}

export function systemPrompt({ systemPrompt, locale }: PromptSurroundings): string {
  const own = systemPrompt.trim();
  const language = languageName(locale);
  const base = [
    "You are Runnel, a programming assistant inside a code editor.",
    "Answer in Markdown. Put code in fenced blocks that name their language.",
    "Be direct and brief; when you are not sure, say so.",
    `Answer in the language of the question; when that cannot be told, in ${language}.`,
  ].join("\n");
  return own === "" ? base : `${base}\n\n${own}`;
}

/** In English, such as "Korean"; the tag itself where it is none that the standard knows. */
export function languageName(locale: string): string {
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(locale.replace("_", "-")) ?? locale;
  } catch {
    return locale;
  }
}

/** What is sent for a person's message: its text, then each attachment in a fence that the code cannot close. */
export function questionText(message: Pick<ConversationMessage, "text" | "attachments">): string {
  return [message.text, ...(message.attachments ?? []).map(attachmentText)].filter((part) => part !== "").join("\n\n");
}

export function attachmentText(attachment: Attachment): string {
  const lines =
    attachment.startLine === attachment.endLine
      ? `line ${attachment.startLine}`
      : `lines ${attachment.startLine} to ${attachment.endLine}`;
  return `${inlineCode(attachment.path)}, ${lines}:\n\n${fenced(attachment.text, attachment.language)}`;
}

/** The shown conversation as a model is told it. Answers with no text (failures) are left out with their question kept. */
export function toChatMessages(messages: readonly ConversationMessage[]): ChatMessage[] {
  const told: ChatMessage[] = [];
  for (const message of messages) {
    if (message.role === "user") told.push(userMessage(questionText(message)));
    else if (message.role === "assistant" && message.text !== "")
      told.push({ role: "assistant", parts: [{ type: "text", text: message.text }] });
  }
  return told;
}

/** Asked after a cut-off answer, when the provider cannot truly resume it. */
export function continueInstruction(tail: string): string {
  return [
    "Your answer was cut off. It ended with exactly this text:",
    "",
    tail,
    "",
    "Go on from exactly there. Repeat nothing, add no introduction, and keep the formatting that was open.",
  ].join("\n");
}
