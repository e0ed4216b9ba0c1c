/** The models on the disk of an Ollama: those that can chat, with their sizes. */
import { readNumber } from "../../core/foreign-number.ts";
import { isObject, type Json } from "../provider/json.ts";
import { modelEntries } from "../provider/model-entries.ts";
import { parseModels } from "../provider/models.ts";
import type { ModelInfo } from "../provider/provider.ts";

/**
 * The context window is left out: what `/api/show` tells is the most that a model can be loaded with, which Ollama does
 * by far not do on its own, and to count on it would let the beginning of a conversation be cut off unseen.
 */
export function parseOllamaModels(body: unknown): ModelInfo[] {
  const able = modelEntries(body).filter((model) => !isObject(model) || canChat(model));
  const sizes = new Map<unknown, unknown>();
  for (const entry of able) {
    const id = isObject(entry) ? (entry.model ?? entry.name) : undefined;
    if (isObject(entry) && !sizes.has(id)) sizes.set(id, entry.size);
  }
  return parseModels(able).map((model) => {
    const bytes = readNumber(sizes.get(model.id), Number.MAX_SAFE_INTEGER) ?? 0;
    return bytes > 0 ? { ...model, size: bytes } : model;
  });
}

/** False for models that only turn texts into vectors. */
function canChat({ capabilities, details }: Json): boolean {
  if (Array.isArray(capabilities)) return capabilities.includes("completion");
  return !(isObject(details) && typeof details.family === "string" && details.family.includes("bert"));
}
