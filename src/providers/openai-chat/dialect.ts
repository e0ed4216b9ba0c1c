/** What is known of a chat-completions server and a model before anything is asked of them. */
import { bareModel, isOpenAI, isReasoningModel } from "../provider/openai-model.ts";
import type { ProviderConfig } from "../provider/provider.ts";

export interface Dialect {
  isOpenAI: boolean;
  isMistral: boolean;
  isReasoningModel: boolean;
  /** Thinking of earlier turns goes back as `reasoning_content`. */
  wantsReasoning: boolean;
  /** It goes back as `reasoning_details`, which other servers refuse as an unknown field. */
  wantsDetails: boolean;
  /** Tool calls go back with Google's signature, which others refuse in turn. */
  wantsSignatures: boolean;
}

export function dialectOf(model: string, config: ProviderConfig): Dialect {
  const host = new URL(config.baseUrl).hostname;
  const bare = bareModel(model);
  return {
    isOpenAI: isOpenAI(config),
    isMistral: config.preset === "mistral" || host === "api.mistral.ai",
    isReasoningModel: isReasoningModel(model),
    wantsDetails: config.preset === "openrouter" || host.endsWith("openrouter.ai") || host === "ai-gateway.vercel.sh",
    wantsSignatures: host.endsWith("googleapis.com") || bare.includes("gemini"),
    // DeepSeek answers 400 when thinking is on, tools are used and earlier thinking does not come back.
    wantsReasoning:
      config.preset === "deepseek" || host.endsWith("deepseek.com") || /deepseek|kimi|glm-[4-9]/.test(bare),
  };
}
