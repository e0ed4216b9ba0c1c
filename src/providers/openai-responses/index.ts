/** OpenAI's Responses protocol: one request, its stream of events, its background, and the list of models. */
import { joinUrl } from "../provider/base-url.ts";
import { createHttpProvider, type WireProtocol } from "../provider/http-provider.ts";
import { listModels } from "../provider/models.ts";
import type { Provider, ProviderConfig } from "../provider/provider.ts";
import { ResponsesDecoder } from "./decode.ts";
import { encodeRequest } from "./encode.ts";
import { type Repair, repairFor } from "./repairs.ts";

const responseUrl = ({ baseUrl }: ProviderConfig, id: string) =>
  joinUrl(baseUrl, `responses/${encodeURIComponent(id)}`);

const protocol: WireProtocol<Repair> = {
  url: ({ baseUrl }) => joinUrl(baseUrl, "responses"),
  encode: encodeRequest,
  continuations: ({ continues }) => (continues?.resume ? ["resume"] : []),
  repairFor,
  createDecoder: (context) => new ResponsesDecoder(context),
  background: {
    resumeUrl: (config, { id, after }) => `${responseUrl(config, id)}?stream=true&starting_after=${after}`,
    cancelUrl: (config, { id }) => `${responseUrl(config, id)}/cancel`,
  },
  listModels,
};

export function createOpenAIResponses(config: ProviderConfig): Provider {
  return createHttpProvider(config, protocol);
}
