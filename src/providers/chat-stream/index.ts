/** The protocol of a team's own backend: one message to `/chat/stream`, answered in one of three shapes. */
import { joinUrl } from "../provider/base-url.ts";
import { createHttpProvider, type WireProtocol } from "../provider/http-provider.ts";
import type { Provider, ProviderConfig } from "../provider/provider.ts";
import { ChatStreamDecoder } from "./decode.ts";
import { encodeRequest } from "./encode.ts";
import { checkHealth } from "./health.ts";

const protocol: WireProtocol<never> = {
  url: ({ baseUrl }) => joinUrl(baseUrl, "chat/stream"),
  headers: { accept: "text/event-stream, text/plain" },
  encode: encodeRequest,
  // The fields are agreed upon; a backend that refuses one has to be corrected.
  repairFor: () => undefined,
  createDecoder: (context) => new ChatStreamDecoder(context),
  // There is no such list; settings name the models.
  listModels: async () => [],
  health: checkHealth,
};

export function createChatStream(config: ProviderConfig): Provider {
  return createHttpProvider(config, protocol);
}
