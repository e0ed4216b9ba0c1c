/** From a checked configuration to a provider that speaks its protocol: the one list of protocols. */
import { createAnthropic } from "./anthropic/index.ts";
import { createChatStream } from "./chat-stream/index.ts";
import { createGemini } from "./gemini/index.ts";
import { createOllama } from "./ollama/index.ts";
import { createOpenAIChat } from "./openai-chat/index.ts";
import { createOpenAIResponses } from "./openai-responses/index.ts";
import type { Protocol, Provider, ProviderConfig } from "./provider.ts";
import { createWebSocket } from "./websocket/index.ts";

const factories: { readonly [protocol in Protocol]?: (config: ProviderConfig) => Provider } = {
  "openai-chat": createOpenAIChat,
  "openai-responses": createOpenAIResponses,
  anthropic: createAnthropic,
  gemini: createGemini,
  ollama: createOllama,
  "chat-stream": createChatStream,
  websocket: createWebSocket,
};

export function supportedProtocols(): Protocol[] {
  return Object.keys(factories) as Protocol[];
}

/** `config` must have come from `parseProviderConfig`, which admits supported protocols only. */
export function createProvider(config: ProviderConfig): Provider {
  const factory = factories[config.protocol];
  if (!factory) throw new Error(`No adapter for the protocol ${config.protocol}.`);
  return factory(config);
}
