/** Which servers of this protocol go on from the beginning of an answer, and how they are told that it is one. */
import { joinUrl, originOf } from "../provider/base-url.ts";
import type { ProviderConfig } from "../provider/provider.ts";

/** `flag`: `prefix` in the last message. `template`: vLLM's fields. `last`: that the last message is an answer is enough. */
export type PrefixDialect = "flag" | "template" | "last";

/** Undefined for servers that take a last answer for history, or of which nothing is known. */
export function prefixDialect(config: ProviderConfig): PrefixDialect | undefined {
  const { hostname } = new URL(config.baseUrl);
  if (isDeepSeek(config) || config.preset === "mistral" || hostname === "api.mistral.ai") return "flag";
  if (config.preset === "vllm") return "template";
  return config.preset === "llamacpp" ? "last" : undefined;
}

/** DeepSeek has it at another address of the same origin. */
export function prefixUrl(config: ProviderConfig): string {
  return isDeepSeek(config) ? joinUrl(originOf(config.baseUrl), "beta") : config.baseUrl;
}

function isDeepSeek({ preset, baseUrl }: ProviderConfig): boolean {
  return preset === "deepseek" || new URL(baseUrl).hostname === "api.deepseek.com";
}
