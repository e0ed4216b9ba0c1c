/** A provider over HTTP: sends a protocol's request, once more without what the server refuses, and reads its stream. */

import { randomUUID } from "node:crypto";
import { defined } from "../../core/defined.ts";
import { AssistantError } from "../../core/errors.ts";
import type { StreamEvent } from "../../core/events.ts";
import type { ChatRequest, ContinuationMeans, ResumePoint } from "../../core/message.ts";
import { FrameReader } from "../../stream/frames/sse.ts";
import { readText } from "../../stream/transport/http.ts";
import type { HttpRequest, HttpResponse } from "../../stream/transport/transport.ts";
import { type ErrorContext, responseError } from "../errors/errors.ts";
import { requestHeaders } from "./auth.ts";
import { joinPrefix, refusalOfMeans } from "./continuation.ts";
import type { ModelInfo, Provider, ProviderConfig, StreamContext } from "./provider.ts";
import { type FrameDecoder, readAnswer } from "./read-answer.ts";
import { type Attempt, Repairs, repairedAnswer } from "./repaired-answer.ts";

export interface DecodeContext extends ErrorContext {
  preset?: string;
  /** Makes the id of a tool call whose server gives none. */
  makeId: () => string;
  /** The request goes on with an answer that has text already, of which nothing need be left. */
  isRest?: boolean;
}

/** What one wire protocol has of its own. `Repair` names what it can do about a refused parameter. */
export interface WireProtocol<Repair extends string> {
  /** `means`: how the request goes on with a cut-off answer, if that is what it does. */
  url(config: ProviderConfig, model: string, means?: ContinuationMeans): string;
  /** Beside those of the key and of the entry, which win. */
  headers?: Record<string, string>;
  encode(request: ChatRequest, config: ProviderConfig, repairs: ReadonlySet<Repair>, means?: ContinuationMeans): string;
  /** What may be tried, before one more turn, to go on with `request.continues`; the best first. */
  continuations?(request: ChatRequest, config: ProviderConfig): ContinuationMeans[];
  /** The repair for this refusal that has not been tried, or undefined when there is none. `body` is what was sent. */
  repairFor(error: AssistantError, body: string, tried: ReadonlySet<Repair>): Repair | undefined;
  createDecoder(context: DecodeContext): FrameDecoder;
  /** Where the rest of an answer is read, and where one is stopped that goes on without a reader. */
  background?: {
    resumeUrl(config: ProviderConfig, point: ResumePoint): string;
    cancelUrl(config: ProviderConfig, point: ResumePoint): string;
  };
  listModels(config: ProviderConfig, context: StreamContext): Promise<ModelInfo[]>;
  health?(config: ProviderConfig, context: StreamContext): Promise<void>;
}

/** Begins the ids that were made here, so that they need not go back to a server that never gave any. */
export const madeIdPrefix = "call_made_";

/** How long the order to cancel an answer may take. */
const cancelMilliseconds = 2000;

export function createHttpProvider<Repair extends string>(
  config: ProviderConfig,
  protocol: WireProtocol<Repair>,
): Provider {
  return new HttpProvider(config, protocol);
}

class HttpProvider<Repair extends string> implements Provider {
  readonly config: ProviderConfig;
  readonly health?: (context: StreamContext) => Promise<void>;
  readonly #protocol: WireProtocol<Repair>;
  /**
   * Never used: when the last object of a class is collected, V8 throws away the code that was compiled for it, and the
   * next answer begins slowly again.
   */
  protected readonly kept: readonly unknown[];
  readonly #repairs = new Repairs<Repair>();
  /** Models that were found not to go on from the beginning of an answer. */
  readonly #refusesPrefix = new Set<string>();

  constructor(config: ProviderConfig, protocol: WireProtocol<Repair>) {
    this.config = config;
    this.#protocol = protocol;
    const decoder = protocol.createDecoder({ host: "", makeId });
    this.kept = [decoder, decoder.reader ?? new FrameReader()];
    if (protocol.health) this.health = (context) => protocol.health!(config, context);
  }

  listModels(context: StreamContext): Promise<ModelInfo[]> {
    return this.#protocol.listModels(this.config, context);
  }

  stream(request: ChatRequest, context: StreamContext): AsyncIterable<readonly StreamEvent[]> {
    const errorContext: ErrorContext = {
      host: new URL(this.config.baseUrl).host,
      provider: this.config.id,
      model: request.model,
      redactor: context.redactor,
    };
    const { preset } = this.config;
    const own = { makeId, isRest: isRest(request), ...defined({ preset }) };
    const attempt = this.#repairs.begin(request);
    const ask = () =>
      readAnswer({
        open: () => this.#open(request, context, errorContext, attempt),
        createDecoder: (decodeContext) => this.#createDecoder({ ...decodeContext, ...own }, context),
        readerFor: (decoder) => decoder.reader ?? new FrameReader(),
        context: errorContext,
        signal: context.signal,
        idle: this.config.timeouts.idle,
      });
    const answer = repairedAnswer(
      ask,
      attempt,
      (error) => error instanceof AssistantError && this.#isRepaired(error, attempt, context),
    );
    return request.continues === undefined ? answer : joinPrefix(answer, request.continues);
  }

