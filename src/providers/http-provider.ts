/** A provider over HTTP: sends a protocol's request, once more without what the server refuses, and reads its stream. */
import { randomUUID } from "node:crypto";
import type { AssistantError } from "../core/errors.ts";
import type { StreamEvent } from "../core/events.ts";
import type { ChatRequest, ContinuationMeans } from "../core/message.ts";
import { readText } from "../stream/http.ts";
import { requestHeaders } from "./auth.ts";
import { joinPrefix, refusalOfMeans } from "./continuation.ts";
import { type ErrorContext, responseError } from "./errors.ts";
import type { ModelInfo, Provider, ProviderConfig, StreamContext } from "./provider.ts";
import { type FrameDecoder, readAnswer } from "./read-answer.ts";

export interface DecodeContext extends ErrorContext {
  /** Makes the id of a tool call whose server gives none. */
  makeId: () => string;
}

/** What one wire protocol has of its own. `Repair` names what it can do about a refused parameter. */
export interface WireProtocol<Repair extends string> {
  /** `means`: how the request goes on with a broken-off answer, if that is what it does. */
  url(config: ProviderConfig, model: string, means?: ContinuationMeans): string;
  /** Beside those of the key and of the entry, which win. */
  headers?: Record<string, string>;
  encode(request: ChatRequest, config: ProviderConfig, repairs: ReadonlySet<Repair>, means?: ContinuationMeans): string;
  /** What may be tried, before one more turn, to go on with `request.continues`; the best first. */
  continuations?(request: ChatRequest, config: ProviderConfig): ContinuationMeans[];
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
  /** Models that were found not to go on from the beginning of an answer. */
  readonly #refusesPrefix = new Set<string>();

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
    const answer = readAnswer({
      open: () => this.#open(request, context, errorContext),
      createDecoder: (decodeContext) => this.#protocol.createDecoder({ ...decodeContext, makeId }),
      context: errorContext,
      signal: context.signal,
      idle: this.config.timeouts.idle,
    });
    return request.continues === undefined ? answer : joinPrefix(answer, request.continues);
  }

  /** Sends the request, and again without whatever the server refuses of it, until there is a stream to read. */
  async #open(request: ChatRequest, context: StreamContext, errorContext: ErrorContext) {
    const tried = new Set(this.#repairs.get(request.model));
    const repaired: Repair[] = [];
    const waysOn = this.#waysOn(request);
    const mayPrefix = waysOn.includes("prefix");
    for (;;) {
      const means = waysOn[0];
      const body = this.#protocol.encode(request, this.config, tried, means);
      const response = await this.#send(request.model, body, means, context);
      if (response.status >= 200 && response.status < 300) {
        const notices: StreamEvent[] = [];
        if (repaired.length > 0) {
          // Only what led to an answer is worth remembering.
          this.#repairs.set(request.model, tried);
          notices.push({ type: "notice", code: "repaired", detail: repaired.join(", ") });
        }
        if (means !== undefined) notices.push({ type: "notice", code: "continued", detail: means });
        if (means === "turn" && mayPrefix) this.#refusesPrefix.add(request.model);
        return { response, notices };
      }
      const error = responseError(response, await readText(response), errorContext);
      const refused = refusalOfMeans(error, means);
      const repair = refused === "surely" ? undefined : this.#protocol.repairFor(error, body, tried);
      if (repair === undefined && refused !== undefined) {
        context.logger.info(`${errorContext.host} does not go on by ${means}.`);
        waysOn.shift();
        continue;
      }
      if (repair === undefined) throw error;
      context.logger.info(`${errorContext.host} refuses a parameter; asking once more (${repair}).`);
      tried.add(repair);
      repaired.push(repair);
    }
  }

  /** The means to go on with a broken-off answer, one more turn as the last; none for any other request. */
  #waysOn(request: ChatRequest): ContinuationMeans[] {
    const { continues, model } = request;
    if (continues === undefined) return [];
    const best = this.#protocol.continuations?.(request, this.config) ?? [];
    const mayPrefix = continues.text.trim() !== "" && !this.#refusesPrefix.has(model);
    return [...best.filter((means) => means !== "prefix" || mayPrefix), "turn"];
  }

  #send(model: string, body: string, means: ContinuationMeans | undefined, context: StreamContext) {
    return context.transport.request({
      method: "POST",
      url: this.#protocol.url(this.config, model, means),
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

function makeId(): string {
  return `${madeIdPrefix}${randomUUID().replaceAll("-", "")}`;
}
