/** The presets: what Runnel knows of each provider, so that a person gives a name and a key and nothing else. */
import type { ModelConfig, Protocol } from "../providers/provider/provider.ts";

export interface Preset {
  id: string;
  name: string;
  protocol: Protocol;
  baseUrl: string;
  needsKey: boolean;
  /** Where a person gets a key. */
  keyUrl?: string;
  /** What a key of this provider surely cannot be like, or undefined when it looks right. */
  checkKey?: (key: string) => KeyProblem | undefined;
  models: ModelConfig[];
  /** True for a scripted server on this machine that is no model. */
  scripted?: boolean;
}

/** `characters`: some that no key has, such as spaces or full-width letters. */
export type KeyProblem =
  | { code: "empty" }
  | { code: "characters" }
  | { code: "short"; least: number; length: number }
  | { code: "prefix"; prefix: string };

const shortest =
  (least: number) =>
  ({ length }: string): KeyProblem | undefined =>
    length < least ? { code: "short", least, length } : undefined;

const beginsWith =
  (prefix: string) =>
  (key: string): KeyProblem | undefined =>
    key.startsWith(prefix) ? undefined : { code: "prefix", prefix };

const holysheep = {
  needsKey: true,
  keyUrl: "https://www.holysheep.ai",
  // Its keys do not begin with "sk-".
  checkKey: shortest(20),
  models: [
    { id: "deepseek-chat", name: "DeepSeek Chat", contextWindow: 131_072 },
    { id: "deepseek/deepseek-chat-v3-0324", name: "DeepSeek V3 0324", contextWindow: 131_072 },
    { id: "gpt-4.1", name: "GPT-4.1", contextWindow: 1_047_576, maxOutputTokens: 32_768 },
    { id: "claude-sonnet-4-20250514", name: "Claude Sonnet 4", contextWindow: 200_000, maxOutputTokens: 64_000 },
  ],
};

