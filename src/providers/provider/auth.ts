/** The headers that carry a key, and the refusal to send one where others could read it. */
import { AssistantError } from "../../core/errors.ts";
import { mayCarryKey } from "./base-url.ts";
import { resolveHeaders } from "./header-variables.ts";
import type { Protocol, ProviderConfig, StreamContext } from "./provider.ts";
import { isSecretHeader } from "./secrets.ts";

/** Protocols that want the key in a header of their own; all others take a bearer token. */
const keyHeaders: { readonly [protocol in Protocol]?: string } = {
  anthropic: "x-api-key",
  // Google takes it in the URL too, where logs of servers and proxies would keep it.
  gemini: "x-goog-api-key",
};

/** The key's header and the provider entry's own headers. Throws `AssistantError` when the key may not be sent. */
export function requestHeaders(
  config: ProviderConfig,
  { apiKey, headers }: Pick<StreamContext, "apiKey" | "headers">,
): Record<string, string> {
  const key = checkedKey(config, apiKey);
  const own = ownHeaders(config, headers);
  if (key === undefined) return own;
  const name = keyHeaders[config.protocol];
  return { ...own, ...(name === undefined ? { authorization: `Bearer ${key}` } : { [name]: key }) };
}

/** The provider entry's own headers. Throws `AssistantError` when one of them is a secret that may not be sent. */
export function ownHeaders(config: ProviderConfig, resolved = resolveHeaders(config)): Record<string, string> {
  for (const [name, value] of Object.entries(resolved.values)) {
    const isSecret = isSecretHeader(name, value) || resolved.secrets.some((secret) => value.includes(secret));
    if (isSecret && !mayCarryKey(config.baseUrl)) throw insecure(config, `the header “${name}”`);
  }
  return { ...resolved.values };
}

/** The key as it may be sent to the provider's base URL, or undefined when there is none and none is needed. */
export function checkedKey(config: ProviderConfig, apiKey: string | undefined): string | undefined {
  const host = new URL(config.baseUrl).host;
  const key = apiKey?.trim();
  if (key === undefined || key === "") {
    if (!config.needsKey) return undefined;
    throw new AssistantError("missing-key", `${config.name} needs an API key.`, {
      host,
      provider: config.id,
      retryable: false,
    });
  }
  if (!mayCarryKey(config.baseUrl)) throw insecure(config, "the key");
  if (!/^[\x21-\x7e]+$/.test(key)) {
    const message = `The key for ${config.name} contains characters that no key has, such as spaces or full-width letters. Enter it again.`;
    throw new AssistantError("unauthorized", message, { host, provider: config.id, retryable: false });
  }
  return key;
}

function insecure(config: ProviderConfig, what: string): AssistantError {
  const { protocol, host } = new URL(config.baseUrl);
  const safe = protocol.replace(":", "s:");
  const message = `The address of ${config.name} is ${protocol}//, so others could read ${what} on its way. Use ${safe}//, or remove ${what}.`;
  return new AssistantError("bad-request", message, {
    host,
    provider: config.id,
    reason: "insecure-origin",
    retryable: false,
  });
}
