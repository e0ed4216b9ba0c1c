/** Checks one entry of `runnel.providers`, which may be anything a person typed, and fills in what its preset knows. */
import { defined } from "../core/defined.ts";
import { hostScope } from "../core/host-scope.ts";
import { supportedProtocols } from "../providers/create.ts";
import { isWebSocket, normalizeBaseUrl } from "../providers/provider/base-url.ts";
import type { Protocol, ProviderConfig } from "../providers/provider/provider.ts";
import { findPreset, listPresets } from "./catalog.ts";
import {
  isObject,
  own,
  readBoolean,
  readHeaders,
  readModels,
  readNetwork,
  readRateLimit,
  readText,
  readTimeouts,
  short,
} from "./config-fields.ts";
import type { ConfigProblem } from "./config-problem.ts";
import { readWebSocket } from "./config-websocket.ts";

export type ConfigResult = { ok: true; config: ProviderConfig } | { ok: false; problems: ConfigProblem[] };

export function parseProviderConfig(entry: unknown): ConfigResult {
  const problems: ConfigProblem[] = [];
  if (!isObject(entry)) return { ok: false, problems: [{ code: "entry" }] };
  const text = (name: string) => readText(entry, name, problems);

  const presetId = text("preset");
  const preset = presetId === undefined ? undefined : findPreset(presetId);
  if (presetId !== undefined && !preset) {
    const choices = listPresets().map((each) => each.id);
    problems.push({ code: "choice", field: "preset", value: short(presetId), choices });
  }
  const id = text("id") ?? presetId;
  const name = text("name");
  if (id === undefined) problems.push({ code: "missing", field: "id" });
  else if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(id)) {
    problems.push({ code: "characters", field: "id" });
  }
  for (const name of ["apiKey", "key", "token"]) {
    if (Object.hasOwn(entry, name)) problems.push({ code: "key", field: name });
  }

  const protocol = (text("protocol") as Protocol | undefined) ?? preset?.protocol;
  if (protocol === undefined) problems.push({ code: "missing", field: "protocol" });
  else if (!supportedProtocols().includes(protocol)) {
    problems.push({ code: "choice", field: "protocol", value: short(protocol), choices: supportedProtocols() });
  }
  const address = text("baseUrl") ?? preset?.baseUrl;
  let baseUrl = "";
  if (address === undefined) problems.push({ code: "missing", field: "baseUrl" });
  else {
    const normalized = normalizeBaseUrl(address);
    if (normalized.ok) baseUrl = normalized.baseUrl;
    else problems.push({ code: "address", field: "baseUrl", problem: normalized.problem });
    if (normalized.ok && isWebSocket(new URL(baseUrl)) !== (protocol === "websocket")) {
      const scheme = protocol === "websocket" ? "wss:" : "https:";
      problems.push({ code: "scheme", field: "baseUrl", scheme, protocol: short(protocol ?? "") });
    }
  }
  const websocket = protocol === "websocket" ? readWebSocket(own(entry, "websocket"), baseUrl, problems) : undefined;

  const apiKeyEnv = text("apiKeyEnv");
  if (apiKeyEnv !== undefined && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(apiKeyEnv)) {
    problems.push({ code: "variable", field: "apiKeyEnv" });
  }
  const headers = readHeaders(own(entry, "headers"), problems);
  const network = readNetwork(entry, problems);
  const timeouts = readTimeouts(own(entry, "timeouts"), problems);
  const models = readModels(own(entry, "models"), problems) ?? preset?.models ?? [];
  const rateLimit = readRateLimit(own(entry, "rateLimit"), problems);
  const background = readBoolean(entry, "background", problems) ?? false;
  if (background && protocol !== "openai-responses") {
    problems.push({ code: "protocol", field: "background", protocol: "openai-responses" });
  }
  const needsKey = readBoolean(entry, "needsKey", problems) ?? preset?.needsKey ?? looksPublic(baseUrl);

  if (problems.length > 0 || id === undefined || protocol === undefined) return { ok: false, problems };
  return {
    ok: true,
    config: {
      id,
      name: name ?? preset?.name ?? id,
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
      ...defined({ apiKeyEnv, rateLimit }),
      ...(background ? { background } : {}),
      ...defined({ websocket }),
    },
  };
}

/** Without a preset: a server on this machine or in the own network mostly wants no key, any other does. */
function looksPublic(baseUrl: string): boolean {
  return baseUrl !== "" && hostScope(new URL(baseUrl).hostname) === "public";
}
