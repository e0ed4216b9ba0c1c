/** A request in Runnel's words to the body of `POST /chat/completions`, as the server at hand wants it. */
import type { ChatMessage, ChatRequest, ContinuationMeans, MessagePart } from "../../core/message.ts";
import { continuedMessages } from "../continuation.ts";
import { answeredCalls, clean, hasToolParts } from "../history.ts";
import { bareModel, isOpenAI, isReasoningModel } from "../openai-model.ts";
import type { ProviderConfig } from "../provider.ts";
import { type PrefixDialect, prefixDialect } from "./prefix.ts";
import { detailsFrom } from "./reasoning.ts";
import type { Repairs } from "./repairs.ts";

type Json = Record<string, unknown>;
type ToolCallPart = Extract<MessagePart, { type: "tool-call" }>;

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
  if (request.tools && request.tools.length > 0) {
    body.tools = request.tools.map(({ name, description, parameters }) => ({
      type: "function",
      function: { name, ...(description === undefined ? {} : { description }), parameters },
    }));
  } else if (config.preset === "litellm" && request.messages.some(hasToolParts)) {
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

interface Dialect {
  isOpenAI: boolean;
  isReasoningModel: boolean;
  /** Thinking of earlier turns goes back as `reasoning_content`. */
  wantsReasoning: boolean;
  /** It goes back as `reasoning_details`, which other servers refuse as an unknown field. */
  wantsDetails: boolean;
  /** Tool calls go back with Google's signature, which others refuse in turn. */
  wantsSignatures: boolean;
}

function dialectOf(model: string, config: ProviderConfig): Dialect {
  const host = new URL(config.baseUrl).hostname;
  const bare = bareModel(model);
  return {
    isOpenAI: isOpenAI(config),
    isReasoningModel: isReasoningModel(model),
    wantsDetails: config.preset === "openrouter" || host.endsWith("openrouter.ai") || host === "ai-gateway.vercel.sh",
    wantsSignatures: host.endsWith("googleapis.com") || bare.includes("gemini"),
    // DeepSeek answers 400 when thinking is on, tools are used and earlier thinking does not come back.
    wantsReasoning:
      config.preset === "deepseek" || host.endsWith("deepseek.com") || /deepseek|kimi|glm-[4-9]/.test(bare),
  };
}

function encodeMessages(request: ChatRequest, dialect: Dialect, repairs: Repairs): Json[] {
  const messages: Json[] = [];
  if (request.system !== undefined && request.system !== "") {
    const developer = dialect.isOpenAI && dialect.isReasoningModel && !repairs.has("developer");
    messages.push({ role: developer ? "developer" : "system", content: clean(request.system) });
  }
  const answered = answeredCalls(request.messages);
  for (const message of request.messages) {
    switch (message.role) {
      case "user":
        messages.push({ role: "user", content: joinText(message) });
        break;
      case "assistant":
        encodeAssistant(message, answered, dialect, repairs, messages);
        break;
      case "tool":
        for (const part of message.parts) {
          if (part.type !== "tool-result" || !answered.has(part.id)) continue;
          const content = part.failed && !/^error/i.test(part.text) ? `Error: ${part.text}` : part.text;
          messages.push({ role: "tool", tool_call_id: part.id, content: clean(content) });
        }
        break;
    }
  }
  return messages;
}

function encodeAssistant(
  message: ChatMessage,
  answered: ReadonlySet<string>,
  dialect: Dialect,
  repairs: Repairs,
  messages: Json[],
): void {
  const content = joinText(message);
  const calls = message.parts.filter((part) => part.type === "tool-call" && answered.has(part.id)) as ToolCallPart[];
  if (content === "" && calls.length === 0) return;
  const encoded: Json = { role: "assistant", content: content === "" ? null : content };
  if (calls.length > 0) encoded.tool_calls = calls.map((call) => encodeCall(call, dialect));
  let thinking = "";
  for (const part of message.parts) {
    if (part.type !== "thinking") continue;
    thinking += part.text;
    const details = dialect.wantsDetails ? detailsFrom(part.signature) : undefined;
    if (details) encoded.reasoning_details = details;
  }
  const asked = repairs.has("reasoning_content");
  if (
    asked ||
    (dialect.wantsReasoning && calls.length > 0 && thinking !== "" && !repairs.has("no_reasoning_content"))
  ) {
    encoded.reasoning_content = clean(thinking);
  }
  messages.push(encoded);
}

function encodeCall(call: ToolCallPart, dialect: Dialect): Json {
  const source = call.arguments.trim() === "" ? "{}" : call.arguments;
  return {
    id: call.id,
    type: "function",
    function: { name: call.name, arguments: source },
    ...(call.signature === undefined || !dialect.wantsSignatures
      ? {}
      : { extra_content: { google: { thought_signature: call.signature } } }),
  };
}

function joinText(message: ChatMessage): string {
  let joined = "";
  for (const part of message.parts) if (part.type === "text") joined += part.text;
  return clean(joined);
}
