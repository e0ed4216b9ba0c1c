/** Google's own protocol for Gemini: one request, its stream of events, and the list of models. */
import { joinUrl, versionedUrl } from "../provider/base-url.ts";
import { createHttpProvider, type WireProtocol } from "../provider/http-provider.ts";
import { listModels } from "../provider/models.ts";
import type { Provider, ProviderConfig } from "../provider/provider.ts";
import { ContentDecoder } from "./decode.ts";
import { encodeRequest } from "./encode.ts";
import { parseGeminiModels } from "./models.ts";
import { type Repair, repairFor } from "./repairs.ts";

const rootOf = ({ baseUrl }: ProviderConfig) => versionedUrl(baseUrl, "v1beta");

const protocol: WireProtocol<Repair> = {
  // Without alt=sse the answer is one JSON list.
  url: (config, model) => joinUrl(rootOf(config), `${modelPath(model)}:streamGenerateContent?alt=sse`),
  encode: encodeRequest,
  repairFor,
  createDecoder: (context) => new ContentDecoder(context),
  // All in one page; there are fifty by default.
  listModels: (config, context) =>
    listModels(config, context, { url: joinUrl(rootOf(config), "models?pageSize=1000"), parse: parseGeminiModels }),
};

/** Ids may hold slashes ("google/gemini-2.5-pro" of gateways), and may name their collection themselves. */
function modelPath(model: string): string {
  const path = model.split("/").map(encodeURIComponent).join("/");
  return /^(models|tunedModels|publishers|projects)\//.test(model) ? path : `models/${path}`;
}

export function createGemini(config: ProviderConfig): Provider {
  return createHttpProvider(config, protocol);
}
