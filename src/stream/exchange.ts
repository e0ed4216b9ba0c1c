/** One request on the wire and its answer: watches the clock, hands over bytes as they come, and closes what it opened. */
import type { Duplex } from "node:stream";
import type { Agent, Dispatcher } from "undici";
import { AssistantError } from "../core/errors.ts";
import { ByteQueue } from "./byte-queue.ts";
import type { Connector } from "./connector.ts";
import type { HttpRequest, HttpResponse } from "./http.ts";
import { networkError } from "./network-error.ts";

export interface Exchange extends HttpResponse {
  /** Closes the connection without reading the body. */
  cancel(): void;
}

/** Bytes waiting for the reader beyond this pause the socket. */
const highWaterMark = 256 * 1024;

/** How long a released body may take to end before its connection is closed. */
const releaseMilliseconds = 250;

/**
 * Sends `request` to `url` over a connection of `agent`. Goes to the dispatcher itself, because `undici.request` does
 * not tell when the connection is there, cannot be stopped before, and reads through a slower stream.
 */
export function exchange(agent: Agent, connector: Connector, request: HttpRequest, url: URL): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    const handler = new Handler(connector, request, url, resolve, reject);
    const headers = { "accept-encoding": "identity", "user-agent": "runnel", ...request.headers };
    const { method, body = null, upgrade = null } = request;
    try {
      const path = url.pathname + url.search;
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

type TimeoutKind = "connect-timeout" | "first-token-timeout" | "idle-timeout";

class Handler implements Dispatcher.DispatchHandler {
  readonly #connector: Connector;
  readonly #request: HttpRequest;
  readonly #url: URL;
  readonly #resolve: (exchange: Exchange) => void;
  readonly #reject: (error: unknown) => void;
  readonly #openedBefore: number;
  readonly #stopWaiting: (outcome: "connected" | "gave up") => void;
  readonly #queue = new ByteQueue({ drained: () => this.#onDrained(), cancelled: () => this.#cancel() });
  #phase: Phase = "connecting";
  /** True when the request rides on a connection that was open before. */
  #onKeptConnection = false;
  #source: Source | undefined;
  #timer: NodeJS.Timeout | undefined;
  #watched: TimeoutKind | undefined;
  /** Counts whatever proves that nobody is silent. */
  #activity = 0;

  constructor(
    connector: Connector,
    request: HttpRequest,
    url: URL,
    resolve: (exchange: Exchange) => void,
    reject: (error: unknown) => void,
  ) {
    this.#connector = connector;
    this.#request = request;
    this.#url = url;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#openedBefore = connector.opened(url.origin);
    this.#stopWaiting = connector.wait(url.origin);
    this.#watch("connect-timeout", request.timeouts.connect);
    request.signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#phase === "over") {
      controller.abort(new Error("Nobody waits for this request."));
      return;
    }
    this.#source = controller;
    this.#onKeptConnection = this.#connector.opened(this.#url.origin) === this.#openedBefore;
    this.#stopWaiting("connected");
    // Changing the protocol takes a server no thought, so it is still part of connecting.
    if (this.#request.upgrade === undefined) this.#watch("first-token-timeout", this.#request.timeouts.firstToken);
    this.#phase = "waiting";
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
    if (this.#watched === "idle-timeout") this.#timer?.refresh();
    else this.#watch("idle-timeout", this.#request.timeouts.idle);
  }

  #watch(kind: TimeoutKind, seconds: number): void {
    clearTimeout(this.#timer);
    this.#watched = kind;
    this.#timer = seconds > 0 ? setTimeout(() => this.#timeOut(kind, seconds), seconds * 1000) : undefined;
  }

  #timeOut(kind: TimeoutKind, seconds: number): void {
    const seen = this.#activity;
    this.#onceRead(() => {
      // Bytes still unread mean that it is the reader who is slow, not the server.
      if (this.#activity === seen && this.#queue.size === 0) this.#fail(this.#timeoutError(kind, seconds));
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

  #timeoutError(kind: TimeoutKind, seconds: number): AssistantError {
    const { host } = this.#url;
    const message = {
      "connect-timeout": `No connection to ${host} within ${seconds} s.`,
      "first-token-timeout": `${host} sent nothing within ${seconds} s.`,
      "idle-timeout": `${host} stopped sending for ${seconds} s.`,
    }[kind];
    return new AssistantError(kind, message, { host, seconds, retryable: true });
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
    clearTimeout(this.#timer);
    this.#request.signal.removeEventListener("abort", this.#onAbort);
  }
}
