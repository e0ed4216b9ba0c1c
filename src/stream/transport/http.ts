/** One HTTP exchange whose body is read as it arrives, without redirects, hidden timeouts or hidden decompression. */

import type { Socket } from "node:net";
import type { Agent } from "undici";
import { defined } from "../../core/defined.ts";
import { AssistantError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import type { Logger } from "../../core/logger.ts";
import { Connector } from "./connector.ts";
import { decompress } from "./decompress.ts";
import { type Exchange, exchange } from "./exchange.ts";
import { defaultNetwork, type Environment, type HttpProxy, type NetworkSettings } from "./proxy.ts";
import { createRouteTo, type OwnNetwork, type Route, type RouteTo } from "./route.ts";
import type { HttpRequest, HttpResponse, Transport } from "./transport.ts";
import { proxyRefusal } from "./tunnel.ts";
import { createWakeWatch, type WakeWatch } from "./wake-watch.ts";

export interface TransportOptions {
  logger: Logger;
  /** Certificates (PEM) to trust beside those of Node; for tests. */
  certificates?: readonly string[];
  /** Asked for each request; without it there is no proxy but that of `environment`. */
  network?: () => NetworkSettings;
  /** Where the variables of proxies are looked for; none when not given. */
  environment?: Environment;
  wakeWatch?: WakeWatch;
}

/** An idle connection is kept this long unless the server says less, so that the next turn finds it open. */
const keepAliveMilliseconds = 60_000;

export function createTransport(options: TransportOptions): Transport {
  return new UndiciTransport(options);
}

class UndiciTransport implements Transport {
  readonly #logger: Logger;
  readonly #routeTo: RouteTo;
  readonly #connector: Connector;
  readonly #wakeWatch: WakeWatch;
  /** By route. The last one is in use; the others still end what they began. */
  readonly #agents = new Map<string, Agent[]>();
  #warned = false;

  constructor({ logger, certificates = [], network, environment = {}, wakeWatch }: TransportOptions) {
    this.#logger = logger;
    this.#routeTo = createRouteTo(network ?? (() => defaultNetwork), environment);
    this.#connector = new Connector(this.#routeTo, certificates);
    this.#wakeWatch = wakeWatch ?? createWakeWatch();
  }

  async request(request: HttpRequest): Promise<HttpResponse> {
    let url = httpUrl(request.url);
    for (let redirects = 0; ; redirects++) {
      const response = await this.#send(request, url);
      if (![301, 302, 303, 307, 308].includes(response.status)) {
        return { ...response, body: decompressed(response, url.host) };
      }
      response.cancel();
      url = redirectTarget(url, response, request.upgrade === undefined ? redirects : limits.redirects);
    }
  }

  async preconnect(address: string, via?: OwnNetwork): Promise<void> {
    try {
      const url = httpUrl(address);
      await this.#connector.settled();
      const route = this.#routeTo(url, via);
      if (!this.#hasIdle(url, route)) await this.#connector.preconnect(url, route);
    } catch {
      this.#logger.debug("Could not open a connection ahead of need.");
    }
  }

  dial(url: URL, signal: AbortSignal, via?: OwnNetwork): Promise<Socket> {
    return this.#connector.dial(url, { signal, ...defined({ via }) });
  }

  proxyTo(url: URL, via?: OwnNetwork): HttpProxy | undefined {
    return this.#routeTo(url, via).proxy;
  }

  async close(): Promise<void> {
    this.#connector.close();
    const agents = [...this.#agents.values()].flat();
    this.#agents.clear();
    await Promise.all(agents.map((agent) => agent.destroy()));
  }

  async #send(request: HttpRequest, url: URL): Promise<Exchange> {
    await this.#connector.load();
    await this.#connector.settled();
    request.signal.throwIfAborted();
    const route = this.#routeTo(url, request.via);
    if (!route.trust.verify) this.#warn();
    const services = { connector: this.#connector, wakeWatch: this.#wakeWatch };
    const agent = this.#agents.get(route.key)?.at(-1) ?? this.#addAgent(route);
    let response: Exchange;
    try {
      response = await exchange(agent, services, request, url, route);
    } catch (error) {
      if (!(error instanceof AssistantError) || !this.#connector.isStale(error)) throw error;
      // A kept connection that the server had closed just then: it never saw the request. Its sisters are suspect too.
      this.#logger.debug(`The kept connection to ${url.host} was gone; using a fresh one.`);
      request.signal.throwIfAborted();
      response = await exchange(this.#addAgent(route), services, request, url, route);
    }
    if (response.status !== 407 || !route.proxy) return response;
    response.cancel();
    throw proxyRefusal(407, response.headers["proxy-authenticate"], route.proxy, url);
  }

  #addAgent(route: Route): Agent {
    const agents = this.#agents.get(route.key) ?? [];
    if (agents.length === 0 && route.proxy) this.#logger.info(`Going through the proxy ${route.proxy.host}.`);
    const old = agents.at(-1);
    const agent = this.#connector.createAgent(keepAliveMilliseconds, route);
    agents.push(agent);
    this.#agents.set(route.key, agents);
    void old?.close().then(
      () => agents.splice(agents.indexOf(old), 1),
      () => {},
    );
    return agent;
  }

  /** Whether a kept connection waits for the next request. */
  #hasIdle(url: URL, route: Route): boolean {
    const stats = this.#agents.get(route.key)?.at(-1)?.stats[url.origin];
    return stats !== undefined && "free" in stats && stats.free > 0;
  }

  #warn(): void {
    if (this.#warned) return;
    this.#warned = true;
    this.#logger.warn("http.proxyStrictSSL is false: the certificates of servers are not checked.");
  }
}

/** A WebSocket begins as a request of HTTP, and its scheme is another name for it. */
function httpUrl(url: string): URL {
  return new URL(url.replace(/^ws/i, "http"));
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
  if (target?.origin === url.origin && keepsMethod && redirects < limits.redirects) return target;
  // The rest of the address may hold what was asked, or who asks.
  const where = target?.origin ?? "nowhere";
  throw new AssistantError(
    "bad-request",
    `${url.host} redirects to ${where} (status ${response.status}). Runnel does not follow it; correct the base URL.`,
    { host: url.host, status: response.status, reason: "redirect", retryable: false },
  );
}

/**
 * The body as text, at most `limit` bytes of it and what comes within `seconds`; a broken or endless body gives what
 * came until then. With `onLarger`, one that goes past `limit` throws what that gives.
 */
export async function readText(
  response: HttpResponse,
  limit: number = limits.errorBody,
  seconds = 5,
  onLarger?: () => AssistantError,
): Promise<string> {
  const decoder = new TextDecoder();
  const timer = setTimeout(() => response.release(), seconds * 1000);
  let text = "";
  let left = limit;
  try {
    for await (const bytes of response.body) {
      text += decoder.decode(bytes.subarray(0, Math.max(0, left)), { stream: true });
      left -= bytes.length;
      if (left < 0) break;
    }
  } catch (error) {
    if (!(error instanceof AssistantError)) throw error;
  } finally {
    clearTimeout(timer);
  }
  if (left < 0 && onLarger) throw onLarger();
  return text;
}
