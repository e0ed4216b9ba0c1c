/** A request in Runnel's words to the body of `POST /api/chat`. */
import type { ChatMessage, ChatRequest } from "../../core/message.ts";
import { textOf } from "../../core/message.ts";
import { continuedMessages } from "../continuation.ts";
import { answeredCalls, clean } from "../history.ts";
import { madeIdPrefix } from "../http-provider.ts";
import type { Json } from "../json.ts";
import type { ProviderConfig } from "../provider.ts";
import { argumentsOf, type ToolCallPart } from "../turns.ts";
import type { Repairs } from "./repairs.ts";

export function encodeRequest(request: ChatRequest, config: ProviderConfig, repairs: Repairs): string {
  const body: Json = { model: request.model, messages: encodeMessages(request), stream: true };
  const options = encodeOptions(request, config);
  if (Object.keys(options).length > 0) body.options = options;
  if (request.tools && request.tools.length > 0 && !repairs.has("tools")) {
    body.tools = request.tools.map(({ name, description, parameters }) => ({
      type: "function",
      function: { name, ...(description === undefined ? {} : { description }), parameters },
    }));
  }
  return JSON.stringify(body);
}

function encodeOptions({ model, maxOutputTokens, temperature }: ChatRequest, config: ProviderConfig): Json {
  const options: Json = {};
  // Ollama loads models with a small window and cuts off without a word what does not fit. Its preset names no models,
  // so a size that stands here is the person's own choice, made with the memory of their machine in mind.
  const contextWindow = config.models.find(({ id }) => id === model)?.contextWindow;
  if (contextWindow !== undefined) options.num_ctx = contextWindow;
  if (maxOutputTokens !== undefined) options.num_predict = maxOutputTokens;
  if (temperature !== undefined) options.temperature = temperature;
  return options;
}

function encodeMessages(request: ChatRequest): Json[] {
  const messages: Json[] = [];
  if (request.system !== undefined && request.system.trim() !== "") {
    messages.push({ role: "system", content: clean(request.system) });
  }
  const answered = answeredCalls(request.messages);
  for (const message of continuedMessages(request, "turn")) {
    switch (message.role) {
      case "user":
        messages.push({ role: "user", content: clean(textOf(message)) });
        break;
      case "assistant":
        messages.push(...encodeAnswer(message, answered));
        break;
      case "tool":
        for (const part of message.parts) {
          if (part.type !== "tool-result" || !answered.has(part.id)) continue;
          const content = part.failed && !/^error/i.test(part.text) ? `Error: ${part.text}` : part.text;
          messages.push({
            role: "tool",
            content: clean(content),
            tool_name: part.name,
            ...idOf("tool_call_id", part.id),
          });
        }
        break;
    }
  }
  return messages;
}

/** Nothing when there is nothing to send. */
function encodeAnswer(message: ChatMessage, answered: ReadonlySet<string>): Json[] {
  const content = clean(textOf(message));
  const calls = message.parts.filter((part) => part.type === "tool-call" && answered.has(part.id)) as ToolCallPart[];
  if (content === "" && calls.length === 0) return [];
  if (calls.length === 0) return [{ role: "assistant", content }];
  let thinking = "";
  for (const part of message.parts) if (part.type === "thinking") thinking += part.text;
  return [
    {
      role: "assistant",
      content,
      // What led to a call is wanted again with its result; other thinking is left out by the models' templates.
      ...(thinking === "" ? {} : { thinking: clean(thinking) }),
      tool_calls: calls.map((call) => ({
        ...idOf("id", call.id),
        function: { name: call.name, arguments: argumentsOf(call) },
      })),
    },
  ];
}

/** Only an id that a server gave goes back: older versions know of none. */
function idOf(field: string, id: string): Json {
  return id.startsWith(madeIdPrefix) ? {} : { [field]: id };
}
