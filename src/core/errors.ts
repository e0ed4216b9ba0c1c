/** The one error a person meets: what went wrong, where, and which kind of help fits. */

import type { LimitName } from "./limits.ts";

export type ErrorKind =
  | "missing-key"
  | "unauthorized"
  | "no-credit"
  | "rate-limited"
  | "overloaded"
  | "not-found"
  | "bad-request"
  | "context-too-long"
  | "network"
  | "tls"
  | "proxy"
  | "connect-timeout"
  | "first-token-timeout"
  | "idle-timeout"
  | "malformed"
  | "incomplete"
  | "too-large" // well-formed, but more than Runnel reads; what came is kept
  | "refused"
  | "reported";

/** Why an error arose, where its kind alone does not say it; texts are chosen by it. */
export type ErrorReason =
  | "html" // the address answers with a web page, so it is not an API
  | "model-not-found"
  | "key-for-other-origin"
  | "key-not-allowed" // one in an environment variable, which no person has let go to this address
  | "variable-not-set" // an environment variable that a header names is not set
  | "variable-unfit" // one holds what no header can hold
  | "insecure-origin"
  | "redirect"
  | "no-upgrade" // the address answers in HTTP where a WebSocket was asked for
  | "dns"
  | "connection-refused"
  | "connection-lost"
  | "empty-response"
  | "too-large"
  | "server-error"
  | "no-model"
  | "unknown-provider"
  | "proxy-address" // the proxy's address is no URL or not one of an HTTP proxy
  | "certificate-file" // the file of certificates to trust cannot be read
  | "slept" // the machine was asleep, and nothing came after it woke
  | "own-limit" // the person's own `rateLimit`: no slot became free in time
  | "budget" // the person's own `runnel.budget` is used up
  | "not-loaded" // a part of Runnel's own, whose file is gone or broken
  | "internal"; // a defect of Runnel's own, not the provider's fault

/** One limit of a person's budget and what is used of it. */
export interface BudgetUse {
  period: "hour" | "day" | "month";
  limit: number;
  spent: number;
  /** What requests that are still running may cost at most, where that counts. */
  held?: number;
  currency: string;
}

export interface ErrorDetails {
  /** Host and port of the server, as in a URL. */
  host?: string;
  /** Host and port of the proxy on the way to it. */
  proxy?: string;
  /** As HTTP or the error itself said it; absent where nobody did. */
  status?: number;
  reason?: ErrorReason;
  /** The provider's own words, capped and without secrets. */
  providerMessage?: string;
  requestId?: string;
  model?: string;
  provider?: string;
  /** The environment variable it is about. */
  variable?: string;
  /** Seconds the server asked to wait, or the limit in seconds that ran out. */
  seconds?: number;
  /** Which of Runnel's `limits` was passed. */
  limit?: LimitName;
  /** Whether asking again could help while nothing has been shown. */
  retryable?: boolean;
  /** An empty answer ended at the limit of output tokens. */
  atLimit?: boolean;
  /** Which limit of `runnel.budget` it is about. */
  budget?: BudgetUse;
  cause?: unknown;
}

export class AssistantError extends Error {
  override readonly name = "AssistantError";
  readonly kind: ErrorKind;
  readonly details: Readonly<Omit<ErrorDetails, "cause">>;

  /** `message` is English, for the terminal; the editor shows its own localized sentence for `kind`. */
  constructor(kind: ErrorKind, message: string, details: ErrorDetails = {}) {
    const { cause, ...rest } = details;
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.details = rest;
  }

  get retryable(): boolean {
    return this.details.retryable ?? false;
  }
}

/** What the log says of it: nothing in a server's own words, which may repeat the question or the key. */
export function logged({ kind, details: { status, host, reason } }: AssistantError): string {
  return [kind, status, host, reason].filter((each) => each !== undefined).join(" ");
}

/** An error as plain data, for keeping and for the other side of the webview. */
export interface MessageError {
  /** `unknown`: kept by a newer version, or damaged; it is shown by its own message. */
  kind: ErrorKind | "unknown";
  /** English; the editor shows its own localized sentence. */
  message: string;
  details: Omit<ErrorDetails, "cause">;
}

export function plainError({ kind, message, details }: AssistantError): MessageError {
  return { kind, message, details };
}
