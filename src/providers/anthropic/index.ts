/** The Messages protocol of Anthropic: one request, its stream of events, and the list of models. */
import { joinUrl, versionedUrl } from "../provider/base-url.ts";
import { createHttpProvider, type WireProtocol } from "../provider/http-provider.ts";
import { listModels } from "../provider/models.ts";
import type { Provider, ProviderConfig } from "../provider/provider.ts";
import { MessagesDecoder } from "./decode.ts";
import { encodeRequest } from "./encode.ts";
import { type Repair, repairFor } from "./repairs.ts";

const headers = { "anthropic-version": "2023-06-01" };

const rootOf = ({ baseUrl }: ProviderConfig) => versionedUrl(baseUrl, "v1");

const protocol: WireProtocol<Repair> = {
  url: (config) => joinUrl(rootOf(config), "messages"),
  headers,
  encode: encodeRequest,
  // Models after Claude 4.5 refuse it, which is learned.
  continuations: () => ["prefix"],
  repairFor,
  createDecoder: (context) => new MessagesDecoder(context),
  // All in one page; there are twenty by default.
  listModels: (config, context) =>
    listModels(config, context, { url: joinUrl(rootOf(config), "models?limit=1000"), headers }),
};

export function createAnthropic(config: ProviderConfig): Provider {
  return createHttpProvider(config, protocol);
}
