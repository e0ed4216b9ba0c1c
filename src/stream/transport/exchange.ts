/** One request on the wire and its answer: watches the clock, hands over bytes as they come, and closes what it opened. */
import type { Duplex } from "node:stream";
import type { Agent, Dispatcher } from "undici";
import { ByteQueue } from "./byte-queue.ts";
import type { Connector } from "./connector.ts";
import { networkError } from "./network-error.ts";
import type { Route } from "./route.ts";
import { type Limit, type TimeoutKind, timeoutError } from "./timeout-error.ts";
import type { HttpRequest, HttpResponse } from "./transport.ts";
import { proxyHeaders } from "./tunnel.ts";
import type { WakeWatch } from "./wake-watch.ts";

export interface Exchange extends HttpResponse {
  /** Closes the connection without reading the body. */
  cancel(): void;
}

export interface Services {
  connector: Connector;
  wakeWatch: WakeWatch;
}

/** Bytes waiting for the reader beyond this pause the socket. */
const highWaterMark = 256 * 1024;

/** How long a released body may take to end before its connection is closed. */
const releaseMilliseconds = 250;

/**
 * Sends `request` to `url` over a connection of `agent`. Goes to the dispatcher itself, because `undici.request` does
 * not tell when the connection is there, cannot be stopped before, and reads through a slower stream.
 */
export function exchange(
  agent: Agent,
  services: Services,
  request: HttpRequest,
  url: URL,
  route: Route,
): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    const handler = new Handler(services, request, url, route, resolve, reject);
    // A proxy is asked for plain HTTP by the whole address.
    const asked = url.protocol === "http:" ? route.proxy : undefined;
    const path = (asked ? url.origin : "") + url.pathname + url.search;
    const own = { "accept-encoding": "identity", "user-agent": "runnel", ...(asked ? proxyHeaders(asked) : {}) };
    const { method, body = null, upgrade = null } = request;
    const headers = { ...own, ...request.headers };
    try {
      agent.dispatch({ origin: url.origin, path, method, headers, body, upgrade }, handler);
    } catch (error) {
      handler.onResponseError(undefined, error as Error);
    }
  });
}

/** `connecting`: no connection yet. `waiting`: sent. `answering`: in the body. `released`: the rest is not wanted. */
type Phase = "connecting" | "waiting" | "answering" | "released" | "over";

/** What the bytes come from: an HTTP response, or the bare connection after it changed protocol. */
interface Source {
  pause(): unknown;
  resume(): unknown;
  abort(reason: Error): unknown;
}

type Headers = Record<string, string | string[] | undefined>;

class Handler implements Dispatcher.DispatchHandler {
  readonly #connector: Connector;
  readonly #wakeWatch: WakeWatch;
  readonly #request: HttpRequest;
  readonly #url: URL;
  readonly #route: Route;
  readonly #resolve: (exchange: Exchange) => void;
  readonly #reject: (error: unknown) => void;
  readonly #openedBefore: number;
  readonly #stopWaiting: (outcome: "connected" | "gave up") => void;
  readonly #stopWatching: () => void;
  readonly #queue = new ByteQueue({ drained: () => this.#onDrained(), cancelled: () => this.#cancel() });
  #phase: Phase = "connecting";
  /** True when the request rides on a connection that was open before. */
  #onKeptConnection = false;
  #source: Source | undefined;
  #timer: NodeJS.Timeout | undefined;
  #limit: Limit | undefined;
  /** Counts whatever proves that nobody is silent. */
  #activity = 0;

  constructor(
    { connector, wakeWatch }: Services,
    request: HttpRequest,
    url: URL,
    route: Route,
    resolve: (exchange: Exchange) => void,
    reject: (error: unknown) => void,
  ) {
    this.#connector = connector;
    this.#wakeWatch = wakeWatch;
    this.#request = request;
    this.#url = url;
    this.#route = route;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#openedBefore = connector.opened(url, route);
    this.#stopWaiting = connector.wait(url, route);
    this.#stopWatching = wakeWatch.watch(() => this.#onWake());
    this.#watch("connect-timeout", request.timeouts.connect);
    request.signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#phase === "over") {
      controller.abort(new Error("Nobody waits for this request."));
      return;
    }
    this.#source = controller;
    this.#onKeptConnection = this.#connector.opened(this.#url, this.#route) === this.#openedBefore;
    this.#stopWaiting("connected");
    // Changing the protocol takes a server no thought, so it is still part of connecting.
    if (this.#request.upgrade === undefined) this.#watch("first-token-timeout", this.#request.timeouts.firstToken);
    this.#phase = "waiting";
    this.#request.onSent?.();
  }

