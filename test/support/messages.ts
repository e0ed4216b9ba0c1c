/** Messages and streamGenerateContent answers for tests: what honest servers would send, written in one line. */
import { event } from "./chat.ts";

/** One event of a Messages stream; its name is its type. */
export function messageEvent(type: string, fields: Record<string, unknown> = {}): string {
  return event({ type, ...fields }, type);
}

export const messageStart = (usage: Record<string, unknown> = { input_tokens: 3, output_tokens: 1 }, id = "msg_1") =>
  messageEvent("message_start", {
    message: { id, type: "message", role: "assistant", model: "claude-test", content: [], stop_reason: null, usage },
  });

export const blockStart = (index: number, content_block: Record<string, unknown>) =>
  messageEvent("content_block_start", { index, content_block });

export const blockDelta = (index: number, delta: Record<string, unknown>) =>
  messageEvent("content_block_delta", { index, delta });

export const blockStop = (index: number) => messageEvent("content_block_stop", { index });

export const messageDelta = (stop_reason: string | null, usage: Record<string, unknown> = { output_tokens: 5 }) =>
  messageEvent("message_delta", { delta: { stop_reason, stop_sequence: null }, usage });

export const messageStop = messageEvent("message_stop");

export const ping = messageEvent("ping");

export function textBlock(index: number, ...pieces: string[]): string {
  const deltas = pieces.map((text) => blockDelta(index, { type: "text_delta", text }));
  return blockStart(index, { type: "text", text: "" }) + deltas.join("") + blockStop(index);
}

export function toolBlock(index: number, id: string, name: string, ...pieces: string[]): string {
  const deltas = pieces.map((partial_json) => blockDelta(index, { type: "input_json_delta", partial_json }));
  return blockStart(index, { type: "tool_use", id, name, input: {} }) + deltas.join("") + blockStop(index);
}

/** The end of a Messages stream. */
export const messageEnd = (reason = "end_turn", usage?: Record<string, unknown>) =>
  messageDelta(reason, usage) + messageStop;

/** One chunk of a Gemini stream with these parts. */
export function content(parts: Record<string, unknown>[], extra: Record<string, unknown> = {}): string {
  const { finishReason, ...rest } = extra;
  const candidate = { content: { role: "model", parts }, index: 0, ...(finishReason ? { finishReason } : {}) };
  const chunk = { candidates: [candidate], modelVersion: "gemini-test", responseId: "r1", ...rest };
  return `data: ${JSON.stringify(chunk)}\r\n\r\n`;
}