/** Order is the order of the list a person picks from. */
const presets: readonly Preset[] = [
  {
    ...holysheep,
    id: "holysheep",
    name: "HolySheep",
    protocol: "openai-chat",
    baseUrl: "https://api.holysheep.ai/v1",
  },
  {
    ...holysheep,
    id: "holysheep-ws",
    name: "HolySheep (WebSocket)",
    protocol: "websocket",
    baseUrl: "wss://api.holysheep.ai/v1/stream",
  },
  {
    id: "deepseek",
    name: "DeepSeek",
    protocol: "openai-chat",
    baseUrl: "https://api.deepseek.com",
    needsKey: true,
    keyUrl: "https://platform.deepseek.com/api_keys",
    checkKey: beginsWith("sk-"),
    models: [
      { id: "deepseek-chat", name: "DeepSeek Chat", contextWindow: 131_072 },
      { id: "deepseek-reasoner", name: "DeepSeek Reasoner", contextWindow: 131_072 },
    ],
  },
  {
    id: "openai",
    name: "OpenAI",
    protocol: "openai-chat",
    baseUrl: "https://api.openai.com/v1",
    needsKey: true,
    keyUrl: "https://platform.openai.com/api-keys",
    checkKey: beginsWith("sk-"),
    models: [
      { id: "gpt-4.1", name: "GPT-4.1", contextWindow: 1_047_576, maxOutputTokens: 32_768 },
      { id: "gpt-4.1-mini", name: "GPT-4.1 mini", contextWindow: 1_047_576, maxOutputTokens: 32_768 },
      { id: "gpt-4o", name: "GPT-4o", contextWindow: 128_000, maxOutputTokens: 16_384 },
      { id: "gpt-5", name: "GPT-5", contextWindow: 400_000, maxOutputTokens: 128_000 },
    ],
  },
  {
    id: "openai-responses",
    name: "OpenAI (Responses)",
    protocol: "openai-responses",
    baseUrl: "https://api.openai.com/v1",
    needsKey: true,
    keyUrl: "https://platform.openai.com/api-keys",
    checkKey: beginsWith("sk-"),
    models: [
      { id: "gpt-5", name: "GPT-5", contextWindow: 400_000, maxOutputTokens: 128_000 },
      { id: "gpt-5-mini", name: "GPT-5 mini", contextWindow: 400_000, maxOutputTokens: 128_000 },
      { id: "o4-mini", name: "o4-mini", contextWindow: 200_000, maxOutputTokens: 100_000 },
      { id: "gpt-4.1", name: "GPT-4.1", contextWindow: 1_047_576, maxOutputTokens: 32_768 },
    ],
  },
  {
    id: "anthropic",
    name: "Anthropic",
    protocol: "anthropic",
    baseUrl: "https://api.anthropic.com",
    needsKey: true,
    keyUrl: "https://platform.claude.com/settings/keys",
    checkKey: beginsWith("sk-ant-"),
    models: [
      { id: "claude-sonnet-4-6", name: "Claude Sonnet 4.6", contextWindow: 200_000, maxOutputTokens: 64_000 },
      { id: "claude-opus-4-8", name: "Claude Opus 4.8", contextWindow: 200_000, maxOutputTokens: 64_000 },
      { id: "claude-haiku-4-5", name: "Claude Haiku 4.5", contextWindow: 200_000, maxOutputTokens: 64_000 },
    ],
  },
  {
    id: "gemini",
    name: "Google Gemini",
    protocol: "gemini",
    baseUrl: "https://generativelanguage.googleapis.com",
    needsKey: true,
    keyUrl: "https://aistudio.google.com/apikey",
    checkKey: shortest(20),
    models: [
      { id: "gemini-2.5-flash", name: "Gemini 2.5 Flash", contextWindow: 1_048_576, maxOutputTokens: 65_536 },
      { id: "gemini-2.5-pro", name: "Gemini 2.5 Pro", contextWindow: 1_048_576, maxOutputTokens: 65_536 },
      { id: "gemini-3-pro-preview", name: "Gemini 3 Pro", contextWindow: 1_048_576, maxOutputTokens: 65_536 },
    ],
  },
  {
    id: "ofox",
    name: "Ofox",
    protocol: "openai-chat",
    baseUrl: "https://api.ofox.ai/v1",
    needsKey: true,
    keyUrl: "https://ofox.ai",
    models: [
      { id: "openai/gpt-4o", name: "GPT-4o", contextWindow: 128_000, maxOutputTokens: 16_384 },
      { id: "openai/gpt-4.1", name: "GPT-4.1", contextWindow: 1_047_576, maxOutputTokens: 32_768 },
    ],
  },
  {
    id: "ofox-anthropic",
    name: "Ofox (Anthropic)",
    protocol: "anthropic",
    baseUrl: "https://api.ofox.ai/anthropic",
    needsKey: true,
    keyUrl: "https://ofox.ai",
    models: [
      { id: "anthropic/claude-sonnet-4.6", name: "Claude Sonnet 4.6", contextWindow: 200_000, maxOutputTokens: 64_000 },
    ],
  },
  {
    id: "openrouter",
    name: "OpenRouter",
    protocol: "openai-chat",
    baseUrl: "https://openrouter.ai/api/v1",
    needsKey: true,
    keyUrl: "https://openrouter.ai/settings/keys",
    checkKey: beginsWith("sk-or-"),
    models: [
      { id: "openai/gpt-4.1", name: "GPT-4.1", contextWindow: 1_047_576, maxOutputTokens: 32_768 },
      { id: "deepseek/deepseek-chat-v3-0324", name: "DeepSeek V3 0324", contextWindow: 163_840 },
    ],
  },
  {
    id: "litellm",
    name: "LiteLLM",
    protocol: "openai-chat",
    baseUrl: "http://localhost:4000/v1",
    needsKey: false,
    models: [],
  },
  {
    id: "ollama",
    name: "Ollama",
    protocol: "ollama",
    baseUrl: "http://localhost:11434",
    needsKey: false,
    models: [],
  },
  {
    id: "lmstudio",
    name: "LM Studio",
    protocol: "openai-chat",
    baseUrl: "http://localhost:1234/v1",
    needsKey: false,
    models: [],
  },
  {
    id: "llamacpp",
    name: "llama.cpp",
    protocol: "openai-chat",
    baseUrl: "http://localhost:8080/v1",
    needsKey: false,
    models: [],
  },
  {
    id: "vllm",
    name: "vLLM",
    protocol: "openai-chat",
    baseUrl: "http://localhost:8000/v1",
    needsKey: false,
    models: [],
  },
  {
    id: "chat-stream",
    name: "Own backend (chat-stream)",
    protocol: "chat-stream",
    baseUrl: "http://localhost:8000",
    needsKey: false,
    models: [{ id: "default" }],
  },
  {
    id: "groq",
    name: "Groq",
    protocol: "openai-chat",
    baseUrl: "https://api.groq.com/openai/v1",
    needsKey: true,
    keyUrl: "https://console.groq.com/keys",
    checkKey: beginsWith("gsk_"),
    models: [
      { id: "openai/gpt-oss-120b", name: "GPT-OSS 120B", contextWindow: 131_072, maxOutputTokens: 65_536 },
      { id: "llama-3.3-70b-versatile", name: "Llama 3.3 70B", contextWindow: 131_072, maxOutputTokens: 32_768 },
    ],
  },
  {
    id: "mistral",
    name: "Mistral",
    protocol: "openai-chat",
    baseUrl: "https://api.mistral.ai/v1",
    needsKey: true,
    keyUrl: "https://console.mistral.ai/api-keys",
    models: [
      { id: "mistral-small-latest", name: "Mistral Small", contextWindow: 131_072 },
      { id: "codestral-latest", name: "Codestral", contextWindow: 256_000 },
    ],
  },
  {
    id: "xai",
    name: "xAI",
    protocol: "openai-chat",
    baseUrl: "https://api.x.ai/v1",
    needsKey: true,
    keyUrl: "https://console.x.ai",
    checkKey: beginsWith("xai-"),
    models: [{ id: "grok-3-mini", name: "Grok 3 mini", contextWindow: 131_072 }],
  },
  {
    id: "demo",
    name: "Demo",
    protocol: "openai-chat",
    baseUrl: "http://127.0.0.1:0/v1",
    needsKey: false,
    models: [{ id: "demo", name: "Scripted answers", contextWindow: 8_192 }],
    scripted: true,
  },
];

const byId = new Map(presets.map((preset) => [preset.id, preset]));

export function listPresets(): readonly Preset[] {
  return presets;
}

export function findPreset(id: string): Preset | undefined {
  return byId.get(id);
}

/** What is surely wrong with a key before it is ever sent; undefined when nothing is. */
export function keyProblem(preset: Preset | undefined, key: string): KeyProblem | undefined {
  const trimmed = key.trim();
  if (trimmed === "") return { code: "empty" };
  // Header values carry visible ASCII only.
  if (!/^[\x21-\x7e]+$/.test(trimmed)) return { code: "characters" };
  return preset?.checkKey?.(trimmed);
}
