/** What a provider is to the rest of the house: its checked configuration and one way to stream an answer. */
import type { StreamEvent } from "../../core/events.ts";
import type { Logger } from "../../core/logger.ts";
import type { ChatRequest } from "../../core/message.ts";
import type { Redactor } from "../../core/redactor.ts";
import type { Price } from "../../core/usage.ts";
import type { Transport } from "../../stream/transport/transport.ts";

export type Protocol =
  | "openai-chat"
  | "openai-responses"
  | "anthropic"
  | "gemini"
  | "ollama"
  | "websocket"
  | "chat-stream"
  | "vscode-lm";

export interface ModelConfig {
  id: string;
  name?: string;
  /** Tokens. */
  contextWindow?: number;
  maxOutputTokens?: number;
  price?: Price;
}

/** Seconds; 0 = no limit. */
export interface Timeouts {
  /** DNS, TCP and TLS. */
  connect: number;
  /** From the request to the first byte of the body. */
  firstToken: number;
  /** Between two bytes of the body; comments and pings count as bytes. */
  idle: number;
}

/** What the person allows; absent = no limit. */
export interface RateLimit {
  requestsPerMinute?: number;
  concurrent?: number;
  /** Seconds that a request waits for a slot; absent = 30. */
  wait?: number;
}

/** How a WebSocket gateway wants its key, tells its end, and can be reached without a WebSocket. */
export interface WebSocketSettings {
  /** The key goes into a header of the handshake, into its URL, or into a first message of its own. */
  auth: "header" | "query" | "frame";
  /** The name of the key in the URL. */
  queryName: string;
  /** What ends an answer: `done: true` or `[DONE]`, a finish reason, the server's close, or whichever comes. */
  end: "auto" | "done" | "finish-reason" | "close";
  /** Where the same host speaks the protocol openai-chat over HTTP. */
  fallbackBaseUrl: string;
}

/** One entry of `runnel.providers` after checks, with everything its preset fills in. */
export interface ProviderConfig {
  id: string;
  name: string;
  preset?: string;
  protocol: Protocol;
  /** Normalised: no trailing slash, no endpoint path (see `base-url.ts`). */
  baseUrl: string;
  /** False for servers on this machine that want none, such as Ollama. */
  needsKey: boolean;
  /** Name of an environment variable that holds the key instead of SecretStorage. */
  apiKeyEnv?: string;
  /** As written: values may name environment variables (`header-variables.ts`). */
  headers: Record<string, string>;
  /** Address of the proxy to go through instead of the editor's, or "none". */
  proxy?: string;
  /** A file with certificates (PEM) to trust as well. */
  ca?: string;
  models: ModelConfig[];
  timeouts: Timeouts;
  rateLimit?: RateLimit;
  /** The server goes on with an answer whose connection was lost, and keeps it to be read on; `openai-responses` only. */
  background?: true;
  /** Of the protocol websocket, and only of that. */
  websocket?: WebSocketSettings;
  /** True for the scripted demo: the UI says that its answers are not a model's. */
  scripted: boolean;
  /** Where a person gets a key, when the preset knows. */
  keyUrl?: string;
}

/** Headers whose variables are resolved. */
export interface ResolvedHeaders {
  values: Readonly<Record<string, string>>;
  /** What the variables hold. */
  secrets: readonly string[];
}

export interface StreamContext {
  signal: AbortSignal;
  transport: Transport;
  /** Only ever a key that was entered for the origin of the provider's base URL. */
  apiKey?: string;
  /** Those of the entry with their variables resolved; without it none may name a variable. */
  headers?: ResolvedHeaders;
  /** Cuts the secrets of this request out of the server's words; `createProvider` makes one where it is absent. */
  redactor?: Redactor;
  /** The text of the answer goes into the person's own file and stays as it is, also where it repeats a key. */
  keepsText?: boolean;
  logger: Logger;
  /** Called when a question goes out; from then on the server may be at work, and charge for it. */
  onSent?(): void;
}

export interface ModelInfo {
  id: string;
  name?: string;
  contextWindow?: number;
  maxOutputTokens?: number;
  price?: Price;
  /** True when the list has a price that cannot be right, so that none is taken from it. */
  unreadablePrice?: true;
  /** Bytes, of a model that lies on a disk of one's own. */
  size?: number;
}

export interface Provider {
  readonly config: ProviderConfig;
  /**
   * Streams one answer. Events come in arrays, one array for all that a chunk from the network held, because an
   * async iteration per event costs more than decoding it. The last event is `end` when the protocol's own end was
   * seen; anything else ends in a thrown `AssistantError` (of the kind `incomplete` when the stream just stopped),
   * after the events before it, or in the signal's reason after an abort. Leaving the loop closes the connection.
   */
  stream(request: ChatRequest, context: StreamContext): AsyncIterable<readonly StreamEvent[]>;
  /** The models the server lists, or `[]` where it lists none. Throws `AssistantError`. */
  listModels(context: StreamContext): Promise<ModelInfo[]>;
  /** Resolves when the server says that it is up; for protocols that can ask. Throws `AssistantError`. */
  health?(context: StreamContext): Promise<void>;
}
