/** What the house asks of a transport: a request, its response, and what can be opened ahead of need. */
import type { Socket } from "node:net";
import type { HttpProxy } from "./proxy.ts";
import type { OwnNetwork } from "./route.ts";

export interface HttpRequest {
  method: "GET" | "POST";
  /** Of http: or https:; ws: and wss: stand for them. */
  url: string;
  headers: Record<string, string>;
  body?: string;
  signal: AbortSignal;
  /** Seconds; 0 = no limit. */
  timeouts: { connect: number; firstToken: number; idle: number };
  /** Stands in for what the editor's settings say. */
  via?: OwnNetwork;
  /** Called when the request goes out over a connection; from then on the server may be at work. */
  onSent?(): void;
  /** Asks the server to change to this protocol. No redirect is followed then, and `connect` spans the change. */
  upgrade?: string;
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
  /** Sends bytes after a change of protocol (status 101); `body` is then what comes back on the bare connection. */
  write?(bytes: Uint8Array): void;
}

export interface Transport {
  /** Resolves when the response headers are there. Throws `AssistantError`, or the signal's reason after an abort. */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** Opens a connection (TCP, proxy, TLS) to the origin of `url` ahead of need; failures are silent. */
  preconnect(url: string, via?: OwnNetwork): Promise<void>;
  /** A connection to nobody but the caller, with its proxy and TLS. Throws `AssistantError`, or the signal's reason. */
  dial(url: URL, signal: AbortSignal, via?: OwnNetwork): Promise<Socket>;
  /** The proxy on the way to `url`, if there is one. Throws `AssistantError` where its address makes no sense. */
  proxyTo(url: URL, via?: OwnNetwork): HttpProxy | undefined;
  close(): Promise<void>;
}
