/** Asks an HTTP proxy to let a connection through (CONNECT), and says what a proxy did that did not. */

import type { Socket } from "node:net";
import type { Client } from "undici";
import { defined } from "../../core/defined.ts";
import { AssistantError } from "../../core/errors.ts";
import { secretParts } from "../../core/key-forms.ts";
import { createRedactor } from "../../core/redactor.ts";
import { networkError } from "./network-error.ts";
import { type HttpProxy, portOf } from "./proxy.ts";

/** What may be over in a moment: the proxy is busy, or could not reach the server. */
const passing = new Set([408, 429, 502, 503, 504]);

/** Resolves when what is written to `socket`, a connection to `proxy`, reaches the server of `url`. */
export async function openTunnel(client: typeof Client, socket: Socket, proxy: HttpProxy, url: URL): Promise<void> {
  const authority = `${url.hostname}:${portOf(url)}`;
  const asking = new client(`${proxy.protocol}//${proxy.host}`, {
    // Not at once: undici overlooks a connection that is there while it is still asking for one.
    connect: (_options, callback) => queueMicrotask(() => callback(null, socket)),
    headersTimeout: 0,
  });
  const answer = await asking
    .connect({ path: authority, headers: { host: authority, ...proxyHeaders(proxy) } })
    .catch((error: unknown) => {
      throw proxyFailure(error, proxy, url);
    });
  if (answer.statusCode >= 200 && answer.statusCode < 300) return;
  socket.on("error", () => {}).destroy();
  throw proxyRefusal(answer.statusCode, answer.headers["proxy-authenticate"], proxy, url);
}

export function proxyHeaders({ authorization }: HttpProxy): Record<string, string> {
  return authorization === undefined ? {} : { "proxy-authorization": authorization };
}

/** The proxy answered, but not with what was asked for. */
export function proxyRefusal(
  status: number,
  challenge: string | string[] | undefined,
  proxy: HttpProxy,
  url: URL,
): AssistantError {
  const details = { host: url.host, proxy: proxy.host, status, retryable: passing.has(status) };
  // Some refuse a wrong password with the status of servers.
  if (status !== 407 && status !== 401) {
    const message = `The proxy ${proxy.host} does not let the connection to ${url.host} through (status ${status}).`;
    return new AssistantError("proxy", message, details);
  }
  const schemes = [challenge ?? []].flat().map((each) => each.split(" ", 1)[0] ?? "");
  // Anything else that stands there may repeat the password.
  const known = createRedactor(secretParts(proxy.authorization ?? ""))
    .value(schemes)
    .filter((scheme) => /^[A-Za-z][A-Za-z0-9-]{0,19}$/.test(scheme));
  const offer = known.length > 0 ? ` It takes: ${known.join(", ")}.` : "";
  const was = proxy.authorization === undefined ? "wants a name and password" : "does not accept the name and password";
  return new AssistantError("proxy", `The proxy ${proxy.host} ${was} (status ${status}).${offer}`, details);
}

/** There is no speaking to the proxy. */
export function proxyFailure(error: unknown, proxy: HttpProxy, url: URL): AssistantError {
  const { message, details, retryable, cause } = networkError(error, proxy.host, "connecting");
  const { reason } = details;
  return new AssistantError("proxy", `The proxy on the way to ${url.host} cannot be used. ${message}`, {
    host: url.host,
    proxy: proxy.host,
    retryable,
    ...defined({ reason }),
    cause,
  });
}
