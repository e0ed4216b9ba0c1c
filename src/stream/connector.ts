/** Opens sockets for the transport: which certificates are trusted, connections ahead of need, and giving up on them. */
import type { Socket } from "node:net";
import tls from "node:tls";
import type { Agent, buildConnector } from "undici";
import type { AssistantError } from "../core/errors.ts";

type Callback = buildConnector.Callback;
type Options = buildConnector.Options;
/** undici's connector also returns the socket it opens, which its types leave out. */
type Dial = (options: Options, callback: Callback) => Socket;

/** How long a connection opened ahead of need waits for its request. */
const readyMilliseconds = 30_000;

/** What Node says when none of its own certificates vouches for the server. */
const unknownIssuer = new Set([
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
]);

export class Connector {
  readonly #certificates: readonly string[];
  #undici: typeof import("./undici.ts") | undefined;
  #dial: Dial | undefined;
  #trustsSystem = false;
  readonly #connecting = new Map<string, Set<Socket>>();
  readonly #waiting = new Map<string, number>();
  readonly #ready = new Map<string, Promise<Socket>>();
  readonly #opened = new Map<string, number>();
  #justEnded = false;
  readonly #stale = new WeakSet<AssistantError>();

  constructor(certificates: readonly string[]) {
    this.#certificates = certificates;
  }

  /** undici takes about 55 ms to load, so not before the first request. */
  async load(): Promise<void> {
    this.#undici ??= await import("./undici.ts");
  }

  /** After `load`. */
  createAgent(keepAliveTimeout: number): Agent {
    return new this.#undici!.Agent({
      connect: (options, callback) => this.#connect(options, callback),
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout,
    });
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

  /** Connections opened to an origin so far: unchanged over a request means that it rode on a kept one. */
  opened(origin: string): number {
    return this.#opened.get(origin) ?? 0;
  }

  markStale(error: AssistantError): void {
    this.#stale.add(error);
  }

  /** True for the error of a kept connection that was dead before the request reached the server. */
  isStale(error: AssistantError): boolean {
    return this.#stale.has(error);
  }

  /** A request to `origin` waits for its connection; the returned function says that it no longer does. */
  wait(origin: string): (outcome: "connected" | "gave up") => void {
    this.#waiting.set(origin, (this.#waiting.get(origin) ?? 0) + 1);
    let over = false;
    return (outcome) => {
      if (over) return;
      over = true;
      const left = (this.#waiting.get(origin) ?? 1) - 1;
      if (left > 0) this.#waiting.set(origin, left);
      else this.#waiting.delete(origin);
      if (outcome === "gave up" && left <= 0) {
        for (const socket of this.#connecting.get(origin) ?? []) socket.destroy(new Error("Nobody waits any more."));
      }
    };
  }

  async preconnect(url: URL): Promise<void> {
    await this.load();
    if (this.#ready.has(url.origin)) return;
    const opening = this.dial(url);
    this.#ready.set(url.origin, opening);
    const forget = () => {
      if (this.#ready.get(url.origin) === opening) this.#ready.delete(url.origin);
    };
    try {
      const socket = await opening;
      socket.once("close", forget);
      const timer = setTimeout(() => {
        if (this.#ready.get(url.origin) === opening) socket.destroy();
      }, readyMilliseconds);
      timer.unref();
    } catch (error) {
      forget();
      throw error;
    }
  }

  /** A connection to the origin of `url`. After `load`. */
  dial({ protocol, hostname, host, port }: URL): Promise<Socket> {
    return this.#open({ protocol, hostname: hostname.replace(/^\[|\]$/g, ""), host, port });
  }

  close(): void {
    for (const sockets of this.#connecting.values()) for (const socket of sockets) socket.destroy();
    for (const opening of this.#ready.values())
      opening.then(
        (socket) => socket.destroy(),
        () => {},
      );
    this.#ready.clear();
  }

  #connect(options: Options, callback: Callback): void {
    const origin = originOf(options);
    const ready = this.#ready.get(origin);
    this.#ready.delete(origin);
    const fresh = () => {
      this.#opened.set(origin, this.opened(origin) + 1);
      return this.#open(options);
    };
    const opening = ready ? ready.then((socket) => (socket.destroyed ? fresh() : socket), fresh) : fresh();
    opening.then(
      (socket) => callback(null, socket),
      (error) => callback(error, null),
    );
  }

  async #open(options: Options): Promise<Socket> {
    try {
      return await this.#dialOnce(options, this.#dialer());
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "";
      if (options.protocol !== "https:" || this.#trustsSystem || !unknownIssuer.has(code)) throw error;
      // Reading the system's certificates takes about 70 ms, so only servers that need them pay for it.
      this.#trustsSystem = true;
      this.#dial = undefined;
      return await this.#dialOnce(options, this.#dialer());
    }
  }

  #dialOnce(options: Options, dial: Dial): Promise<Socket> {
    const origin = originOf(options);
    const connecting = this.#connecting.get(origin) ?? new Set();
    this.#connecting.set(origin, connecting);
    return new Promise((resolve, reject) => {
      const socket = dial(options, (error, connected) => {
        connecting.delete(socket);
        if (error) reject(error);
        else resolve(connected as Socket);
      });
      connecting.add(socket);
    });
  }

  #dialer(): Dial {
    // HTTP/1.1 only: each answer has a socket of its own, so that stopping one closes it and disturbs no other.
    this.#dial ??= this.#undici!.buildConnector({
      allowH2: false,
      timeout: 0,
      secureContext: this.#secureContext(),
    }) as unknown as Dial;
    return this.#dial;
  }

  /** One context for all connections: building one from several hundred certificates takes about 12 ms. */
  #secureContext(): tls.SecureContext {
    if (!this.#trustsSystem && this.#certificates.length === 0) return tls.createSecureContext();
    // `getCACertificates` came with Node 22.15; "default" includes NODE_EXTRA_CA_CERTS.
    const certificates = tls.getCACertificates
      ? [...tls.getCACertificates("default"), ...(this.#trustsSystem ? tls.getCACertificates("system") : [])]
      : [...tls.rootCertificates];
    return tls.createSecureContext({ ca: [...new Set([...certificates, ...this.#certificates])] });
  }
}

function originOf(options: Options): string {
  const hostname = options.hostname.includes(":") ? `[${options.hostname}]` : options.hostname;
  return new URL(`${options.protocol}//${hostname}${options.port ? `:${options.port}` : ""}`).origin;
}
