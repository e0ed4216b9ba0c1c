/** Checks one entry of `runnel.providers`, which may be anything a person typed, and fills in what its preset knows. */
import { hostScope } from "../core/host-scope.ts";
import { describe, isWebSocket, normalizeBaseUrl } from "./base-url.ts";
import { findPreset, listPresets } from "./catalog.ts";
import {
  isObject,
  readBoolean,
  readHeaders,
  readModels,
  readNetwork,
  readRateLimit,
  readText,
  readTimeouts,
  short,
} from "./config-fields.ts";
import { readWebSocket } from "./config-websocket.ts";
import { supportedProtocols } from "./create.ts";
import type { Protocol, ProviderConfig } from "./provider.ts";

export type ConfigResult = { ok: true; config: ProviderConfig } | { ok: false; problems: string[] };

export function parseProviderConfig(entry: unknown): ConfigResult {
  const problems: string[] = [];
  if (!isObject(entry))
    return { ok: false, problems: ['A provider must be an object such as { "preset": "deepseek" }.'] };
  const text = (name: string) => readText(entry, name, problems);

  const presetId = text("preset");
  const preset = presetId === undefined ? undefined : findPreset(presetId);
  if (presetId !== undefined && !preset) {
    problems.push(
      `There is no preset “${short(presetId)}”; there are ${listPresets()
        .map(({ id }) => id)
        .join(", ")}.`,
    );
  }
  const id = text("id") ?? presetId;
  if (id === undefined) problems.push("“id” is missing.");
  else if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(id)) {
    problems.push("“id” may hold letters, digits, dots, dashes and underscores only.");
  }
  for (const name of ["apiKey", "key", "token"]) {
    if (name in entry)
      problems.push(`“${name}” is not read: a key never belongs in settings. Use the command Set API Key.`);
  }

  const protocol = (text("protocol") as Protocol | undefined) ?? preset?.protocol;
  if (protocol === undefined) problems.push("“protocol” is missing; most servers speak “openai-chat”.");
  else if (!supportedProtocols().includes(protocol)) {
    problems.push(`“protocol” is “${short(protocol)}”, but must be one of ${supportedProtocols().join(", ")}.`);
  }
  const address = text("baseUrl") ?? preset?.baseUrl;
  let baseUrl = "";
  if (address === undefined) problems.push("“baseUrl” is missing, such as https://api.example.com/v1.");
  else {
    const normalized = normalizeBaseUrl(address);
    if (normalized.ok) baseUrl = normalized.baseUrl;
    else problems.push(describe(normalized.problem));
    if (normalized.ok && isWebSocket(new URL(baseUrl)) !== (protocol === "websocket")) {
      const scheme = protocol === "websocket" ? "wss" : "https";
      problems.push(`“baseUrl” must begin with ${scheme}:// for the protocol “${short(protocol ?? "")}”.`);
    }
  }
  const websocket = protocol === "websocket" ? readWebSocket(entry.websocket, baseUrl, problems) : undefined;

  const apiKeyEnv = text("apiKeyEnv");
  if (apiKeyEnv !== undefined && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(apiKeyEnv)) {
    problems.push("“apiKeyEnv” must be the name of an environment variable, not the key itself.");
  }
  const headers = readHeaders(entry.headers, problems);
  const network = readNetwork(entry, problems);
  const timeouts = readTimeouts(entry.timeouts, problems);
  const models = readModels(entry.models, problems) ?? preset?.models ?? [];
  const rateLimit = readRateLimit(entry.rateLimit, problems);
  const background = readBoolean(entry, "background", problems) ?? false;
  if (background && protocol !== "openai-responses") {
    problems.push("“background” needs the protocol “openai-responses”.");
  }
  const needsKey = readBoolean(entry, "needsKey", problems) ?? preset?.needsKey ?? looksPublic(baseUrl);

  if (problems.length > 0 || id === undefined || protocol === undefined) return { ok: false, problems };
  return {
    ok: true,
    config: {
      id,
      name: text("name") ?? preset?.name ?? id,
      protocol,
      baseUrl,
      needsKey,
      headers,
      ...network,
      models: [...models],
      timeouts,
      scripted: preset?.scripted ?? false,
      ...(preset ? { preset: preset.id } : {}),
      ...(preset?.keyUrl === undefined ? {} : { keyUrl: preset.keyUrl }),
      ...(apiKeyEnv === undefined ? {} : { apiKeyEnv }),
      ...(rateLimit === undefined ? {} : { rateLimit }),
      ...(background ? { background } : {}),
      ...(websocket === undefined ? {} : { websocket }),
    },
  };
}

/** Without a preset: a server on this machine or in the own network mostly wants no key, any other does. */
function looksPublic(baseUrl: string): boolean {
  return baseUrl !== "" && hostScope(new URL(baseUrl).hostname) === "public";
}
