/** A request in Runnel's words to the body of `POST /chat/stream`, which takes a single message. */
import type { ChatMessage, ChatRequest, Role } from "../../core/message.ts";
import { continuedMessages } from "../provider/continuation.ts";
import { clean } from "../provider/history.ts";

/** What a backend that is not told a model's name is told. */
const anyModel = "default";

const speakers: { readonly [role in Role]: string } = { user: "User", assistant: "Assistant", tool: "Tool" };

/** Fields without a value are left out, so that the backend's own defaults hold. */
export function encodeRequest(request: ChatRequest): string {
  const { model, system, temperature, maxOutputTokens } = request;
  return JSON.stringify({
    message: clean(conversation(continuedMessages(request, "turn"))),
    system_prompt: system === undefined || system.trim() === "" ? undefined : clean(system),
    temperature,
    max_tokens: maxOutputTokens,
    model: model === "" ? anyModel : model,
  });
}

/** A message by itself as it is; a longer conversation with the name of the speaker before each turn. */
function conversation(messages: readonly ChatMessage[]): string {
  const turns = messages
    .map((message) => ({ speaker: speakers[message.role], said: said(message) }))
    .filter((turn) => turn.said.trim() !== "");
  if (turns.length === 1) return turns[0]!.said;
  return turns.map((turn) => `${turn.speaker}: ${turn.said}`).join("\n\n");
}

/** Texts, and results of tools that another model called earlier. */
function said({ parts }: ChatMessage): string {
  const results = parts.flatMap((part) => (part.type === "tool-result" ? [part.text] : []));
  const texts = parts.flatMap((part) => (part.type === "text" ? [part.text] : []));
  return [...results, texts.join("")].filter((text) => text !== "").join("\n\n");
}
