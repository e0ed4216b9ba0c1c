/** The chat-completions protocol: one request, its stream of events, and the list of models. */
import { randomUUID } from "node:crypto";
import { AssistantError } from "../../core/errors.ts";
import type { StreamEvent } from "../../core/events.ts";
import type { ChatRequest } from "../../core/message.ts";
import { type HttpResponse, readText } from "../../stream/http.ts";
import { FrameReader, FrameTooLarge } from "../../stream/sse.ts";
import { requestHeaders } from "../auth.ts";
import { joinUrl } from "../base-url.ts";
import { pageError, requestIdOf, responseError } from "../errors.ts";
import { listModels } from "../models.ts";
import type { ModelInfo, Provider, ProviderConfig, StreamContext } from "../provider.ts";
import { ChatDecoder } from "./decode.ts";
import { encodeRequest } from "./encode.ts";
import { type Repair, repairFor } from "./repairs.ts";

export function createOpenAIChat(config: ProviderConfig): Provider {
  return new OpenAIChat(config);
}

/** How long a server may take to end its stream after the finish reason; some never do. */
const graceMilliseconds = 2000;

class OpenAIChat implements Provider {
  readonly config: ProviderConfig;
  readonly #host: string;
  readonly #url: string;
  /** What each model was found to need, for as long as this configuration lives. */
  readonly #repairs = new Map<string, Set<Repair>>();

  constructor(config: ProviderConfig) {
    this.config = config;
    this.#host = new URL(config.baseUrl).host;
    this.#url = joinUrl(config.baseUrl, "chat/completions");
  }

  listModels(context: StreamContext): Promise<ModelInfo[]> {
    return listModels(this.config, context);
  }

  async *stream(request: ChatRequest, context: StreamContext): AsyncGenerator<readonly StreamEvent[]> {
    const { response, repaired } = await this.#open(request, context);
    if (repaired.length > 0) yield [{ type: "notice", code: "repaired", detail: repaired.join(", ") }];
    const reader = new FrameReader();
    const decoder = new ChatDecoder({
      ...this.#errorContext(request, context),
      requestId: requestIdOf(response.headers),
      makeId: () => `call_${randomUUID().replaceAll("-", "")}`,
    });
    const body = response.body[Symbol.asyncIterator]();
    let graceEnds: number | undefined;
    try {
      for (;;) {
        const events: StreamEvent[] = [];
        const next = await this.#next(body, decoder, graceEnds);
        // The body may have ended before, with bytes still waiting here.
        context.signal.throwIfAborted();
        if (next === undefined) decoder.end(events);
        else if (next instanceof AssistantError) decoder.end(events, reader.head, next);
        else if (next.done) {
          decoder.decode(reader.end(), events);
          this.#checkPage(reader, response, request, context, true);
          decoder.end(events, reader.head);
        } else {
          decoder.decode(reader.push(next.value), events);
          this.#checkPage(reader, response, request, context, false);
        }
        if (decoder.done) response.release();
        if (events.length > 0) yield events;
        if (decoder.failure) throw decoder.failure;
        if (decoder.done) return;
        if (decoder.finishing) graceEnds ??= performance.now() + graceMilliseconds;
      }
    } catch (error) {
      if (!(error instanceof FrameTooLarge)) throw error;
      const message = `${this.#host} sends more in one piece than Runnel reads.`;
      throw new AssistantError("malformed", message, { host: this.#host, reason: "too-large", retryable: false });
    } finally {
      // Not awaited: a decompressing body answers only after its pending read.
      body.return?.().then(undefined, () => {});
    }
  }

  /** Sends the request, and again without whatever the server refuses of it, until there is a stream to read. */
  async #open(request: ChatRequest, context: StreamContext): Promise<{ response: HttpResponse; repaired: Repair[] }> {
    const known = this.#repairs.get(request.model) ?? new Set<Repair>();
    const tried = new Set(known);
    const repaired: Repair[] = [];
    for (;;) {
      const body = encodeRequest(request, this.config, tried);
      const response = await context.transport.request({
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
      if (response.status >= 200 && response.status < 300) {
        // Only what led to an answer is worth remembering.
        if (repaired.length > 0) this.#repairs.set(request.model, tried);
        return { response, repaired };
      }
      const error = responseError(response, await readText(response), this.#errorContext(request, context));
      const repair = repairFor(error, body, tried);
      if (repair === undefined) throw error;
      context.logger.info(`${this.#host} refuses a parameter; asking once more (${repair}).`);
      tried.add(repair);
      repaired.push(repair);
    }
  }

  /** The next bytes; undefined when the time after the finish reason is up; a broken connection as a value. */
  async #next(
    body: AsyncIterator<Uint8Array>,
    decoder: ChatDecoder,
    graceEnds: number | undefined,
  ): Promise<IteratorResult<Uint8Array> | AssistantError | undefined> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      if (graceEnds === undefined || !decoder.finishing) return await body.next();
      const grace = new Promise<undefined>((resolve) => {
        timer = setTimeout(() => resolve(undefined), Math.max(0, graceEnds - performance.now()));
      });
      const read = body.next();
      read.catch(() => {});
      return await Promise.race([read, grace]);
    } catch (error) {
      if (error instanceof AssistantError) return error;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #checkPage(
    reader: FrameReader,
    response: HttpResponse,
    request: ChatRequest,
    context: StreamContext,
    ended: boolean,
  ) {
    if (reader.kind !== "html" || !(ended || reader.head.length >= 4096)) return;
    throw pageError(response.status, reader.head, this.#errorContext(request, context));
  }

  #errorContext(request: ChatRequest, context: StreamContext) {
    return { host: this.#host, provider: this.config.id, model: request.model, apiKey: context.apiKey };
  }
}
