/** How a cut-off answer goes on: what is told to the model, and how the new text is joined to the old. */
import type { AssistantError } from "../../core/errors.ts";
import type { StreamEvent } from "../../core/events.ts";
import {
  type ChatMessage,
  type ChatRequest,
  type Continuation,
  type ContinuationMeans,
  userMessage,
} from "../../core/message.ts";

/** The conversation with the cut-off answer at its end, as its own beginning or with the request to go on. */
export function continuedMessages(
  { messages, continues }: ChatRequest,
  means: ContinuationMeans | undefined,
): ChatMessage[] {
  // Of an answer that was lost before it began there is nothing to go on from.
  if (continues === undefined || continues.text === "") return messages;
  const { text, instruction } = continues;
  const begun: ChatMessage = {
    role: "assistant",
    // Servers refuse white space at the end or cut it off unasked; what goes on from a space goes on worse, too.
    parts: [{ type: "text", text: means === "prefix" ? text.trimEnd() : text }],
  };
  return means === "prefix" ? [...messages, begun] : [...messages, begun, userMessage(instruction)];
}

/** How servers speak of an answer that was begun for them. */
const aboutPrefix =
  /prefill|prefix|continue_final_message|add_generation_prompt|(last|final) message|assistant (message|response|turn)|must (end|be followed) (with|by)/i;

/** Whether a refusal is about the way to go on, so that the next way can help; undefined when it is about other things. */
export function refusalOfMeans(
  { kind, details: { providerMessage = "" } }: AssistantError,
  means: ContinuationMeans | undefined,
): "surely" | "perhaps" | undefined {
  if (means === undefined || means === "turn") return undefined;
  if (means === "prefix" && aboutPrefix.test(providerMessage)) return "surely";
  if (kind !== "bad-request" && kind !== "not-found") return undefined;
  // A kept answer may be gone. What serves prefixes may lie at an address that a relay does not have.
  return means === "resume" ? "surely" : "perhaps";
}

/**
 * Leaves out of a continuation by prefix what the model repeats of the white space that the shown text ends with: it
 * was not sent, so the model writes it again.
 */
export async function* joinPrefix(
  answer: AsyncIterable<readonly StreamEvent[]>,
  { text }: Continuation,
): AsyncGenerator<readonly StreamEvent[]> {
  const shown = text.slice(text.trimEnd().length);
  let repeated = 0;
  let joined = true;
  for await (const events of answer) {
    for (const event of events) {
      if (event.type === "notice" && event.code === "continued") joined = event.detail !== "prefix" || shown === "";
    }
    if (joined) {
      yield events;
      continue;
    }
    const rest: StreamEvent[] = [];
    for (const event of events) {
      if (joined || event.type !== "text-delta") {
        rest.push(event);
        continue;
      }
      let from = 0;
      while (from < event.text.length && repeated < shown.length && event.text[from] === shown[repeated]) {
        from++;
        repeated++;
      }
      joined = from < event.text.length || repeated === shown.length;
      if (from < event.text.length) rest.push({ ...event, text: event.text.slice(from) });
    }
    if (rest.length > 0) yield rest;
  }
}
