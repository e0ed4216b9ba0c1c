/** From a checked configuration to a provider that speaks its protocol: the one list of protocols. */
import { ownPart } from "../core/own-part.ts";
import { unlessAborted } from "../stream/transport/sleep.ts";
import type { Protocol, Provider, ProviderConfig } from "./provider/provider.ts";
import { withoutKeys } from "./provider/without-keys.ts";

type Factory = (config: ProviderConfig) => Provider;

/** Each is loaded when something is first asked over it. */
const factories: { readonly [protocol in Protocol]?: () => Promise<Factory> } = {
  "openai-chat": async () => (await import("./openai-chat/index.ts")).createOpenAIChat,
  "openai-responses": async () => (await import("./openai-responses/index.ts")).createOpenAIResponses,
  anthropic: async () => (await import("./anthropic/index.ts")).createAnthropic,
  gemini: async () => (await import("./gemini/index.ts")).createGemini,
  ollama: async () => (await import("./ollama/index.ts")).createOllama,
  "chat-stream": async () => (await import("./chat-stream/index.ts")).createChatStream,
  websocket: async () => (await import("./websocket/index.ts")).createWebSocket,
};

export function supportedProtocols(): Protocol[] {
  return Object.keys(factories) as Protocol[];
}

/** `config` must have come from `parseProviderConfig`, which admits supported protocols only. */
export function createProvider(config: ProviderConfig): Provider {
  const factory = factories[config.protocol];
  if (!factory) throw new Error(`No adapter for the protocol ${config.protocol}.`);
  let loading: Promise<Provider> | undefined;
  const load = (signal: AbortSignal): Promise<Provider> => {
    loading ??= ownPart(factory()).then(
      (create) => create(config),
      (error: unknown) => {
        loading = undefined;
        throw error;
      },
    );
    return unlessAborted(loading, signal);
  };
  return withoutKeys({
    config,
    stream: (request, context) =>
      awaited(async () => (await load(context.signal)).stream(request, context)[Symbol.asyncIterator]()),
    listModels: async (context) => (await load(context.signal)).listModels(context),
    health: async (context) => (await load(context.signal)).health?.(context),
  });
}

/** What comes from an iterator that must be waited for; a generator around it would cost each array turns of the queue. */
function awaited<Value>(open: () => Promise<AsyncIterator<Value>>): AsyncIterable<Value> {
  return {
    [Symbol.asyncIterator]() {
      let iterator: AsyncIterator<Value> | undefined;
      const first = async (): Promise<IteratorResult<Value>> => {
        iterator = await open();
        return iterator.next();
      };
      return {
        next: () => iterator?.next() ?? first(),
        return: async () => (await iterator?.return?.()) ?? { done: true, value: undefined },
      };
    },
  };
}