  #createDecoder(decodeContext: DecodeContext, context: StreamContext): FrameDecoder {
    const decoder = this.#protocol.createDecoder(decodeContext);
    if (this.#protocol.background) {
      context.signal.addEventListener("abort", () => void this.#cancel(decoder.background, context), { once: true });
    }
    return decoder;
  }

  /** Stops an answer that would go on, and cost, after the person stopped it. Nobody waits for this. */
  async #cancel(point: ResumePoint | undefined, context: StreamContext): Promise<void> {
    if (!point || !this.#protocol.background) return;
    try {
      const url = this.#protocol.background.cancelUrl(this.config, point);
      const signal = AbortSignal.timeout(cancelMilliseconds);
      const response = await this.#send({ method: "POST", url, body: "{}" }, { ...context, signal });
      await readText(response);
      context.logger.debug(`Cancelled ${point.id} (status ${response.status}).`);
    } catch {
      context.logger.debug(`Could not cancel ${point.id}.`);
    }
  }

  /** Sends the request, and again without whatever the server refuses of it, until there is a stream to read. */
  async #open(request: ChatRequest, context: StreamContext, errorContext: ErrorContext, attempt: Attempt<Repair>) {
    const waysOn = this.#waysOn(request);
    const mayPrefix = waysOn.includes("prefix");
    for (;;) {
      const means = waysOn[0];
      const asked = this.#requestFor(request, attempt.repairs, means);
      attempt.body = asked.body ?? "";
      const response = await this.#send(asked, context);
      if (isSuccess(response)) {
        const notices: StreamEvent[] = [];
        // Who keeps the books has to know of a resumed answer, also when it has no text yet.
        if (means === "resume" || (means !== undefined && request.continues?.text !== ""))
          notices.push({ type: "notice", code: "continued", detail: means });
        if (means === "turn" && mayPrefix) this.#refusesPrefix.add(request.model);
        return { response, notices, resume: means === "resume" ? request.continues?.resume : undefined };
      }
      const error = responseError(response, await readText(response), errorContext);
      const refused = refusalOfMeans(error, means);
      if (refused !== "surely" && this.#isRepaired(error, attempt, context)) continue;
      if (refused === undefined) throw error;
      context.logger.info(`${errorContext.host} does not go on by ${means}.`);
      waysOn.shift();
    }
  }

  #isRepaired(error: AssistantError, attempt: Attempt<Repair>, { logger }: StreamContext): boolean {
    const repair = attempt.repair(error, this.#protocol.repairFor);
    if (repair === undefined) return false;
    logger.info(`${new URL(this.config.baseUrl).host} refuses a parameter; asking once more (${repair}).`);
    return true;
  }

  /** The means to go on with a cut-off answer, one more turn as the last; none for any other request. */
  #waysOn(request: ChatRequest): ContinuationMeans[] {
    const { continues, model } = request;
    if (continues === undefined) return [];
    const best = this.#protocol.continuations?.(request, this.config) ?? [];
    const mayPrefix = continues.text.trim() !== "" && !this.#refusesPrefix.has(model);
    return [...best.filter((means) => means !== "prefix" || mayPrefix), "turn"];
  }

  #requestFor(
    request: ChatRequest,
    repairs: ReadonlySet<Repair>,
    means: ContinuationMeans | undefined,
  ): Pick<HttpRequest, "method" | "url" | "body"> {
    const { background } = this.#protocol;
    const point = request.continues?.resume;
    if (means === "resume" && background && point) {
      return { method: "GET", url: background.resumeUrl(this.config, point) };
    }
    const url = this.#protocol.url(this.config, request.model, means);
    return { method: "POST", url, body: this.#protocol.encode(request, this.config, repairs, means) };
  }

  #send(request: Pick<HttpRequest, "method" | "url" | "body">, context: StreamContext): Promise<HttpResponse> {
    return context.transport.request({
      ...request,
      headers: {
        ...(request.body === undefined ? {} : { "content-type": "application/json" }),
        accept: "text/event-stream, application/json",
        ...this.#protocol.headers,
        ...requestHeaders(this.config, context),
      },
      signal: context.signal,
      timeouts: this.config.timeouts,
      via: this.config,
      ...defined({ onSent: context.onSent }),
    });
  }
}

/** Whether what comes is the rest of an answer that has text. */
export function isRest({ continues }: ChatRequest): boolean {
  return continues !== undefined && continues.text.trim() !== "";
}

function isSuccess({ status }: HttpResponse): boolean {
  return status >= 200 && status < 300;
}

export function makeId(): string {
  // OpenAI refuses ids of more than 40 characters.
  return `${madeIdPrefix}${randomUUID().replaceAll("-", "").slice(0, 24)}`;
}
