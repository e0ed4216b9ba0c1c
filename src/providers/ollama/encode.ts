/** A request in Runnel's words to the body of `POST /api/chat`. */
import { defined } from "../../core/defined.ts";
import { type ChatRequest, type Effort, textOf, thinkingOf } from "../../core/message.ts";
import { idRule } from "../provider/call-ids.ts";
import { continuedMessages } from "../provider/continuation.ts";
import { effortOf } from "../provider/effort.ts";
import { clean } from "../provider/history.ts";
import { madeIdPrefix } from "../provider/http-provider.ts";
import type { Json } from "../provider/json.ts";
import type { ProviderConfig } from "../provider/provider.ts";
import { toolSchema } from "../provider/tool-schema.ts";
import { argumentsOf, introduce, joined, type ModelTurn, turnsOf, type UserTurn } from "../provider/turns.ts";
import type { Repairs } from "./repairs.ts";

export function encodeRequest(request: ChatRequest, config: ProviderConfig, repairs: Repairs): string {
  const body: Json = { model: request.model, messages: encodeMessages(request, repairs), stream: true };
  const effort = effortOf(request, repairs);
  if (effort !== undefined) body.think = encodeEffort(effort, request.model);
  const options = encodeOptions(request, config, repairs);
  if (Object.keys(options).length > 0) body.options = options;
  if (request.tools && request.tools.length > 0 && !repairs.has("tools")) {
    body.tools = request.tools.map(({ name, description, parameters }) => ({
      type: "function",
      function: { name, ...defined({ description }), parameters: toolSchema(parameters) },
    }));
  }
  return JSON.stringify(body);
}

function encodeOptions(
  { model, maxOutputTokens, temperature }: ChatRequest,
  config: ProviderConfig,
  repairs: Repairs,
): Json {
  const options: Json = {};
  // Ollama loads models with a small window and cuts off without a word what does not fit. Its preset names no models,
  // so a size that stands here is the person's own choice, made with the memory of their machine in mind.
  const contextWindow = config.models.find(({ id }) => id === model)?.contextWindow;
  if (contextWindow !== undefined) options.num_ctx = contextWindow;
  if (maxOutputTokens !== undefined) options.num_predict = maxOutputTokens;
  if (temperature !== undefined && !repairs.has("temperature")) options.temperature = temperature;
  return options;
}

/** Levels are for the models that have some; to others each of them means yes. */
function encodeEffort(effort: Effort, model: string): boolean | string {
  // This one thinks in any case.
  const isAlwaysOn = /gpt-oss/.test(model);
  if (effort === "off" || effort === "lowest") return isAlwaysOn ? "low" : false;
  if (effort === "minimal" || effort === "low") return "low";
  return effort === "medium" ? "medium" : "high";
}

function encodeMessages(request: ChatRequest, repairs: Repairs): Json[] {
  const turns = turnsOf(continuedMessages(request, "turn"), idRule({}, repairs));
  const messages: Json[] = [];
  if (request.system?.trim()) {
    if (repairs.has("system")) introduce(turns, request.system);
    else messages.push({ role: "system", content: clean(request.system) });
  }
  for (const turn of turns) messages.push(...(turn.side === "user" ? encodeUser(turn) : [encodeModel(turn)]));
  return messages;
}

function encodeUser({ results, texts }: UserTurn): Json[] {
  const messages: Json[] = results.map(({ call, id, result: { name, text, failed } }) => {
    const content = failed && !/^error/i.test(text) ? `Error: ${text}` : text;
    return { role: "tool", content: clean(content), tool_name: name, ...idOf("tool_call_id", call.id, id) };
  });
  return [...messages, ...(texts.length === 0 ? [] : [{ role: "user", content: clean(joined(texts)) }])];
}

function encodeModel({ messages }: ModelTurn): Json {
  const texts = messages.map(({ message }) => textOf(message)).filter((text) => text.trim() !== "");
  const encoded = { role: "assistant", content: clean(joined(texts)) };
  const calls = messages.flatMap((each) => each.calls);
  if (calls.length === 0) return encoded;
  const thinking = joined(messages.map(({ message }) => thinkingOf(message)).filter((text) => text !== ""));
  return {
    ...encoded,
    // What led to a call is wanted again with its result; other thinking is left out by the models' templates.
    ...(thinking === "" ? {} : { thinking: clean(thinking) }),
    tool_calls: calls.map(({ call, id }) => ({
      ...idOf("id", call.id, id),
      function: { name: call.name, arguments: argumentsOf(call) },
    })),
  };
}

/** Only an id that a server gave goes back, as older versions know of none; then the order tells whose a result is. */
function idOf(field: string, given: string, written: string): Json {
  return given.startsWith(madeIdPrefix) ? {} : { [field]: written };
}
