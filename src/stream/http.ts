/** One HTTP exchange whose body is read as it arrives, without redirects, hidden timeouts or hidden decompression. */
import type { Socket } from "node:net";
import type { Agent } from "undici";
import { AssistantError } from "../core/errors.ts";
import type { Logger } from "../core/logger.ts";
import { Connector } from "./connector.ts";
import { decompress } from "./decompress.ts";
import { type Exchange, exchange } from "./exchange.ts";

export interface HttpRequest {
  method: "GET" | "POST";
  url: string;
  headers: Record<string, string>;
  body?: string;
  signal: AbortSignal;
  /** Seconds; 0 = no limit. */
  timeouts: { connect: number; firstToken: number; idle: number };
}

export interface HttpResponse {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  /** Decompressed bytes as they arrive. Throws `AssistantError`; leaving the loop closes the connection. */
  body: AsyncIterable<Uint8Array>;
  /**
   * Says that the answer is complete though the body may not have ended: the connection is kept for the next request
   * if the server ends the body at once, else closed. To be called before leaving the loop over `body`.
   */
  release(): void;
}

export interface Transport {
  /** Resolves when the response headers are there. Throws `AssistantError`, or the signal's reason after an abort. */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** Opens a connection (TCP and TLS) to the origin of `url` ahead of need; failures are silent. */
  preconnect(url: string): Promise<void>;
  /** Opens a connection of its own, with TLS where `url` is encrypted. Throws what sockets and TLS throw. */
  dial(url: URL, signal: AbortSignal): Promise<Socket>;
  /** The proxy on the way to `url`, if there is one. */
  proxyFor(url: URL): URL | undefined;
  close(): Promise<void>;
}

export interface TransportOptions {
  logger: Logger;
  /** Certificates (PEM) to trust beside those of Node; for tests. */
  certificates?: readonly string[];
}

const maximumRedirects = 3;

/** An idle connection is kept this long unless the server says less, so that the next turn finds it open. */
const keepAliveMilliseconds = 60_000;

export function createTransport(options: TransportOptions): Transport {
  return new UndiciTransport(options);
}

class UndiciTransport implements Transport {
  readonly #logger: Logger;
  readonly #connector: Connector;
  /** The one in use last; the others still end what they began. */
  readonly #agents: Agent[] = [];

  constructor(options: TransportOptions) {
    this.#logger = options.logger;
    this.#connector = new Connector(options.certificates ?? []);
  }

  async request(request: HttpRequest): Promise<HttpResponse> {
    let url = new URL(request.url);
    for (let redirects = 0; ; redirects++) {
      const response = await this.#send(request, url);
      if (![301, 302, 303, 307, 308].includes(response.status)) {
        return { ...response, body: decompressed(response, url.host) };
      }
      response.cancel();
      url = redirectTarget(url, response, redirects);
    }
  }

  async preconnect(url: string): Promise<void> {
    try {
      await this.#connector.preconnect(new URL(url));
    } catch {
      this.#logger.debug("Could not open a connection ahead of need.");
    }
  }

  async dial(url: URL, _signal: AbortSignal): Promise<Socket> {
    await this.#connector.load();
    return this.#connector.dial(url);
  }

  proxyFor(_url: URL): URL | undefined {
    return undefined;
  }

  async close(): Promise<void> {
    this.#connector.close();
    await Promise.all(this.#agents.splice(0).map((agent) => agent.destroy()));
  }

  async #send(request: HttpRequest, url: URL): Promise<Exchange> {
    await this.#connector.load();
    await this.#connector.settled();
    request.signal.throwIfAborted();
    const agent = this.#agents.at(-1) ?? this.#addAgent();
    try {
      return await exchange(agent, this.#connector, request, url);
    } catch (error) {
      if (!(error instanceof AssistantError) || !this.#connector.isStale(error)) throw error;
      // A kept connection that the server had closed just then: it never saw the request. Its sisters are suspect too.
      this.#logger.debug(`The kept connection to ${url.host} was gone; using a fresh one.`);
      request.signal.throwIfAborted();
      return await exchange(this.#addAgent(), this.#connector, request, url);
    }
  }

  /** A proxy will be another kind of agent made here, chosen by the address. */
  #addAgent(): Agent {
    const old = this.#agents.at(-1);
    const agent = this.#connector.createAgent(keepAliveMilliseconds);
    this.#agents.push(agent);
    void old?.close().then(
      () => this.#agents.splice(this.#agents.indexOf(old), 1),
      () => {},
    );
    return agent;
  }
}

function decompressed(response: Exchange, host: string): AsyncIterable<Uint8Array> {
  try {
    return decompress(response.body, response.headers, host);
  } catch (error) {
    response.cancel();
    throw error;
  }
}

/** Only the same origin may be followed, and only with the method and body kept: anything else would carry secrets away. */
function redirectTarget(url: URL, response: Exchange, redirects: number): URL {
  const { location } = response.headers;
  const target = location && URL.canParse(location, url.href) ? new URL(location, url.href) : undefined;
  const keepsMethod = response.status === 307 || response.status === 308;
  if (target?.origin === url.origin && keepsMethod && redirects < maximumRedirects) return target;
  const where = target ? `${target.origin}${target.pathname}` : "nowhere";
  throw new AssistantError(
    "bad-request",
    `${url.host} redirects to ${where} (status ${response.status}). Runnel does not follow it; correct the base URL.`,
    { host: url.host, status: response.status, reason: "redirect", retryable: false },
  );
}

/**
 * The body as text, at most `limit` bytes of it and what comes within `seconds`; a broken or endless body gives what
 * came until then.
 */
export async function readText(response: HttpResponse, limit = 64 * 1024, seconds = 5): Promise<string> {
  const decoder = new TextDecoder();
  const timer = setTimeout(() => response.release(), seconds * 1000);
  let text = "";
  let left = limit;
  try {
    for await (const bytes of response.body) {
      text += decoder.decode(bytes.subarray(0, left), { stream: true });
      left -= bytes.length;
      if (left <= 0) break;
    }
  } catch (error) {
    if (!(error instanceof AssistantError)) throw error;
  } finally {
    clearTimeout(timer);
  }
  return text;
}
