/** What sockets, TLS and the HTTP parser throw, told in words for people. */
import assert from "node:assert/strict";
import { AssistantError, type ErrorKind, type ErrorReason } from "../../../src/core/errors.ts";
import { type NetworkPhase, networkError } from "../../../src/stream/transport/network-error.ts";

const coded = (code: string, message = code) => Object.assign(new Error(message), { code });

describe("a network error", () => {
  const table: [
    thrown: unknown,
    phase: NetworkPhase,
    kind: ErrorKind,
    reason: ErrorReason | undefined,
    retryable: boolean,
  ][] = [
    [coded("ENOTFOUND"), "connecting", "network", "dns", true],
    [coded("EAI_AGAIN"), "connecting", "network", "dns", true],
    [coded("ECONNREFUSED"), "connecting", "network", "connection-refused", true],
    [
      new AggregateError([coded("ECONNREFUSED"), coded("ECONNREFUSED")]),
      "connecting",
      "network",
      "connection-refused",
      true,
    ],
    [coded("EHOSTUNREACH"), "connecting", "network", undefined, true],
    [coded("ENETUNREACH"), "connecting", "network", undefined, true],
    [coded("ETIMEDOUT"), "connecting", "connect-timeout", undefined, true],
    [coded("UND_ERR_CONNECT_TIMEOUT"), "connecting", "connect-timeout", undefined, true],
    [coded("ECONNRESET"), "waiting", "network", "connection-lost", true],
    [coded("EPIPE"), "waiting", "network", "connection-lost", true],
    [coded("UND_ERR_SOCKET"), "answering", "network", "connection-lost", true],
    [coded("ETIMEDOUT"), "answering", "network", undefined, true],
    [coded("CERT_HAS_EXPIRED"), "connecting", "tls", undefined, false],
    [coded("DEPTH_ZERO_SELF_SIGNED_CERT"), "connecting", "tls", undefined, false],
    [coded("ERR_TLS_CERT_ALTNAME_INVALID"), "connecting", "tls", undefined, false],
    [coded("UNABLE_TO_GET_ISSUER_CERT_LOCALLY"), "connecting", "tls", undefined, false],
    [coded("ERR_SSL_WRONG_VERSION_NUMBER"), "connecting", "tls", undefined, false],
    [coded("EPROTO"), "connecting", "tls", undefined, false],
    [coded("UND_ERR_HEADERS_OVERFLOW"), "waiting", "malformed", "too-large", false],
    [coded("HPE_INVALID_CONSTANT"), "waiting", "malformed", undefined, false],
    [coded("UND_ERR_INVALID_ARG"), "connecting", "bad-request", undefined, false],
    [new TypeError("fetch failed", { cause: coded("ECONNRESET") }), "waiting", "network", "connection-lost", true],
    [new Error("unheard of"), "waiting", "network", undefined, true],
    ["a text", "waiting", "network", undefined, true],
    [undefined, "waiting", "network", undefined, true],
  ];
  for (const [thrown, phase, kind, reason, retryable] of table) {
    const name = thrown instanceof Error ? ((thrown as { code?: string }).code ?? thrown.name) : String(thrown);
    it(`${name} while ${phase} is ${kind}${reason ? `, ${reason}` : ""}`, () => {
      const error = networkError(thrown, "api.example.com:8443", phase);
      assert.equal(error.kind, kind);
      assert.equal(error.details.reason, reason);
      assert.equal(error.retryable, retryable);
      assert.equal(error.details.host, "api.example.com:8443");
      assert.match(error.message, /api\.example\.com:8443/);
    });
  }

  it("keeps code and words of its cause and no circular object", () => {
    const thrown = coded("CERT_HAS_EXPIRED", "certificate has expired") as Error & { cert?: object };
    const cert: { issuerCertificate?: object } = {};
    cert.issuerCertificate = cert;
    thrown.cert = cert;
    const { cause } = networkError(thrown, "h", "connecting");
    assert.equal(JSON.stringify({ ...(cause as object) }), '{"code":"CERT_HAS_EXPIRED"}');
    assert.equal((cause as Error).message, "certificate has expired");
  });

  it("that is told already stays as it is", () => {
    const told = new AssistantError("idle-timeout", "x");
    assert.equal(networkError(told, "h", "waiting"), told);
  });
});
