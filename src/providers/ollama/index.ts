/** Ollama's own protocol: one request, its stream of lines, and the models that lie on its disk. */
import { joinUrl } from "../provider/base-url.ts";
import { createHttpProvider, type WireProtocol } from "../provider/http-provider.ts";
import { listModels } from "../provider/models.ts";
import type { Provider, ProviderConfig } from "../provider/provider.ts";
import { OllamaDecoder } from "./decode.ts";
import { encodeRequest } from "./encode.ts";
import { parseOllamaModels } from "./models.ts";
import { type Repair, repairFor } from "./repairs.ts";

/** The base of the OpenAI-compatible endpoints and that of Ollama's own are both known as its address. */
const rootOf = ({ baseUrl }: ProviderConfig) => baseUrl.replace(/\/(v1|api)$/i, "");

const protocol: WireProtocol<Repair> = {
  url: (config) => joinUrl(rootOf(config), "api/chat"),
  headers: { accept: "application/x-ndjson, application/json" },
  encode: encodeRequest,
  repairFor,
  createDecoder: (context) => new OllamaDecoder(context),
  listModels: (config, context) =>
    listModels(config, context, { url: joinUrl(rootOf(config), "api/tags"), parse: parseOllamaModels }),
};

export function createOllama(config: ProviderConfig): Provider {
  return createHttpProvider(config, protocol);
}
