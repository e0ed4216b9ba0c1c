/** What OpenAI's rules depend on: whether it is OpenAI's own server, and whether the model reasons. */
import type { ProviderConfig } from "./provider.ts";

/** OpenAI itself or Azure, which follow OpenAI's newer rules; everyone else keeps the older ones. */
export function isOpenAI({ preset, baseUrl }: ProviderConfig): boolean {
  const host = new URL(baseUrl).hostname;
  return (
    preset === "openai" ||
    preset === "openai-responses" ||
    host === "api.openai.com" ||
    host.endsWith(".openai.azure.com")
  );
}

/** The id without the vendor that gateways put before it. */
export function bareModel(model: string): string {
  return model.slice(model.lastIndexOf("/") + 1).toLowerCase();
}

export function isReasoningModel(model: string): boolean {
  const bare = bareModel(model);
  return /^o\d/.test(bare) || (/^gpt-([5-9]|\d\d)/.test(bare) && !bare.includes("chat"));
}
