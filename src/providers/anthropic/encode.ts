/** A request in Runnel's words to the body of `POST /v1/messages`. */
import { defined } from "../../core/defined.ts";
import { type ChatMessage, type ChatRequest, type ContinuationMeans, textOf, thinkingOf } from "../../core/message.ts";
import { type IdRule, idRule } from "../provider/call-ids.ts";
import { continuedMessages } from "../provider/continuation.ts";
import { effortOf } from "../provider/effort.ts";
import { clean } from "../provider/history.ts";
import type { Json } from "../provider/json.ts";
import type { ProviderConfig } from "../provider/provider.ts";
import { flatToolSchema } from "../provider/tool-schema.ts";
import { type AnsweredCall, argumentsOf, callsOf, introduce, type Turn, turnsOf } from "../provider/turns.ts";
import { encodeEffort } from "./effort.ts";
import { generationOf } from "./generation.ts";
import { learnedLimit, type Repairs } from "./repairs.ts";
import { signedContent } from "./signature.ts";

export function encodeRequest(
  request: ChatRequest,
  config: ProviderConfig,
  repairs: Repairs,
  means?: ContinuationMeans,
): string {
  const turns = turnsOf(continuedMessages(request, means), idRule(knownRule(config), repairs));
  const system = request.system?.trim() ? request.system : undefined;
  if (system !== undefined && repairs.has("system")) introduce(turns, system);
  const gives = givenBack(request.model, config, repairs);
  const body: Json = {
    model: request.model,
    max_tokens: outputLimit(request, config, repairs),
    messages: turns.map((turn) => encodeTurn(turn, gives)),
    stream: true,
  };
  if (system !== undefined && !repairs.has("system")) body.system = clean(system);
  const effort = effortOf(request, repairs);
  if (effort !== undefined) Object.assign(body, encodeEffort(effort, request.model, body.max_tokens as number));
  if (request.temperature !== undefined && !fixesTemperature(request.model, body) && !repairs.has("temperature")) {
    // Other providers go up to 2.
    body.temperature = Math.min(request.temperature, 1);
  }
  const tools = repairs.has("tools") ? [] : (request.tools ?? []);
  if (tools.length > 0) {
    body.tools = tools.map(({ name, description, parameters }) => ({
      name,
      ...defined({ description }),
      input_schema: flatToolSchema(parameters),
    }));
  } else {
    // Tools of the history have to be declared, though none may be called any more.
    const names = new Set(
      turns.flatMap((turn) => (turn.side === "model" ? callsOf(turn).map(({ call }) => call.name) : [])),
    );
    if (names.size > 0 && !repairs.has("tools")) {
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

/** Models from Claude 4.7 on answer 400 to a temperature, all do while they think; others that do are learned. */
function fixesTemperature(model: string, { thinking }: Json): boolean {
  const thinks = thinking !== undefined && (thinking as Json).type !== "disabled";
  return generationOf(model) >= 4.7 || thinks;
}

/** What ids Anthropic accepts. LiteLLM has this protocol too. */
function knownRule({ baseUrl }: ProviderConfig): IdRule {
  const isOwn = /(^|\.)anthropic\.com$/.test(new URL(baseUrl).hostname);
  return { characters: "word", unique: true, ...(isOwn ? {} : { keepsSignatures: true }) };
}

function encodeTurn(turn: Turn, gives: Given): Json {
  if (turn.side === "user") {
    const texts = turn.texts.map((text) => ({ type: "text", text: clean(text) }));
    return { role: "user", content: [...turn.results.map(encodeResult), ...texts] };
  }
  const content = turn.messages.flatMap(({ message, calls }) => encodeAnswer(message, calls, gives));
  return { role: "assistant", content: withoutTrailingSpace(content) };
}

function encodeAnswer(message: ChatMessage, calls: readonly AnsweredCall[], gives: Given): Json[] {
  const encoded = calls.map((each) => ({ id: each.call.id, item: encodeCall(each) }));
  const signed = gives.signed ? signedContent(message, encoded, gives.unsigned !== "never") : undefined;
  if (signed) return signed;
  const text = textOf(message);
  const thinking = thinkingOf(message);
  const due = gives.unsigned === "always" ? calls.length > 0 || thinking !== "" : thinking !== "";
  return [
    ...(gives.unsigned !== "never" && due ? [{ type: "thinking", thinking: clean(thinking) }] : []),
    ...(text.trim() === "" ? [] : [{ type: "text", text: clean(text) }]),
    ...encoded.map(({ item }) => item),
  ];
}

/** What of earlier thinking goes back. */
interface Given {
  signed: boolean;
  /** `present`: where there is any. `always`: an empty one where there is none, as with calls of another model. */
  unsigned: "never" | "present" | "always";
}

/** Anthropic refuses thinking without its signature; DeepSeek and Kimi sign none, and refuse calls without their thinking. */
function givenBack(model: string, { baseUrl }: ProviderConfig, repairs: Repairs): Given {
  const signed = !repairs.has("no_thinking");
  if (repairs.has("unsigned_thinking")) return { signed, unsigned: "always" };
  const { hostname } = new URL(baseUrl);
  const known = /(^|\.)(deepseek\.com|kimi\.com|moonshot\.(cn|ai))$/.test(hostname) || /deepseek|kimi/i.test(model);
  return { signed, unsigned: known && signed ? "present" : "never" };
}

function encodeCall({ call, id }: AnsweredCall): Json {
  return { type: "tool_use", id, name: call.name, input: argumentsOf(call) };
}

function encodeResult({ id, result: { text, failed } }: AnsweredCall): Json {
  const content = text.trim() === "" ? {} : { content: clean(text) };
  return { type: "tool_result", tool_use_id: id, ...content, ...(failed ? { is_error: true } : {}) };
}

/** A last text that ends in white space is refused. */
function withoutTrailingSpace(content: Json[]): Json[] {
  const last = content.at(-1);
  if (last?.type !== "text" || typeof last.text !== "string") return content;
  return [...content.slice(0, -1), { ...last, text: last.text.trimEnd() }];
}
