/** A request in Runnel's words to the body of `POST …/models/{model}:streamGenerateContent`. */
import type { ChatMessage, ChatRequest } from "../../core/message.ts";
import { continuedMessages } from "../continuation.ts";
import { clean } from "../history.ts";
import { madeIdPrefix } from "../http-provider.ts";
import type { Json } from "../json.ts";
import type { ProviderConfig } from "../provider.ts";
import { argumentsOf, type ToolCallPart, type ToolResultPart, type Turn, turnsOf } from "../turns.ts";
import type { Repairs } from "./repairs.ts";
import { simpleSchema } from "./schema.ts";
import { ownSignature } from "./signature.ts";

/** Google's own word for a call that another model made. */
const placeholderSignature = "skip_thought_signature_validator";

export function encodeRequest(request: ChatRequest, _config: ProviderConfig, repairs: Repairs): string {
  const contents = turnsOf(continuedMessages(request, "turn")).map((turn) => encodeTurn(turn, repairs));
  const body: Json = { contents };
  if (request.system !== undefined && request.system.trim() !== "") {
    const instruction = { parts: [{ text: clean(request.system) }] };
    if (repairs.has("systemInstruction")) contents.unshift({ role: "user", ...instruction });
    else body.systemInstruction = instruction;
  }
  const generation: Json = {};
  if (request.maxOutputTokens !== undefined) generation.maxOutputTokens = request.maxOutputTokens;
  if (request.temperature !== undefined && !repairs.has("temperature")) generation.temperature = request.temperature;
  // These think before they answer, and say nothing of it unless asked.
  if (/gemini-(2\.5|[3-9])/.test(request.model) && !repairs.has("thinkingConfig")) {
    generation.thinkingConfig = { includeThoughts: true };
  }
  if (Object.keys(generation).length > 0) body.generationConfig = generation;
  if (request.tools && request.tools.length > 0) {
    const functionDeclarations = request.tools.map(({ name, description, parameters }) => ({
      name,
      ...(description === undefined ? {} : { description }),
      ...encodeSchema(parameters, repairs),
    }));
    body.tools = [{ functionDeclarations }];
  }
  return JSON.stringify(body);
}

function encodeSchema(parameters: Json, repairs: Repairs): Json {
  if (!repairs.has("parameters")) return { parametersJsonSchema: parameters };
  const schema = simpleSchema(parameters);
  // An object without properties is refused; no parameters at all mean the same.
  return Object.keys((schema.properties as Json | undefined) ?? {}).length === 0 ? {} : { parameters: schema };
}

function encodeTurn(turn: Turn, repairs: Repairs): Json {
  if (turn.side === "user") {
    const texts = turn.texts.map((text) => ({ text: clean(text) }));
    return { role: "user", parts: [...turn.results.map(encodeResult), ...texts] };
  }
  return { role: "model", parts: turn.messages.flatMap(({ message, calls }) => encodeAnswer(message, calls, repairs)) };
}

function encodeAnswer(message: ChatMessage, calls: readonly ToolCallPart[], repairs: Repairs): Json[] {
  let text = "";
  let signature: string | undefined;
  for (const part of message.parts) {
    if (part.type === "text") text += part.text;
    else if (part.type === "thinking") signature = ownSignature(part.signature) ?? signature;
  }
  const parts: Json[] = [];
  if (text.trim() !== "")
    parts.push({ text: clean(text), ...(signature === undefined ? {} : { thoughtSignature: signature }) });
  calls.forEach((call, index) => {
    // Of calls side by side only the first is signed.
    const needed = index === 0 && repairs.has("placeholder_signature") ? placeholderSignature : undefined;
    const proof = call.signature ?? needed;
    const functionCall = { ...idOf(call.id), name: call.name, args: argumentsOf(call) };
    parts.push({ functionCall, ...(proof === undefined ? {} : { thoughtSignature: proof }) });
  });
  return parts;
}

function encodeResult({ id, name, text, failed }: ToolResultPart): Json {
  const response = failed ? { error: clean(text) } : { output: clean(text) };
  return { functionResponse: { ...idOf(id), name, response } };
}

/** Only an id that a server gave goes back: older ones know of none. */
function idOf(id: string): { id?: string } {
  return id.startsWith(madeIdPrefix) ? {} : { id };
}
