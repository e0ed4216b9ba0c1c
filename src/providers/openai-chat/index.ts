/** The chat-completions protocol: one request, its stream of events, and the list of models. */
import { randomUUID } from "node:crypto";
import type { StreamEvent } from "../../core/events.ts";
import type { ChatRequest } from "../../core/message.ts";
import { type HttpResponse, readText } from "../../stream/http.ts";
import { requestHeaders } from "../auth.ts";
import { joinUrl } from "../base-url.ts";
import { type ErrorContext, responseError } from "../errors.ts";
import { listModels } from "../models.ts";
import type { ModelInfo, Provider, ProviderConfig, StreamContext } from "../provider.ts";
import { readAnswer } from "../read-answer.ts";
import { ChatDecoder } from "./decode.ts";
import { encodeRequest } from "./encode.ts";
import { type Repair, repairFor } from "./repairs.ts";

export function createOpenAIChat(config: ProviderConfig): Provider {
  return new OpenAIChat(config);
}

class OpenAIChat implements Provider {
  readonly config: ProviderConfig;
  readonly #url: string;
  /** What each model was found to need, for as long as this configuration lives. */
  readonly #repairs = new Map<string, Set<Repair>>();

  constructor(config: ProviderConfig) {
    this.config = config;
    this.#url = joinUrl(config.baseUrl, "chat/completions");
  }

  listModels(context: StreamContext): Promise<ModelInfo[]> {
    return listModels(this.config, context);
  }

  stream(request: ChatRequest, context: StreamContext): AsyncIterable<readonly StreamEvent[]> {
    const errorContext: ErrorContext = {
      host: new URL(this.#url).host,
      provider: this.config.id,
      model: request.model,
      apiKey: context.apiKey,
    };
    return readAnswer({
      open: () => this.#open(request, context, errorContext),
      createDecoder: (decodeContext) => new ChatDecoder({ ...decodeContext, makeId }),
      context: errorContext,
      signal: context.signal,
      idle: this.config.timeouts.idle,
    });
  }

  /** Sends the request, and again without whatever the server refuses of it, until there is a stream to read. */
  async #open(request: ChatRequest, context: StreamContext, errorContext: ErrorContext) {
    const tried = new Set(this.#repairs.get(request.model));
    const repaired: Repair[] = [];
    for (;;) {
      const body = encodeRequest(request, this.config, tried);
      const response = await this.#send(body, context);
      if (response.status >= 200 && response.status < 300) {
        if (repaired.length === 0) return { response, notices: [] };
        // Only what led to an answer is worth remembering.
        this.#repairs.set(request.model, tried);
        const notice: StreamEvent = { type: "notice", code: "repaired", detail: repaired.join(", ") };
        return { response, notices: [notice] };
      }
      const error = responseError(response, await readText(response), errorContext);
      const repair = repairFor(error, body, tried);
      if (repair === undefined) throw error;
      context.logger.info(`${errorContext.host} refuses a parameter; asking once more (${repair}).`);
      tried.add(repair);
      repaired.push(repair);
    }
  }

  #send(body: string, context: StreamContext): Promise<HttpResponse> {
    return context.transport.request({
      method: "POST",
      url: this.#url,
      headers: {
        "content-type": "application/json",
        accept: "text/event-stream, application/json",
        ...requestHeaders(this.config, context.apiKey),
      },
      body,
      signal: context.signal,
      timeouts: this.config.timeouts,
    });
  }
}

function makeId(): string {
  return `call_${randomUUID().replaceAll("-", "")}`;
}
