/** Which values of a request are secret: its key, headers that look like one, what a variable held, the proxy's password. */
import { isPlaceholder, secretParts } from "../../core/key-forms.ts";
import { createRedactor, type Redactor } from "../../core/redactor.ts";
import type { HttpProxy } from "../../stream/transport/proxy.ts";
import type { ProviderConfig, StreamContext } from "./provider.ts";

const secretName =
  /(^|[-_.])(auth|authorization|authentication|bearer|cookie|credentials?|jwt|key|apikey|passw(or)?d|pwd|secret|session|signature|token)([-_.]|$)|(token|secret|password|api-?key)$/i;
const secretBeginning =
  /^((bearer|basic|token)\s|(sk|pk|rk|gsk|xai|hf|ghp|gho|ghs|glpat|nvapi|pplx|fw|r8)[-_]|github_pat_|xox[a-z]-|AIza|AKIA|eyJ[A-Za-z0-9_-]{8})/i;

/** True for a header that a person would not want others to read. */
export function isSecretHeader(name: string, value: string): boolean {
  const bare = value.trim().replace(/^(bearer|basic|token)\s+/i, "");
  if (bare === "" || isPlaceholder(bare)) return false;
  if (secretName.test(name)) return !/^(\d{1,6}|true|false)$/i.test(bare);
  return secretBeginning.test(value) || value.split(/[^A-Za-z0-9]+/).some(looksRandom);
}

/** Letters and digits mixed over more than a word's length, or many letters of both cases. */
function looksRandom(word: string): boolean {
  if (word.length < 16) return false;
  const digits = word.replace(/\D+/g, "").length;
  if (digits >= 3 && digits < word.length) return true;
  const turns = word.match(/[a-z][A-Z]|[A-Z][a-z]/g)?.length ?? 0;
  return word.length >= 24 && turns >= 6;
}

/** Makes the redactor of one request's secrets. Keeps nothing. */
export function redactorFor(
  config: ProviderConfig,
  context: Pick<StreamContext, "apiKey" | "headers" | "transport">,
): Redactor {
  const secrets: (string | undefined)[] = [context.apiKey];
  for (const [name, value] of Object.entries(context.headers?.values ?? config.headers)) {
    if (isSecretHeader(name, value)) secrets.push(...secretParts(value));
  }
  secrets.push(...(context.headers?.secrets ?? []));
  const authorization = proxyOf(config, context)?.authorization;
  if (authorization !== undefined) secrets.push(...secretParts(authorization));
  return createRedactor(secrets);
}

function proxyOf(config: ProviderConfig, { transport }: Pick<StreamContext, "transport">): HttpProxy | undefined {
  try {
    return transport.proxyTo(new URL(config.baseUrl), config);
  } catch {
    // The request itself tells what is wrong with the proxy.
    return undefined;
  }
}
