/** A request in Runnel's words to the body of `POST /responses`. */
import { defined } from "../../core/defined.ts";
import type { ChatRequest } from "../../core/message.ts";
import { effortOf, effortWord } from "../provider/effort.ts";
import { clean } from "../provider/history.ts";
import type { Json } from "../provider/json.ts";
import { isOpenAI, isReasoningModel } from "../provider/openai-model.ts";
import type { ProviderConfig } from "../provider/provider.ts";
import { flatToolSchema, toolSchema } from "../provider/tool-schema.ts";
import { encodeInput } from "./input.ts";
import type { Repairs } from "./repairs.ts";

/** OpenAI refuses a lower limit. */
const lowestLimit = 16;

export function encodeRequest(request: ChatRequest, config: ProviderConfig, repairs: Repairs): string {
  const body: Json = { model: request.model, input: encodeInput(request, config, repairs), stream: true };
  const inBackground = config.background === true && !repairs.has("background");
  if (inBackground) body.background = true;
  // Nothing is kept at the server that need not be.
  if (inBackground || !repairs.has("store")) body.store = inBackground;
  if (request.system?.trim() && !repairs.has("instructions")) body.instructions = clean(request.system);
  const reasoning = encodeReasoning(request, repairs);
  if (Object.keys(reasoning).length > 0) body.reasoning = reasoning;
  if (isReasoningModel(request.model)) {
    if (!repairs.has("include")) body.include = ["reasoning.encrypted_content"];
  } else if (request.temperature !== undefined && !repairs.has("temperature")) body.temperature = request.temperature;
  if (request.maxOutputTokens !== undefined && !repairs.has("max_output_tokens")) {
    body.max_output_tokens = Math.max(request.maxOutputTokens, lowestLimit);
  }
  if (isOpenAI(config) && !repairs.has("stream_options")) {
    // OpenAI pads every delta with random text unless told not to.
    body.stream_options = { include_obfuscation: false };
  }
  const tools = repairs.has("tools") ? [] : (request.tools ?? []);
  const schemaOf = isOpenAI(config) || repairs.has("flat_schema") ? flatToolSchema : toolSchema;
  if (tools.length > 0) {
    body.tools = tools.map(({ name, description, parameters }) => ({
      type: "function",
      name,
      ...defined({ description }),
      parameters: schemaOf(parameters),
      // Otherwise OpenAI makes all parameters mandatory.
      ...(repairs.has("strict") ? {} : { strict: false }),
    }));
  }
  return JSON.stringify(body);
}

function encodeReasoning(request: ChatRequest, repairs: Repairs): Json {
  const effort = effortOf(request, repairs);
  return {
    ...(effort === undefined ? {} : { effort: effortWord(effort) }),
    // These say nothing of their reasoning unless asked.
    ...(isReasoningModel(request.model) && !repairs.has("summary") ? { summary: "auto" } : {}),
  };
}
