/** Chat completions over a WebSocket gateway, and over HTTP at the same host where the WebSocket fails. */
import { defined } from "../../core/defined.ts";
import { AssistantError, logged, plainError } from "../../core/errors.ts";
import { isOutput, type Notice, type StreamEvent } from "../../core/events.ts";
import type { ChatRequest } from "../../core/message.ts";
import { assertNever } from "../../core/never.ts";
import { openWebSocket } from "../../stream/transport/websocket.ts";
import type { ErrorContext } from "../errors/errors.ts";
import { createOpenAIChat } from "../openai-chat/index.ts";
import { type Repair, repairFor } from "../openai-chat/repairs.ts";
import { isRest, makeId } from "../provider/http-provider.ts";
import type { ModelInfo, Provider, ProviderConfig, StreamContext, WebSocketSettings } from "../provider/provider.ts";
import { readAnswer } from "../provider/read-answer.ts";
import { type Attempt, Repairs, repairedAnswer } from "../provider/repaired-answer.ts";
import { closeError } from "./close-error.ts";
import { frameReader, WebSocketDecoder } from "./decode.ts";
import { encodeOpening, withoutOptions } from "./encode.ts";
import { handshakeError } from "./handshake-error.ts";

/** After so many answers in a row that had to come over HTTP, the WebSocket is not tried any more. */
const patience = 3;

const continued: Notice = { type: "notice", code: "continued", detail: "turn" };

/** Statuses that say only that an address is not for such a request. */
const notThere = new Set([404, 405, 426, 501]);

export function createWebSocket(config: ProviderConfig): Provider {
  if (!config.websocket) throw new Error(`${config.id} has no settings of its WebSocket.`);
  return new WebSocketProvider(config, config.websocket);
}

class WebSocketProvider implements Provider {
  readonly config: ProviderConfig;
  readonly #settings: WebSocketSettings;
  readonly #overHttp: Provider;
  readonly #repairs = new Repairs<Repair>(withoutOptions);
  #fallbacks = 0;

  constructor(config: ProviderConfig, settings: WebSocketSettings) {
    this.config = config;
    this.#settings = settings;
    this.#overHttp = createOpenAIChat({ ...config, protocol: "openai-chat", baseUrl: settings.fallbackBaseUrl });
  }

  listModels(context: StreamContext): Promise<ModelInfo[]> {
    return this.#overHttp.listModels(context);
  }

  async *stream(request: ChatRequest, context: StreamContext): AsyncGenerator<readonly StreamEvent[]> {
    if (this.#fallbacks >= patience) {
      yield* this.#overHttp.stream(request, context);
      return;
    }
    let shown = false;
    try {
      const attempt = this.#repairs.begin(request);
      const isRepaired = (error: unknown) =>
        error instanceof AssistantError && attempt.repair(error, repairFor) !== undefined;
      const ask = () => this.#overWebSocket(request, context, attempt);
      for await (const events of repairedAnswer(ask, attempt, isRepaired)) {
        shown ||= events.some(isOutput);
        yield events;
      }
      this.#fallbacks = 0;
    } catch (error) {
      if (shown || !(error instanceof AssistantError) || !mayFallBack(error)) throw error;
      yield* this.#fallBack(error, request, context);
    }
  }

  #overWebSocket(
    request: ChatRequest,
    context: StreamContext,
    attempt: Attempt<Repair>,
  ): AsyncIterable<readonly StreamEvent[]> {
    const { config } = this;
    const { redactor, signal } = context;
    const errorContext: ErrorContext = {
      host: new URL(config.baseUrl).host,
      provider: config.id,
      model: request.model,
      redactor,
    };
    return readAnswer({
      open: async () => {
        const opening = encodeOpening(request, config, this.#settings, context, attempt.repairs);
        attempt.body = opening.messages.at(-1) ?? "";
        const response = await openWebSocket(context.transport, {
          ...opening,
          signal,
          via: config,
          timeouts: config.timeouts,
          ...defined({ onSent: context.onSent }),
          refusal: (refused, body) => handshakeError(refused, body, errorContext),
          closeError: (code, reason) => closeError(code, reason, errorContext),
        });
        return { response, notices: request.continues ? [continued] : [] };
      },
      createDecoder: (decodeContext) =>
        new WebSocketDecoder({ ...decodeContext, makeId, isRest: isRest(request) }, this.#settings.end),
      readerFor: () => frameReader,
      context: errorContext,
      signal,
      idle: config.timeouts.idle,
    });
  }

  async *#fallBack(
    error: AssistantError,
    request: ChatRequest,
    context: StreamContext,
  ): AsyncGenerator<readonly StreamEvent[]> {
    const { host } = new URL(this.config.baseUrl);
    context.logger.info(`The WebSocket to ${host} failed (${logged(error)}); asking over HTTP.`);
    const target = { provider: this.config.id, model: request.model };
    const notice: Notice = { type: "notice", code: "fell-back", target, error: plainError(error) };
    yield [notice];
    try {
      yield* this.#overHttp.stream(request, context);
    } catch (second) {
      // Where nothing but the WebSocket is, its own error is what a person needs to know.
      throw second instanceof AssistantError && isNotThere(second.details) ? error : second;
    }
    // A network that carries neither says nothing about the WebSocket, so only answers count.
    this.#fallbacks++;
    if (this.#fallbacks === patience) context.logger.info(`The WebSocket to ${host} is not tried any more.`);
  }
}

function isNotThere({ status = 0, reason }: AssistantError["details"]): boolean {
  return notThere.has(status) && reason !== "model-not-found";
}

/** False where the same would fail over HTTP too, or where the server wants to be left alone for a while. */
function mayFallBack({ kind, details }: AssistantError): boolean {
  switch (kind) {
    case "overloaded":
    case "network":
    case "connect-timeout":
    case "malformed":
    case "incomplete":
    case "reported":
      return true;
    case "not-found":
    case "bad-request":
      return details.reason === "redirect" || details.reason === "no-upgrade" || isNotThere(details);
    case "first-token-timeout":
    case "idle-timeout":
      // Who is silent may still be at work, and charge for it; who spoke to a sleeping computer has ended.
      return details.reason === "slept";
    case "missing-key":
    case "unauthorized":
    case "no-credit":
    case "rate-limited":
    case "context-too-long":
    case "refused":
    case "tls":
    case "proxy":
    case "too-large":
      return false;
    default:
      return assertNever(kind);
  }
}
