/** The models on the disk of an Ollama: those that can chat, with their sizes. */
import { isObject, type Json } from "../json.ts";
import { modelEntries } from "../model-entries.ts";
import { parseModels } from "../models.ts";
import type { ModelInfo } from "../provider.ts";

/**
 * The context window is left out: what `/api/show` tells is the most that a model can be loaded with, which Ollama does
 * by far not do on its own, and to count on it would let the beginning of a conversation be cut off unseen.
 */
export function parseOllamaModels(body: unknown): ModelInfo[] {
  const able = modelEntries(body).filter((model) => !isObject(model) || canChat(model));
  return parseModels(able).map((model) => {
    const entry = able.find((each) => isObject(each) && (each.model ?? each.name) === model.id);
    const size = isObject(entry) ? entry.size : undefined;
    return typeof size === "number" && size > 0 ? { ...model, size } : model;
  });
}

/** False for models that only turn texts into vectors. */
function canChat({ capabilities, details }: Json): boolean {
  if (Array.isArray(capabilities)) return capabilities.includes("completion");
  return !(isObject(details) && typeof details.family === "string" && details.family.includes("bert"));
}
