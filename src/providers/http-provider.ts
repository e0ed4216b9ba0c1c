/** A provider over HTTP: sends a protocol's request, once more without what the server refuses, and reads its stream. */
import { randomUUID } from "node:crypto";
import type { AssistantError } from "../core/errors.ts";
import type { StreamEvent } from "../core/events.ts";
import type { ChatRequest } from "../core/message.ts";
import { readText } from "../stream/http.ts";
import { FrameReader } from "../stream/sse.ts";
import { requestHeaders } from "./auth.ts";
import { type ErrorContext, responseError } from "./errors.ts";
import type { ModelInfo, Provider, ProviderConfig, StreamContext } from "./provider.ts";
import { type FrameDecoder, readAnswer } from "./read-answer.ts";

export interface DecodeContext extends ErrorContext {
  /** Makes the id of a tool call whose server gives none. */
  makeId: () => string;
}

/** What one wire protocol has of its own. `Repair` names what it can do about a refused parameter. */
export interface WireProtocol<Repair extends string> {
  url(config: ProviderConfig, model: string): string;
  /** Beside those of the key and of the entry, which win. */
  headers?: Record<string, string>;
  encode(request: ChatRequest, config: ProviderConfig, repairs: ReadonlySet<Repair>): string;
  /** The repair for this refusal that has not been tried, or undefined when there is none. `body` is what was sent. */
  repairFor(error: AssistantError, body: string, tried: ReadonlySet<Repair>): Repair | undefined;
  createDecoder(context: DecodeContext): FrameDecoder;
  listModels(config: ProviderConfig, context: StreamContext): Promise<ModelInfo[]>;
}

/** Begins the ids that were made here, so that they need not go back to a server that never gave any. */
export const madeIdPrefix = "call_made_";

export function createHttpProvider<Repair extends string>(
  config: ProviderConfig,
  protocol: WireProtocol<Repair>,
): Provider {
  return new HttpProvider(config, protocol);
}

class HttpProvider<Repair extends string> implements Provider {
  readonly config: ProviderConfig;
  readonly #protocol: WireProtocol<Repair>;
  /** What each model was found to need, for as long as this configuration lives. */
  readonly #repairs = new Map<string, Set<Repair>>();

  constructor(config: ProviderConfig, protocol: WireProtocol<Repair>) {
    this.config = config;
    this.#protocol = protocol;
  }

  listModels(context: StreamContext): Promise<ModelInfo[]> {
    return this.#protocol.listModels(this.config, context);
  }

  stream(request: ChatRequest, context: StreamContext): AsyncIterable<readonly StreamEvent[]> {
    const errorContext: ErrorContext = {
      host: new URL(this.config.baseUrl).host,
      provider: this.config.id,
      model: request.model,
      apiKey: context.apiKey,
    };
    return readAnswer({
      open: () => this.#open(request, context, errorContext),
      createDecoder: (decodeContext) => this.#protocol.createDecoder({ ...decodeContext, makeId }),
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
      const body = this.#protocol.encode(request, this.config, tried);
      const response = await this.#send(request.model, body, context);
      if (response.status >= 200 && response.status < 300) {
        if (repaired.length === 0) return { response, reader: new FrameReader(), notices: [] };
        // Only what led to an answer is worth remembering.
        this.#repairs.set(request.model, tried);
        const notice: StreamEvent = { type: "notice", code: "repaired", detail: repaired.join(", ") };
        return { response, reader: new FrameReader(), notices: [notice] };
      }
      const error = responseError(response, await readText(response), errorContext);
      const repair = this.#protocol.repairFor(error, body, tried);
      if (repair === undefined) throw error;
      context.logger.info(`${errorContext.host} refuses a parameter; asking once more (${repair}).`);
      tried.add(repair);
      repaired.push(repair);
    }
  }

  #send(model: string, body: string, context: StreamContext) {
    return context.transport.request({
      method: "POST",
      url: this.#protocol.url(this.config, model),
      headers: {
        "content-type": "application/json",
        accept: "text/event-stream, application/json",
        ...this.#protocol.headers,
        ...requestHeaders(this.config, context.apiKey),
      },
      body,
      signal: context.signal,
      timeouts: this.config.timeouts,
    });
  }
}

export function makeId(): string {
  return `${madeIdPrefix}${randomUUID().replaceAll("-", "")}`;
}
