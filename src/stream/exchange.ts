/** One request on the wire and its answer: watches the clock, hands over bytes as they come, and closes what it opened. */
import type { Agent, Dispatcher } from "undici";
import { AssistantError } from "../core/errors.ts";
import type { Connector } from "./connector.ts";
import type { HttpRequest, HttpResponse } from "./http.ts";
import { networkError } from "./network-error.ts";

export interface Exchange extends HttpResponse {
  cancel(): void;
}

/** Bytes waiting for the reader beyond this pause the socket. */
const highWaterMark = 256 * 1024;

/** How long a released body may take to end before its connection is closed. */
const releaseMilliseconds = 250;

export function exchange(agent: Agent, connector: Connector, request: HttpRequest, url: URL): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    const handler = new Handler(connector, request, url, resolve, reject);
    agent.dispatch(
      {
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method,
        headers: { "accept-encoding": "identity", ...request.headers },
        body: request.body ?? null,
      },
      handler,
    );
  });
}

type Phase = "connecting" | "waiting" | "answering" | "over";

class Handler implements Dispatcher.DispatchHandler {
  readonly #connector: Connector;
  readonly #request: HttpRequest;
  readonly #host: string;
  readonly #origin: string;
  readonly #resolve: (exchange: Exchange) => void;
  readonly #reject: (error: unknown) => void;
  readonly #opened: number;
  readonly #gotConnection: (given: "connected" | "up") => void;
  #phase: Phase = "connecting";
  #kept = false;
  #controller: Dispatcher.DispatchController | undefined;
  #connectTimer: NodeJS.Timeout | undefined;
  #watchdog: NodeJS.Timeout | undefined;
  #chunks: Uint8Array[] = [];
  #queuedBytes = 0;
  #failure: unknown;
  #failed = false;
  #released = false;
  #reader: { resolve: (result: IteratorResult<Uint8Array>) => void; reject: (error: unknown) => void } | undefined;

