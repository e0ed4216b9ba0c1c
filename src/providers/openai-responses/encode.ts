/** A request in Runnel's words to the body of `POST /responses`. */
import { type ChatMessage, type ChatRequest, textOf } from "../../core/message.ts";
import { continuedMessages } from "../continuation.ts";
import { answeredCalls, clean } from "../history.ts";
import type { Json } from "../json.ts";
import { isOpenAI, isReasoningModel } from "../openai-model.ts";
import type { ProviderConfig } from "../provider.ts";
import type { ToolCallPart } from "../turns.ts";
import type { Repairs } from "./repairs.ts";
import { reasonedItems } from "./signature.ts";

/** OpenAI refuses a lower limit. */
const lowestLimit = 16;

export function encodeRequest(request: ChatRequest, config: ProviderConfig, repairs: Repairs): string {
  const body: Json = { model: request.model, input: encodeInput(request, repairs), stream: true };
  const inBackground = config.background === true && !repairs.has("background");
  if (inBackground) body.background = true;
  // Nothing is kept at the server that need not be.
  if (inBackground || !repairs.has("store")) body.store = inBackground;
  if (request.system !== undefined && request.system.trim() !== "") body.instructions = clean(request.system);
  if (isReasoningModel(request.model)) {
    if (!repairs.has("include")) body.include = ["reasoning.encrypted_content"];
    // These say nothing of their reasoning unless asked.
    if (!repairs.has("summary")) body.reasoning = { summary: "auto" };
  } else if (request.temperature !== undefined && !repairs.has("temperature")) body.temperature = request.temperature;
  if (request.maxOutputTokens !== undefined && !repairs.has("max_output_tokens")) {
    body.max_output_tokens = Math.max(request.maxOutputTokens, lowestLimit);
  }
  if (isOpenAI(config) && !repairs.has("stream_options")) {
    // OpenAI pads every delta with random text unless told not to.
    body.stream_options = { include_obfuscation: false };
  }
  if (request.tools && request.tools.length > 0) {
    body.tools = request.tools.map(({ name, description, parameters }) => ({
      type: "function",
      name,
      ...(description === undefined ? {} : { description }),
      parameters,
      // Otherwise OpenAI makes all parameters mandatory.
      ...(repairs.has("strict") ? {} : { strict: false }),
    }));
  }
  return JSON.stringify(body);
}

function encodeInput(request: ChatRequest, repairs: Repairs): Json[] {
  const answered = answeredCalls(request.messages);
  return continuedMessages(request, "turn").flatMap((message) => encodeMessage(message, answered, repairs));
}

function encodeMessage(message: ChatMessage, answered: ReadonlySet<string>, repairs: Repairs): Json[] {
  switch (message.role) {
    case "user":
      return encodeText("user", textOf(message));
    case "assistant":
      return encodeAnswer(message, answered, repairs);
    case "tool":
      return message.parts.flatMap((part) => {
        if (part.type !== "tool-result" || !answered.has(part.id)) return [];
        const output = part.failed && !/^error/i.test(part.text) ? `Error: ${part.text}` : part.text;
        return [{ type: "function_call_output", call_id: part.id, output: clean(output) }];
      });
  }
}

function encodeAnswer(message: ChatMessage, answered: ReadonlySet<string>, repairs: Repairs): Json[] {
  const calls = message.parts.filter((part) => part.type === "tool-call" && answered.has(part.id)) as ToolCallPart[];
  const encoded = new Map(calls.map((call) => [call.id, encodeCall(call)]));
  const reasoned = repairs.has("encrypted_reasoning") ? undefined : reasonedItems(message, encoded);
  return reasoned ?? [...encodeText("assistant", textOf(message)), ...encoded.values()];
}

/** Not in the longer form, with an id and parts of content, which not all servers read. */
function encodeText(role: "user" | "assistant", text: string): Json[] {
  return text.trim() === "" ? [] : [{ role, content: clean(text) }];
}

function encodeCall({ id, name, arguments: source }: ToolCallPart): Json {
  return { type: "function_call", call_id: id, name, arguments: source.trim() === "" ? "{}" : source };
}
