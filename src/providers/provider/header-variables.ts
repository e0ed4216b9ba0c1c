/** Environment variables in values of `headers`: `${env:NAME}` stands for what NAME holds, `$${env:NAME}` for itself. */
import { AssistantError } from "../../core/errors.ts";
import type { ProviderConfig, ResolvedHeaders } from "./provider.ts";

const reference = /\$(\$\{env:)|\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}|\$\{env:/g;
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/** The names of the variables in a value, or undefined when one of them is not written as it must be. */
export function variablesIn(value: string): string[] | undefined {
  const names: string[] = [];
  for (const [, escaped, name] of value.matchAll(reference)) {
    if (escaped !== undefined) continue;
    if (name === undefined) return undefined;
    names.push(name);
  }
  return names;
}

/** The names of all variables in the headers of a provider entry, each once. */
export function headerVariables(headers: ProviderConfig["headers"]): string[] {
  return [...new Set(Object.values(headers).flatMap((value) => variablesIn(value) ?? []))];
}

/**
 * What is sent. `read` gives what a variable holds; where it is absent, no header may name one. Throws `AssistantError`
 * (missing-key) for a variable that is not set, or that holds what no header can.
 */
export function resolveHeaders(config: ProviderConfig, read?: (name: string) => string | undefined): ResolvedHeaders {
  const secrets = new Set<string>();
  const resolve = (name: string): string => {
    const value = read?.(name)?.trim();
    if (!value) throw unusable(config, name, "is not set", "variable-not-set");
    if (!headerValue.test(value))
      throw unusable(config, name, "holds a line break or letters that no header can hold", "variable-unfit");
    secrets.add(value);
    return value;
  };
  const values: Record<string, string> = {};
  for (const [header, value] of Object.entries(config.headers)) {
    values[header] = value.replace(reference, (_match, escaped, name) => escaped ?? resolve(name ?? ""));
  }
  return { values, secrets: [...secrets] };
}

function unusable(
  { id, name, baseUrl }: ProviderConfig,
  variable: string,
  what: string,
  reason: "variable-not-set" | "variable-unfit",
): AssistantError {
  const message = `The environment variable ${variable}, which “headers” of ${name} names, ${what}. Nothing was sent.`;
  return new AssistantError("missing-key", message, { provider: id, host: new URL(baseUrl).host, variable, reason });
}