  constructor(
    connector: Connector,
    request: HttpRequest,
    url: URL,
    resolve: (exchange: Exchange) => void,
    reject: (error: unknown) => void,
  ) {
    this.#connector = connector;
    this.#request = request;
    this.#host = url.host;
    this.#origin = url.origin;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#opened = connector.opened(url.origin);
    this.#gotConnection = connector.wait(url.origin);
    const { connect, firstToken } = request.timeouts;
    if (connect > 0) this.#connectTimer = setTimeout(() => this.#timeOut("connect-timeout", connect), connect * 1000);
    if (firstToken > 0) {
      this.#watchdog = setTimeout(() => this.#timeOut("first-token-timeout", firstToken), firstToken * 1000);
    }
    request.signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#phase === "over") {
      controller.abort(new Error("Nobody waits for this request."));
      return;
    }
    this.#controller = controller;
    this.#kept = this.#connector.opened(this.#origin) === this.#opened;
    this.#gotConnection("connected");
    clearTimeout(this.#connectTimer);
    this.#phase = "waiting";
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    rawHeaders: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    this.#phase = "answering";
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(rawHeaders)) {
      if (value !== undefined) headers[name] = typeof value === "string" ? value : value.join(", ");
    }
    const body = { [Symbol.asyncIterator]: () => this.#iterator() };
    this.#resolve({ status, headers, body, release: () => this.#release(), cancel: () => this.#cancel() });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (this.#phase === "over" || this.#released) return;
    this.#sawBytes();
    this.#chunks.push(chunk);
    this.#queuedBytes += chunk.length;
    if (this.#queuedBytes > highWaterMark) controller.pause();
    // One read of the socket may hold many HTTP chunks, all given here in one tick: they are handed over together.
    if (this.#reader && this.#chunks.length === 1) queueMicrotask(this.#wake);
  }

  readonly #wake = (): void => {
    const reader = this.#reader;
    if (!reader || this.#chunks.length === 0) return;
    this.#reader = undefined;
    reader.resolve({ value: this.#take(), done: false });
  };

  #take(): Uint8Array {
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#queuedBytes = 0;
    this.#controller?.resume();
    return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  }

  onResponseEnd(): void {
    this.#finish();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#phase === "over") return;
    const failure = networkError(error, this.#host, this.#phase);
    if (this.#phase === "waiting" && this.#kept && failure.details.reason === "connection-lost") {
      this.#connector.markStale(failure);
    }
    this.#fail(failure);
  }

  /** The first byte turns the watch for the first byte into the watch over idle time. */
  #sawBytes(): void {
    if (this.#phase === "answering" && this.#idleArmed) {
      this.#watchdog?.refresh();
      return;
    }
    this.#idleArmed = true;
    clearTimeout(this.#watchdog);
    const { idle } = this.#request.timeouts;
    if (idle > 0) this.#watchdog = setTimeout(() => this.#checkIdle(idle), idle * 1000);
    else this.#watchdog = undefined;
  }
  #idleArmed = false;

  #checkIdle(idle: number): void {
    // With bytes still unread it is the reader who is slow, not the server.
    if (this.#chunks.length > 0) this.#watchdog?.refresh();
    else this.#timeOut("idle-timeout", idle);
  }

  #timeOut(kind: "connect-timeout" | "first-token-timeout" | "idle-timeout", seconds: number): void {
    const message = {
      "connect-timeout": `No connection to ${this.#host} within ${seconds} s.`,
      "first-token-timeout": `${this.#host} sent nothing within ${seconds} s.`,
      "idle-timeout": `${this.#host} stopped sending for ${seconds} s.`,
    }[kind];
    this.#fail(new AssistantError(kind, message, { host: this.#host, seconds, retryable: true }));
  }

  readonly #onAbort = (): void => {
    this.#chunks = [];
    this.#fail(this.#request.signal.reason);
  };

  #fail(error: unknown): void {
    if (this.#phase === "over") return;
    const answering = this.#phase === "answering";
    this.#failed = true;
    this.#failure = error;
    this.#settle();
    this.#controller?.abort(error instanceof Error ? error : new Error("Stopped."));
    if (!answering) this.#reject(error);
    if (this.#chunks.length > 0) return;
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.reject(error);
  }

  #finish(): void {
    if (this.#phase === "over") return;
    this.#settle();
    // With bytes still unread the reader is about to be given those first.
    if (this.#chunks.length === 0) this.#endReader();
  }

  #endReader(): void {
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.resolve({ value: undefined, done: true });
  }

  #settle(): void {
    this.#phase = "over";
    this.#gotConnection("up");
    clearTimeout(this.#connectTimer);
    clearTimeout(this.#watchdog);
    this.#request.signal.removeEventListener("abort", this.#onAbort);
  }

  #cancel(): void {
    this.#chunks = [];
    this.#endReader();
    if (this.#phase === "over") return;
    this.#settle();
    this.#controller?.abort(new Error("The rest of the body is not wanted."));
  }

  #release(): void {
    this.#chunks = [];
    this.#endReader();
    if (this.#phase === "over") return;
    this.#released = true;
    this.#controller?.resume();
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#cancel(), releaseMilliseconds);
    this.#watchdog.unref();
  }

  #iterator(): AsyncIterator<Uint8Array> {
    return {
      next: () => {
        if (this.#chunks.length > 0) return Promise.resolve({ value: this.#take(), done: false });
        if (this.#failed) return Promise.reject(this.#failure);
        if (this.#phase === "over" || this.#released) return Promise.resolve({ value: undefined, done: true });
        return new Promise((resolve, reject) => {
          this.#reader = { resolve, reject };
        });
      },
      return: () => {
        if (!this.#released) this.#cancel();
        return Promise.resolve({ value: undefined, done: true });
      },
    };
  }
}
