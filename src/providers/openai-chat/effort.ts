/** The level of thinking in the words of each chat-completions server. */
import type { Effort } from "../../core/message.ts";
import { effortWord, sentLevel } from "../provider/effort.ts";
import type { Json } from "../provider/json.ts";
import { bareModel } from "../provider/openai-model.ts";
import type { ProviderConfig } from "../provider/provider.ts";

/** These think unless this switch is off; levels they have in OpenAI's words, if at all. */
const switched = /deepseek|kimi|glm|mimo|ernie|^hy\d|doubao|minimax/;

/** Servers of one's own give it to the model's template. */
const templates = new Set(["vllm", "llamacpp"]);

export function encodeEffort(effort: Effort, model: string, { preset, baseUrl }: ProviderConfig): Json {
  const { hostname } = new URL(baseUrl);
  const word = effortWord(effort);
  if (preset === "openrouter" || hostname.endsWith("openrouter.ai")) return { reasoning: { effort: word } };
  if (word !== "none") return { reasoning_effort: word };
  if (preset !== undefined && templates.has(preset)) return { chat_template_kwargs: { enable_thinking: false } };
  if (hostname.endsWith("aliyuncs.com")) return { enable_thinking: false };
  return switched.test(bareModel(model)) ? { thinking: { type: "disabled" } } : { reasoning_effort: word };
}

/** The level in a body that `encodeEffort` has a part in. */
export function sentEffort(body: string): Effort | undefined {
  if (body.includes('"thinking":{"type":"disabled"}') || body.includes('"enable_thinking":false')) return "off";
  return (
    sentLevel(body, "reasoning_effort") ?? (body.includes('"reasoning":{') ? sentLevel(body, "effort") : undefined)
  );
}
