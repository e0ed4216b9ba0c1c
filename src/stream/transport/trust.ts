/** Whose certificates a connection trusts: Node's, the system's where they are needed, and those of a file. */
import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import tls from "node:tls";
import { AssistantError } from "../../core/errors.ts";

export interface Trust {
  /** False = any certificate is taken. */
  verify: boolean;
  /** Whether those of the system may be asked. */
  system: boolean;
  /** A file with further ones (PEM). */
  file: string | undefined;
}

export interface TlsOptions {
  secureContext: tls.SecureContext;
  rejectUnauthorized: boolean;
}

/** What Node says when none of the certificates it was given vouches for the server. */
const unknownIssuer = new Set([
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
]);

export function isUnknownIssuer(error: unknown): boolean {
  const { code, cause } = error as { code?: string; cause?: { code?: string } };
  return unknownIssuer.has(code ?? cause?.code ?? "");
}

/** For all connections that trust the same: building a context from several hundred certificates takes about 12 ms. */
export async function tlsOptions(trust: Trust, withSystem: boolean, further: readonly string[]): Promise<TlsOptions> {
  const own = trust.file === undefined ? further : [...further, await readCertificates(trust.file)];
  const rejectUnauthorized = trust.verify;
  if (!withSystem && own.length === 0) return { secureContext: tls.createSecureContext(), rejectUnauthorized };
  // `getCACertificates` came with Node 22.15; "default" includes NODE_EXTRA_CA_CERTS.
  const certificates = tls.getCACertificates
    ? [...tls.getCACertificates("default"), ...(withSystem ? tls.getCACertificates("system") : [])]
    : [...tls.rootCertificates];
  const secureContext = tls.createSecureContext({ ca: [...new Set([...certificates, ...own])] });
  return { secureContext, rejectUnauthorized };
}

async function readCertificates(file: string): Promise<string> {
  try {
    const text = await readFile(file, "utf8");
    new X509Certificate(text);
    return text;
  } catch (error) {
    const { syscall, code } = error as NodeJS.ErrnoException;
    const why = syscall === undefined ? "holds no certificate in PEM form" : `cannot be read (${code})`;
    const message = `The file of certificates ${file} ${why}.`;
    throw new AssistantError("tls", message, { reason: "certificate-file", retryable: false, cause: error });
  }
}
