/** The chat-completions protocol: one request, its stream of events, and the list of models. */
import { joinUrl } from "../provider/base-url.ts";
import { createHttpProvider, type WireProtocol } from "../provider/http-provider.ts";
import { listModels } from "../provider/models.ts";
import type { Provider, ProviderConfig } from "../provider/provider.ts";
import { ChatDecoder } from "./decode.ts";
import { encodeRequest } from "./encode.ts";
import { prefixDialect, prefixUrl } from "./prefix.ts";
import { type Repair, repairFor } from "./repairs.ts";

const protocol: WireProtocol<Repair> = {
  url: (config, _model, means) => joinUrl(means === "prefix" ? prefixUrl(config) : config.baseUrl, "chat/completions"),
  encode: encodeRequest,
  continuations: (_request, config) => (prefixDialect(config) === undefined ? [] : ["prefix"]),
  repairFor,
  createDecoder: (context) => new ChatDecoder(context),
  listModels,
};

export function createOpenAIChat(config: ProviderConfig): Provider {
  return createHttpProvider(config, protocol);
}
