/** A request in Runnel's words to the body of `POST /chat/completions`, as the server at hand wants it. */
import { defined } from "../../core/defined.ts";
import type { ChatRequest, ContinuationMeans, MessagePart } from "../../core/message.ts";
import { continuedMessages } from "../provider/continuation.ts";
import { effortOf } from "../provider/effort.ts";
import type { Json } from "../provider/json.ts";
import type { ProviderConfig } from "../provider/provider.ts";
import { simpleSchema } from "../provider/simple-schema.ts";
import { flatToolSchema, toolSchema } from "../provider/tool-schema.ts";
import { dialectOf } from "./dialect.ts";
import { encodeEffort } from "./effort.ts";
import { encodeMessages } from "./messages.ts";
import { type PrefixDialect, prefixDialect } from "./prefix.ts";
import type { Repairs } from "./repairs.ts";

export function encodeRequest(
  request: ChatRequest,
  config: ProviderConfig,
  repairs: Repairs,
  means?: ContinuationMeans,
): string {
  const dialect = dialectOf(request.model, config);
  const messages = continuedMessages(request, means);
  const body: Json = {
    model: request.model,
    messages: encodeMessages({ ...request, messages }, dialect, repairs),
    stream: true,
  };
  if (means === "prefix") markPrefix(body, prefixDialect(config));
  if (!repairs.has("stream_options")) {
    // OpenAI pads every chunk with random text unless told not to; others may refuse the field.
    body.stream_options = { include_usage: true, ...(dialect.isOpenAI ? { include_obfuscation: false } : {}) };
  }
  if (request.maxOutputTokens !== undefined && !repairs.has("no_max_tokens")) {
    const swapped = repairs.has("max_tokens");
    const modern = dialect.isReasoningModel && dialect.isOpenAI ? !swapped : swapped;
    body[modern ? "max_completion_tokens" : "max_tokens"] = request.maxOutputTokens;
  }
  const fixedTemperature = dialect.isOpenAI && dialect.isReasoningModel;
  if (request.temperature !== undefined && !fixedTemperature && !repairs.has("temperature")) {
    body.temperature = request.temperature;
  }
  const effort = effortOf(request, repairs);
  if (effort !== undefined) Object.assign(body, encodeEffort(effort, request.model, config));
  const tools = repairs.has("tools") ? [] : (request.tools ?? []);
  const isFlat = dialect.isOpenAI || repairs.has("flat_schema");
  const schemaOf = repairs.has("simple_schema") ? simpleSchema : isFlat ? flatToolSchema : toolSchema;
  if (tools.length > 0) {
    body.tools = tools.map(({ name, description, parameters }) => ({
      type: "function",
      function: { name, ...defined({ description }), parameters: schemaOf(parameters) },
    }));
  } else if (config.preset === "litellm" && request.messages.some(({ parts }) => parts.some(isOfTool))) {
    // LiteLLM refuses a history with tool calls for Anthropic models when no tools are named.
    body.tools = [];
  }
  return JSON.stringify(body);
}

/** Says that the last message is the beginning of the answer. */
function markPrefix(body: Json, dialect: PrefixDialect | undefined): void {
  if (dialect === "flag") (body.messages as Json[]).at(-1)!.prefix = true;
  // llama.cpp takes any last answer for one.
  else if (dialect === "template") Object.assign(body, { continue_final_message: true, add_generation_prompt: false });
}

function isOfTool({ type }: MessagePart): boolean {
  return type === "tool-call" || type === "tool-result";
}
