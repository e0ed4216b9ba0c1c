/** Checks one entry of `runnel.providers`, which may be anything a person typed, and fills in what its preset knows. */
import * as v from "valibot";
import { defined } from "../core/defined.ts";
import { hostScope } from "../core/host-scope.ts";
import { isWebSocket, normalizeBaseUrl } from "../providers/provider/base-url.ts";
import type { ProviderConfig, WebSocketSettings } from "../providers/provider/provider.ts";
import { findPreset } from "./catalog.ts";
import type { ConfigProblem } from "./config-problem.ts";
import { defaultSocket, providerSchema, type WrittenProvider } from "./provider-schema.ts";
import { lowerCaseNames, problemsOf, written } from "./schema.ts";

export type ConfigResult = { ok: true; config: ProviderConfig } | { ok: false; problems: ConfigProblem[] };

/** Where people would write a key, which belongs in SecretStorage. */
const keyNames = ["apiKey", "key", "token"];

export function parseProviderConfig(value: unknown): ConfigResult {
  const entry = withModelNames(written(value));
  if (typeof entry !== "object" || entry === null || Array.isArray(entry))
    return { ok: false, problems: [{ code: "entry" }] };
  const { output, issues = [] } = v.safeParse(providerSchema, entry);
  const problems = problemsOf(issues);
  for (const field of keyNames) if (field in entry) problems.push({ code: "key", field });
  // What hangs together is looked at in any case, so that a person learns of everything at once.
  const wrong = new Set(issues.map(({ path }) => path?.[0]?.key));
  const sound = Object.entries(output as object).filter(([name]) => !wrong.has(name));
  const config = configOf(Object.fromEntries(sound), (field) => wrong.has(field), problems);
  return problems.length === 0 && config !== undefined ? { ok: true, config } : { ok: false, problems };
}

/** A model may be written as its id alone. */
function withModelNames(entry: unknown): unknown {
  if (typeof entry !== "object" || entry === null || !("models" in entry) || !Array.isArray(entry.models)) return entry;
  return {
    ...entry,
    models: entry.models.map((model: unknown) => (typeof model === "string" ? { id: model } : model)),
  };
}

/** Adds to `problems` what is wrong with fields because of others. Undefined when one is missing. */
function configOf(
  entry: Partial<WrittenProvider>,
  isWrong: (field: string) => boolean,
  problems: ConfigProblem[],
): ProviderConfig | undefined {
  const missing = (field: string): undefined => {
    if (!isWrong(field) && !isWrong("preset")) problems.push({ code: "missing", field });
  };
  const preset = entry.preset === undefined ? undefined : findPreset(entry.preset);
  const id = entry.id ?? entry.preset ?? missing("id");
  const protocol = entry.protocol ?? preset?.protocol ?? missing("protocol");
  const address = entry.baseUrl ?? preset?.baseUrl ?? missing("baseUrl");
  const baseUrl = typeof address === "string" ? readAddress(address, "baseUrl", problems) : undefined;
  if (id === undefined || protocol === undefined || baseUrl === undefined) return undefined;
  const isSocket = isWebSocket(new URL(baseUrl));
  if (isSocket !== (protocol === "websocket")) {
    problems.push({ code: "scheme", field: "baseUrl", scheme: isSocket ? "https:" : "wss:", protocol });
    return undefined;
  }
  if (entry.background === true && protocol !== "openai-responses")
    problems.push({ code: "protocol", field: "background", protocol: "openai-responses" });
  const websocket = isSocket ? socketOf(entry.websocket, baseUrl, problems) : undefined;
  const { apiKeyEnv, proxy, ca, rateLimit } = entry;
  return {
    id,
    name: entry.name ?? preset?.name ?? id,
    protocol,
    baseUrl,
    needsKey: entry.needsKey ?? preset?.needsKey ?? hostScope(new URL(baseUrl).hostname) === "public",
    headers: lowerCaseNames(entry.headers ?? {}),
    models: unique(entry.models ?? preset?.models ?? []),
    timeouts: { connect: 30, firstToken: 600, idle: 120, ...entry.timeouts },
    scripted: preset?.scripted ?? false,
    ...defined({ preset: preset?.id, keyUrl: preset?.keyUrl, apiKeyEnv, proxy, ca, rateLimit, websocket }),
    ...(entry.background === true ? { background: true } : {}),
  };
}

function readAddress(address: string, field: string, problems: ConfigProblem[]): string | undefined {
  const normalized = normalizeBaseUrl(address);
  if (normalized.ok) return normalized.baseUrl;
  problems.push({ code: "address", field, problem: normalized.problem });
  return undefined;
}

function unique<Model extends { id: string }>(models: readonly Model[]): Model[] {
  return models.filter(({ id }, index) => models.findIndex((model) => model.id === id) === index);
}

/** Makes sure that a key never leaves the host that it was entered for, and never goes less protected. */
function socketOf(
  written: WrittenProvider["websocket"],
  baseUrl: string,
  problems: ConfigProblem[],
): WebSocketSettings | undefined {
  const settings = { ...defaultSocket, ...written };
  const field = "websocket.fallbackBaseUrl";
  const own = new URL(baseUrl.replace(/^ws/, "http"));
  if (written?.fallbackBaseUrl === undefined) {
    // wss://host/v1/stream lies below https://host/v1.
    return { ...settings, fallbackBaseUrl: `${own.origin}${own.pathname.replace(/\/[^/]*$/, "")}` };
  }
  const fallbackBaseUrl = readAddress(written.fallbackBaseUrl, field, problems);
  if (fallbackBaseUrl === undefined) return undefined;
  const { protocol, host } = new URL(fallbackBaseUrl);
  if (host !== own.host) problems.push({ code: "other-host", field, host: own.host });
  else if (protocol !== own.protocol)
    problems.push({ code: "scheme", field, scheme: own.protocol, protocol: "websocket" });
  return { ...settings, fallbackBaseUrl };
}