  onRequestUpgrade(_controller: unknown, status: number, headers: Headers, socket: Duplex): void {
    socket.on("error", (error) => this.onResponseError(undefined, error));
    if (this.#phase !== "waiting") {
      socket.destroy();
      return;
    }
    this.#connector.upgraded(socket);
    this.#source = { pause: () => socket.pause(), resume: () => socket.resume(), abort: () => socket.destroy() };
    this.#watch("first-token-timeout", this.#request.timeouts.firstToken);
    this.#answer(status, headers, (bytes) => {
      if (socket.writable) socket.write(bytes);
    });
    socket.on("data", (chunk: Uint8Array) => this.onResponseData(undefined, chunk));
    socket.on("end", () => this.onResponseEnd());
    socket.on("close", () => this.onResponseEnd());
    socket.resume();
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    if (status >= 200 && this.#phase === "waiting") this.#answer(status, headers);
  }

  #answer(status: number, rawHeaders: Headers, write?: (bytes: Uint8Array) => void): void {
    this.#phase = "answering";
    if (this.#limit?.slept) this.#watch("first-token-timeout", this.#request.timeouts.firstToken);
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(rawHeaders)) {
      if (value !== undefined) headers[name] = typeof value === "string" ? value : value.join(", ");
    }
    const release = () => this.#release();
    const answer = { status, headers, body: this.#queue, release, cancel: () => this.#cancel() };
    this.#resolve(write === undefined ? answer : { ...answer, write });
  }

  onResponseData(_controller: unknown, chunk: Uint8Array): void {
    if (this.#phase !== "answering") return;
    // Once for all that one read of the socket held.
    if (this.#queue.size === 0) this.#restartIdleWatch();
    this.#queue.push(chunk);
    if (this.#queue.size > highWaterMark) this.#source?.pause();
  }

  #onDrained(): void {
    if (this.#phase !== "answering") return;
    this.#activity++;
    this.#timer?.refresh();
    this.#source?.resume();
  }

  onResponseEnd(): void {
    this.#connector.ended();
    if (this.#phase === "over") return;
    this.#settle();
    this.#queue.end();
  }

  onResponseError(_controller: unknown, error: Error): void {
    if (this.#phase === "over") return;
    const phase = this.#phase === "released" ? "answering" : this.#phase;
    const failure = networkError(error, this.#url.host, phase);
    if (phase === "waiting" && this.#onKeptConnection && failure.details.reason === "connection-lost") {
      this.#connector.markStale(failure);
    }
    this.#fail(failure);
  }

  readonly #onAbort = (): void => {
    this.#queue.clear();
    this.#fail(this.#request.signal.reason);
  };

  #restartIdleWatch(): void {
    this.#activity++;
    if (this.#limit?.kind === "idle-timeout" && !this.#limit.slept) this.#timer?.refresh();
    else this.#watch("idle-timeout", this.#request.timeouts.idle);
  }

  /** The server may have gone on, and its connection with it, while the machine slept. */
  #onWake(): void {
    const kind = this.#limit?.kind;
    if (kind === undefined || kind === "connect-timeout" || this.#phase === "released") return;
    this.#watch(kind, this.#wakeWatch.patience[kind], true);
  }

  #watch(kind: TimeoutKind, seconds: number, slept = false): void {
    clearTimeout(this.#timer);
    const limit = { kind, seconds, slept };
    this.#limit = limit;
    this.#timer = seconds > 0 ? setTimeout(() => this.#timeOut(limit), seconds * 1000) : undefined;
  }

  #timeOut(limit: Limit): void {
    const seen = this.#activity;
    // After a sleep the timer may be due before it was noticed; then it is replaced here.
    const timer = this.#timer;
    this.#wakeWatch.look();
    if (this.#timer !== timer) return;
    this.#onceRead(() => {
      // Bytes still unread mean that it is the reader who is slow, not the server.
      if (this.#activity === seen && this.#queue.size === 0)
        this.#fail(timeoutError(limit, this.#url.host, this.#route.proxy?.host));
      else this.#timer?.refresh();
    });
  }

  /**
   * After the editor was busy or the machine asleep, timers are due before the bytes that came meanwhile are read. So
   * a timer that is up waits two more turns of the event loop, and lapses when another took its place.
   */
  #onceRead(act: () => void): void {
    const timer = this.#timer;
    const decide = () => {
      if (this.#phase !== "over" && this.#timer === timer) act();
    };
    setImmediate(() => setImmediate(decide));
  }

  #fail(error: unknown): void {
    if (this.#phase === "over") return;
    const answering = this.#phase === "answering";
    this.#settle();
    this.#source?.abort(new Error("The request failed or was stopped."));
    if (answering) this.#queue.fail(error);
    else this.#reject(error);
  }

  #cancel(): void {
    if (this.#phase !== "over" && this.#phase !== "released") this.#abandon();
  }

  #abandon(): void {
    this.#settle();
    this.#source?.abort(new Error("The rest of the body is not wanted."));
    this.#queue.end();
  }

  #release(): void {
    this.#queue.clear();
    if (this.#phase !== "answering") return;
    this.#phase = "released";
    this.#source?.resume();
    this.#queue.end();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#onceRead(() => this.#abandon()), releaseMilliseconds);
    this.#timer.unref();
  }

  #settle(): void {
    this.#phase = "over";
    this.#stopWaiting("gave up");
    this.#stopWatching();
    clearTimeout(this.#timer);
    this.#request.signal.removeEventListener("abort", this.#onAbort);
  }
}
