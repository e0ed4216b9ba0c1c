/** A request in Runnel's words to the body of `POST /v1/messages`. */
import type { ChatMessage, ChatRequest, ContinuationMeans } from "../../core/message.ts";
import { continuedMessages } from "../continuation.ts";
import { clean } from "../history.ts";
import type { Json } from "../json.ts";
import type { ProviderConfig } from "../provider.ts";
import { argumentsOf, type ToolCallPart, type ToolResultPart, type Turn, turnsOf } from "../turns.ts";
import { learnedLimit, type Repairs } from "./repairs.ts";
import { signedContent } from "./signature.ts";

export function encodeRequest(
  request: ChatRequest,
  config: ProviderConfig,
  repairs: Repairs,
  means?: ContinuationMeans,
): string {
  const turns = turnsOf(continuedMessages(request, means));
  const body: Json = {
    model: request.model,
    max_tokens: outputLimit(request, config, repairs),
    messages: turns.map((turn) => encodeTurn(turn, repairs)),
    stream: true,
  };
  if (request.system !== undefined && request.system.trim() !== "") body.system = clean(request.system);
  if (request.temperature !== undefined && !fixesTemperature(request.model) && !repairs.has("temperature")) {
    // Other providers go up to 2.
    body.temperature = Math.min(request.temperature, 1);
  }
  if (request.tools && request.tools.length > 0) {
    body.tools = request.tools.map(({ name, description, parameters }) => ({
      name,
      ...(description === undefined ? {} : { description }),
      input_schema: { type: "object", ...parameters },
    }));
  } else {
    // Tools of the history have to be declared, though none may be called any more.
    const names = new Set(turns.flatMap((turn) => (turn.side === "model" ? namesOf(turn) : [])));
    if (names.size > 0) {
      body.tools = [...names].map((name) => ({ name, input_schema: { type: "object" } }));
      if (!repairs.has("no_tool_choice")) body.tool_choice = { type: "none" };
    }
  }
  return JSON.stringify(body);
}

/** The field is mandatory, so where nobody gave a limit it has to be one that the model surely allows. */
function outputLimit({ model, maxOutputTokens }: ChatRequest, config: ProviderConfig, repairs: Repairs): number {
  const known = config.models.find(({ id }) => id === model)?.maxOutputTokens;
  const wanted = maxOutputTokens ?? known ?? (generationOf(model) >= 4 ? 32_000 : 8192);
  return Math.min(wanted, learnedLimit(repairs) ?? wanted);
}

/** Models from Claude 4.7 on answer 400 to a temperature; others that do are learned. */
function fixesTemperature(model: string): boolean {
  return generationOf(model) >= 4.7;
}

/** 4.5 of "claude-sonnet-4-5-20250929" or "anthropic/claude-sonnet-4.5", 0 where the name does not tell. */
function generationOf(model: string): number {
  const [, major, minor] = /claude-[a-z]+-(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/.exec(model) ?? [];
  return major === undefined ? 0 : Number(`${major}.${minor ?? 0}`);
}

function namesOf(turn: Extract<Turn, { side: "model" }>): string[] {
  return turn.messages.flatMap(({ calls }) => calls.map(({ name }) => name));
}

function encodeTurn(turn: Turn, repairs: Repairs): Json {
  if (turn.side === "user") {
    const texts = turn.texts.map((text) => ({ type: "text", text: clean(text) }));
    return { role: "user", content: [...turn.results.map(encodeResult), ...texts] };
  }
  const content = turn.messages.flatMap(({ message, calls }) => encodeAnswer(message, calls, repairs));
  return { role: "assistant", content: withoutTrailingSpace(content) };
}

function encodeAnswer(message: ChatMessage, calls: readonly ToolCallPart[], repairs: Repairs): Json[] {
  const encoded = new Map(calls.map((call) => [call.id, encodeCall(call)]));
  const signed = repairs.has("no_thinking") ? undefined : signedContent(message, encoded);
  if (signed) return signed;
  let text = "";
  for (const part of message.parts) if (part.type === "text") text += part.text;
  return [...(text.trim() === "" ? [] : [{ type: "text", text: clean(text) }]), ...encoded.values()];
}

function encodeCall(call: ToolCallPart): Json {
  return { type: "tool_use", id: callId(call.id), name: call.name, input: argumentsOf(call) };
}

function encodeResult({ id, text, failed }: ToolResultPart): Json {
  const content = text.trim() === "" ? {} : { content: clean(text) };
  return { type: "tool_result", tool_use_id: callId(id), ...content, ...(failed ? { is_error: true } : {}) };
}

/** Ids of other providers may hold signs that are refused here. */
function callId(id: string): string {
  return id.replace(/[^A-Za-z0-9_-]/g, "_");
}

/** A last text that ends in white space is refused. */
function withoutTrailingSpace(content: Json[]): Json[] {
  const last = content.at(-1);
  if (last?.type !== "text" || typeof last.text !== "string") return content;
  return [...content.slice(0, -1), { ...last, text: last.text.trimEnd() }];
}
