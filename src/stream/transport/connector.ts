/** Opens sockets for the transport: through a proxy or not, ahead of need or not, and gives up on them. */
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Agent, buildConnector } from "undici";
import type { AssistantError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { ownPart } from "../../core/own-part.ts";
import { networkError } from "./network-error.ts";
import { bare } from "./proxy.ts";
import type { OwnNetwork, Route, RouteTo } from "./route.ts";
import { isUnknownIssuer, type Trust, tlsOptions } from "./trust.ts";
import { openTunnel, proxyFailure } from "./tunnel.ts";

type Options = buildConnector.Options;
/** undici's connector also returns the socket it opens, which its types leave out. */
type Dial = (options: Options, callback: buildConnector.Callback) => Socket;

/** How long a connection opened ahead of need waits for its request. */
const readyMilliseconds = 60_000;

export class Connector {
  readonly #routeTo: RouteTo;
  readonly #certificates: readonly string[];
  #undici: typeof import("./undici.ts") | undefined;
  readonly #dialers = new Map<string, Promise<Dial>>();
  #needsSystem = false;
  // By line: connections by another route or to another origin are not the same.
  readonly #connecting = new Map<string, Set<Socket>>();
  readonly #waiting = new Map<string, number>();
  readonly #ready = new Map<string, Promise<Socket>>();
  readonly #opened = new Map<string, number>();
  readonly #upgraded = new Set<Duplex>();
  #justEnded = false;
  readonly #stale = new WeakSet<AssistantError>();

  constructor(routeTo: RouteTo, certificates: readonly string[]) {
    this.#routeTo = routeTo;
    this.#certificates = certificates;
  }

  /** undici takes about 55 ms to load, so not before the first request. */
  async load(): Promise<void> {
    this.#undici ??= await ownPart(import("./undici.ts"));
  }

  /** After `load`. */
  createAgent(keepAliveTimeout: number, route: Route): Agent {
    return new this.#undici!.Agent({
      connect: (options, callback) => {
        this.#take(urlOf(options), route).then(
          (socket) => callback(null, socket),
          (error) => callback(error, null),
        );
      },
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout,
      maxHeaderSize: limits.head,
    });
  }

  /**
   * A connection to the server of `url`, ready to be spoken over: TCP, proxy and TLS are done. Throws `AssistantError`,
   * or the signal's reason after an abort.
   */
  async dial(url: URL, { via, signal }: { via?: OwnNetwork; signal?: AbortSignal } = {}): Promise<Socket> {
    await this.load();
    signal?.throwIfAborted();
    const route = this.#routeTo(url, via);
    const stopWaiting = this.wait(url, route);
    const giveUp = () => stopWaiting("gave up");
    signal?.addEventListener("abort", giveUp, { once: true });
    try {
      return await this.#take(url, route);
    } catch (error) {
      signal?.throwIfAborted();
      throw networkError(error, url.host, "connecting");
    } finally {
      signal?.removeEventListener("abort", giveUp);
      stopWaiting("connected");
    }
  }

  /** An answer ended just now. */
  ended(): void {
    this.#justEnded = true;
    setImmediate(() => {
      this.#justEnded = false;
    });
  }

  /** undici reuses a connection a turn of the event loop after its answer ended; until then it would open another. */
  async settled(): Promise<void> {
    if (this.#justEnded) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Connections opened so far: unchanged over a request means that it rode on a kept one. */
  opened(url: URL, route: Route): number {
    return this.#opened.get(lineOf(url, route)) ?? 0;
  }

  markStale(error: AssistantError): void {
    this.#stale.add(error);
  }

  /** True for the error of a kept connection that was dead before the request reached the server. */
  isStale(error: AssistantError): boolean {
    return this.#stale.has(error);
  }

  /** A request waits for its connection; the returned function says that it no longer does. */
  wait(url: URL, route: Route): (outcome: "connected" | "gave up") => void {
    const line = lineOf(url, route);
    this.#waiting.set(line, (this.#waiting.get(line) ?? 0) + 1);
    let over = false;
    return (outcome) => {
      if (over) return;
      over = true;
      const left = (this.#waiting.get(line) ?? 1) - 1;
      if (left > 0) this.#waiting.set(line, left);
      else this.#waiting.delete(line);
      if (outcome === "gave up" && left <= 0) {
        for (const socket of this.#connecting.get(line) ?? []) socket.destroy(new Error("Nobody waits any more."));
      }
    };
  }

  async preconnect(url: URL, route: Route): Promise<void> {
    await this.load();
    const line = lineOf(url, route);
    if (this.#ready.has(line)) return;
    const opening = this.#open(url, route);
    this.#ready.set(line, opening);
    const forget = () => {
      if (this.#ready.get(line) === opening) this.#ready.delete(line);
    };
    try {
      const socket = await opening;
      socket.once("close", forget);
      const timer = setTimeout(() => {
        if (this.#ready.get(line) === opening) socket.destroy();
      }, readyMilliseconds);
      timer.unref();
    } catch (error) {
      forget();
      throw error;
    }
  }

  /** undici lets go of a connection that changed its protocol, so `close` has to know of it. */
  upgraded(socket: Duplex): void {
    this.#upgraded.add(socket);
    socket.once("close", () => this.#upgraded.delete(socket));
  }

  close(): void {
    for (const socket of this.#upgraded) socket.destroy(new Error("The transport was closed."));
    for (const sockets of this.#connecting.values()) for (const socket of sockets) socket.destroy();
    for (const opening of this.#ready.values())
      opening.then(
        (socket) => socket.destroy(),
        () => {},
      );
    this.#ready.clear();
  }

  /** The connection opened ahead of need, else a fresh one. */
  async #take(url: URL, route: Route): Promise<Socket> {
    const line = lineOf(url, route);
    const ready = this.#ready.get(line);
    this.#ready.delete(line);
    const socket = await ready?.catch(() => undefined);
    if (socket && !socket.destroyed) return socket;
    this.#opened.set(line, this.opened(url, route) + 1);
    return this.#open(url, route);
  }

  async #open(url: URL, route: Route): Promise<Socket> {
    try {
      return await this.#openTrusting(url, route, this.#needsSystem);
    } catch (error) {
      if (this.#needsSystem || !route.trust.system || !isUnknownIssuer(error)) throw error;
      // Reading the system's certificates takes about 70 ms, so only servers that need them pay for it.
      this.#needsSystem = true;
      return await this.#openTrusting(url, route, true);
    }
  }

  async #openTrusting(url: URL, route: Route, withSystem: boolean): Promise<Socket> {
    const { proxy, trust } = route;
    const line = lineOf(url, route);
    const dial = await this.#dialer(trust, withSystem && trust.system);
    const open = (options: Options) => this.#dialOnce(line, options, dial);
    const { hostname, host, port } = url;
    const protocol = url.protocol === "wss:" || url.protocol === "https:" ? "https:" : "http:";
    const target = { protocol, hostname: bare(hostname), host, port };
    if (proxy === undefined) return open(target);
    const toProxy = await open(proxy).catch((error) => {
      throw proxyFailure(error, proxy, url);
    });
    // Plain HTTP goes through without a tunnel: most proxies open one to the ports of TLS only.
    if (url.protocol === "http:") return toProxy;
    await this.#whileConnecting(line, toProxy, openTunnel(this.#undici!.Client, toProxy, proxy, url));
    return protocol === "https:" ? open({ ...target, httpSocket: toProxy }) : toProxy;
  }

  #dialOnce(line: string, options: Options, dial: Dial): Promise<Socket> {
    let socket!: Socket;
    const connected = new Promise<Socket>((resolve, reject) => {
      socket = dial(options, (error, opened) => (error ? reject(error) : resolve(opened)));
    });
    return this.#whileConnecting(line, socket, connected);
  }

  /** Lets whoever gives up waiting destroy `socket` until `done`. */
  async #whileConnecting<Result>(line: string, socket: Socket, done: Promise<Result>): Promise<Result> {
    const connecting = this.#connecting.get(line) ?? new Set();
    this.#connecting.set(line, connecting.add(socket));
    try {
      return await done;
    } finally {
      connecting.delete(socket);
    }
  }

  #dialer(trust: Trust, withSystem: boolean): Promise<Dial> {
    const key = JSON.stringify([trust, withSystem]);
    const known = this.#dialers.get(key);
    if (known) return known;
    // HTTP/1.1 only: each answer has a socket of its own, so that stopping one closes it and disturbs no other.
    const dialer = tlsOptions(trust, withSystem, this.#certificates).then(
      (options) => this.#undici!.buildConnector({ allowH2: false, timeout: 0, ...options }) as unknown as Dial,
    );
    this.#dialers.set(key, dialer);
    dialer.catch(() => this.#dialers.delete(key));
    return dialer;
  }
}

function lineOf(url: URL, { key }: Route): string {
  return `${url.origin} ${key}`;
}

function urlOf({ protocol, hostname, port }: Options): URL {
  return new URL(`${protocol}//${hostname.includes(":") ? `[${hostname}]` : hostname}${port ? `:${port}` : ""}`);
}
