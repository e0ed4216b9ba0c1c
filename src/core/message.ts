/** What is said in a conversation and what is asked of a model, in the words every provider adapter translates from. */

export type Role = "user" | "assistant" | "tool";

export type MessagePart =
  | { type: "text"; text: string }
  /** `signature` is the provider's own proof of its thinking; it goes back unchanged or not at all. */
  | { type: "thinking"; text: string; signature?: string }
  /**
   * `arguments` is the raw JSON text as it was streamed; `complete` is false when it was cut off or does not parse.
   * `signature` is the provider's own proof, as with thinking: Gemini refuses a call that comes back without it.
   */
  | { type: "tool-call"; id: string; name: string; arguments: string; complete: boolean; signature?: string }
  | { type: "tool-result"; id: string; name: string; text: string; failed?: boolean };

export interface ChatMessage {
  role: Role;
  parts: MessagePart[];
}

export interface ToolDefinition {
  name: string;
  description?: string;
  /** JSON Schema of the arguments object. */
  parameters: Record<string, unknown>;
}

/**
 * How much a model thinks before it answers. `off`: not at all, or as little as it can; `lowest`: as little as it can.
 * Others are the words of most providers; a model that does not know one is given the nearest that it names.
 */
export const efforts = ["off", "lowest", "minimal", "low", "medium", "high", "xhigh", "max"] as const;
export type Effort = (typeof efforts)[number];

export interface ChatRequest {
  model: string;
  system?: string;
  messages: ChatMessage[];
  tools?: ToolDefinition[];
  /** Tokens. Absent = the provider's own limit. */
  maxOutputTokens?: number;
  temperature?: number;
  /** Absent = the model's own. */
  effort?: Effort;
  /** A cut-off answer to the last message, which the response continues. */
  continues?: Continuation;
}

/** Adapters go on by the best means their server has: its own resuming, the text as a prefix, or one more turn. */
export interface Continuation {
  /** The answer's text so far; what is streamed comes right behind it. */
  text: string;
  /** What a model is told that can only be asked to go on. */
  instruction: string;
  /** Where the provider keeps the rest of the same answer. */
  resume?: ResumePoint;
}

/** The provider gives the rest of the same answer; a model goes on from its own words; a model is asked to go on. */
export type ContinuationMeans = "resume" | "prefix" | "turn";

/** A place in an answer that the provider goes on producing although nobody reads it. */
export interface ResumePoint {
  /** The provider's id of the response. */
  id: string;
  /** Number of the last event that was read. */
  after: number;
}

export function userMessage(text: string): ChatMessage {
  return { role: "user", parts: [{ type: "text", text }] };
}

/** The text parts of a message, joined. */
export function textOf(message: ChatMessage): string {
  return partsOf(message, "text");
}

/** The thinking parts of a message, joined. */
export function thinkingOf(message: ChatMessage): string {
  return partsOf(message, "thinking");
}

function partsOf(message: ChatMessage, type: "text" | "thinking"): string {
  let text = "";
  for (const part of message.parts) if (part.type === type) text += part.text;
  return text;
}
