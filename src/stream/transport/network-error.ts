/** Turns what sockets, TLS and the HTTP parser throw into the one error a person meets. */
import { AssistantError } from "../../core/errors.ts";

/** `connecting`: no connection yet. `waiting`: sent, nothing came back. `answering`: in the body. */
export type NetworkPhase = "connecting" | "waiting" | "answering";

const lost = new Set(["ECONNRESET", "EPIPE", "ECONNABORTED", "UND_ERR_SOCKET", "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH"]);
const certificate =
  /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH)/;

export function networkError(thrown: unknown, host: string, phase: NetworkPhase): AssistantError {
  if (thrown instanceof AssistantError) return thrown;
  const code = codeOf(thrown);
  const cause = plainCause(thrown, code);
  const common = { host, cause };

  if (code === "ENOTFOUND" || code === "EAI_AGAIN" || code === "ENODATA") {
    return new AssistantError("network", `The name of ${host} could not be found (${code}).`, {
      ...common,
      reason: "dns",
      retryable: true,
    });
  }
  if (code === "ECONNREFUSED") {
    return new AssistantError("network", `${host} refuses connections: nothing listens there.`, {
      ...common,
      reason: "connection-refused",
      retryable: true,
    });
  }
  if (code === "UND_ERR_CONNECT_TIMEOUT" || (code === "ETIMEDOUT" && phase === "connecting")) {
    return new AssistantError("connect-timeout", `No connection to ${host} in time.`, { ...common, retryable: true });
  }
  if (code === "ERR_SSL_WRONG_VERSION_NUMBER" || code === "ERR_SSL_PACKET_LENGTH_TOO_LONG") {
    const message = `${host} does not speak TLS on this port; its address may begin with http://.`;
    return new AssistantError("tls", message, { ...common, retryable: false });
  }
  if (certificate.test(code) || (code === "EPROTO" && phase === "connecting")) {
    const message = `The certificate or TLS of ${host} is not accepted (${code}).`;
    return new AssistantError("tls", message, { ...common, retryable: false });
  }
  if (code === "UND_ERR_HEADERS_OVERFLOW") {
    const message = `The response headers of ${host} are too large.`;
    return new AssistantError("malformed", message, {
      ...common,
      reason: "too-large",
      limit: "head",
      retryable: false,
    });
  }
  if (code.startsWith("HPE_") || (thrown instanceof Error && thrown.name === "HTTPParserError")) {
    const message = `${host} does not answer in valid HTTP.`;
    return new AssistantError("malformed", message, { ...common, retryable: phase === "answering" });
  }
  if (lost.has(code)) {
    const when = { connecting: "while connecting", waiting: "before it answered", answering: "in the middle" }[phase];
    return new AssistantError("network", `The connection to ${host} was lost ${when}.`, {
      ...common,
      reason: "connection-lost",
      retryable: true,
    });
  }
  if (code === "UND_ERR_INVALID_ARG" || code === "ERR_INVALID_CHAR" || code === "ERR_INVALID_URL") {
    return new AssistantError("bad-request", `The request to ${host} could not be written (${code}).`, {
      ...common,
      retryable: false,
    });
  }
  const message = `The network failed on the way to ${host}${code ? ` (${code})` : ""}.`;
  return new AssistantError("network", message, { ...common, retryable: true });
}

function codeOf(thrown: unknown): string {
  const seen = thrown as { code?: unknown; errors?: unknown[]; cause?: unknown } | undefined;
  if (typeof seen?.code === "string") return seen.code;
  // When every address of a name failed, Node throws an AggregateError of the single failures.
  if (Array.isArray(seen?.errors) && seen.errors.length > 0) return codeOf(seen.errors[0]);
  return seen?.cause ? codeOf(seen.cause) : "";
}

/** TLS errors carry circular certificate objects, which kill the extension host when they escape: code and words only. */
function plainCause(thrown: unknown, code: string): Error {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return Object.assign(new Error(message.slice(0, 300)), { code });
}
