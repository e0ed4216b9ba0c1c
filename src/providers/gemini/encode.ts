/** A request in Runnel's words to the body of `POST …/models/{model}:streamGenerateContent`. */
import { defined } from "../../core/defined.ts";
import type { ChatMessage, ChatRequest } from "../../core/message.ts";
import { idRule } from "../provider/call-ids.ts";
import { continuedMessages } from "../provider/continuation.ts";
import { effortOf } from "../provider/effort.ts";
import { clean } from "../provider/history.ts";
import { madeIdPrefix } from "../provider/http-provider.ts";
import type { Json } from "../provider/json.ts";
import { placeholderSignature } from "../provider/placeholder-signature.ts";
import type { ProviderConfig } from "../provider/provider.ts";
import { simpleSchema } from "../provider/simple-schema.ts";
import { toolSchema } from "../provider/tool-schema.ts";
import { type AnsweredCall, argumentsOf, introduce, type Turn, turnsOf } from "../provider/turns.ts";
import { encodeEffort } from "./effort.ts";
import type { Repairs } from "./repairs.ts";
import { ownSignature } from "./signature.ts";

export function encodeRequest(request: ChatRequest, _config: ProviderConfig, repairs: Repairs): string {
  const turns = turnsOf(continuedMessages(request, "turn"), idRule({}, repairs));
  const system = request.system?.trim() ? request.system : undefined;
  if (system !== undefined && repairs.has("systemInstruction")) introduce(turns, system);
  const body: Json = { contents: turns.map((turn) => encodeTurn(turn, repairs)) };
  if (system !== undefined && !repairs.has("systemInstruction")) {
    body.systemInstruction = { parts: [{ text: clean(system) }] };
  }
  const generation: Json = {};
  if (request.maxOutputTokens !== undefined) generation.maxOutputTokens = request.maxOutputTokens;
  if (request.temperature !== undefined && !repairs.has("temperature")) generation.temperature = request.temperature;
  const thinking = encodeThinking(request, repairs);
  if (Object.keys(thinking).length > 0) generation.thinkingConfig = thinking;
  if (Object.keys(generation).length > 0) body.generationConfig = generation;
  const tools = repairs.has("tools") ? [] : (request.tools ?? []);
  if (tools.length > 0) {
    const functionDeclarations = tools.map(({ name, description, parameters }) => ({
      name,
      ...defined({ description }),
      ...encodeSchema(parameters, repairs),
    }));
    body.tools = [{ functionDeclarations }];
  }
  return JSON.stringify(body);
}

function encodeThinking(request: ChatRequest, repairs: Repairs): Json {
  if (repairs.has("thinkingConfig")) return {};
  const effort = effortOf(request, repairs);
  return {
    // These think before they answer, and say nothing of it unless asked.
    ...(/gemini-(2\.5|[3-9])/.test(request.model) ? { includeThoughts: true } : {}),
    ...(effort === undefined ? {} : encodeEffort(effort, request.model)),
  };
}

function encodeSchema(parameters: Json, repairs: Repairs): Json {
  if (!repairs.has("parameters")) return { parametersJsonSchema: toolSchema(parameters) };
  const schema = simpleSchema(parameters);
  // An object without properties is refused; no parameters at all mean the same.
  return Object.keys((schema.properties as Json | undefined) ?? {}).length === 0 ? {} : { parameters: schema };
}

function encodeTurn(turn: Turn, repairs: Repairs): Json {
  if (turn.side === "user") {
    const texts = turn.texts.map((text) => ({ text: clean(text) }));
    return { role: "user", parts: [...turn.results.map((each) => encodeResult(each, repairs)), ...texts] };
  }
  return { role: "model", parts: turn.messages.flatMap(({ message, calls }) => encodeAnswer(message, calls, repairs)) };
}

function encodeAnswer(message: ChatMessage, calls: readonly AnsweredCall[], repairs: Repairs): Json[] {
  let text = "";
  let signature: string | undefined;
  for (const part of message.parts) {
    if (part.type === "text") text += part.text;
    else if (part.type === "thinking") signature = ownSignature(part.signature) ?? signature;
  }
  const parts: Json[] = [];
  if (text.trim() !== "")
    parts.push({
      text: clean(text),
      ...(signature === undefined || repairs.has("no_signatures") ? {} : { thoughtSignature: signature }),
    });
  calls.forEach(({ call, id }, index) => {
    // Of calls side by side only the first is signed.
    const isNeeded = repairs.has("placeholder_signature") || repairs.has("no_signatures");
    const own = repairs.has("no_signatures") ? undefined : call.signature;
    const proof = own ?? (index === 0 && isNeeded ? placeholderSignature : undefined);
    const functionCall = { ...idOf(call.id, id, repairs), name: call.name, args: argumentsOf(call) };
    parts.push({ functionCall, ...defined({ thoughtSignature: proof }) });
  });
  return parts;
}

function encodeResult({ call, id, result: { name, text, failed } }: AnsweredCall, repairs: Repairs): Json {
  const response = failed ? { error: clean(text) } : { output: clean(text) };
  return { functionResponse: { ...idOf(call.id, id, repairs), name, response } };
}

/** Only an id that a server gave goes back, as older ones know of none; then the order tells whose a result is. */
function idOf(given: string, written: string, repairs: Repairs): { id?: string } {
  return given.startsWith(madeIdPrefix) || repairs.has("no_call_ids") ? {} : { id: written };
}
