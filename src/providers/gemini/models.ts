/** The models that Gemini lists: those that can answer a chat, by their short names. */
import { isObject } from "../provider/json.ts";
import { modelEntries } from "../provider/model-entries.ts";
import { parseModels } from "../provider/models.ts";
import type { ModelInfo } from "../provider/provider.ts";

export function parseGeminiModels(body: unknown): ModelInfo[] {
  const able = modelEntries(body).filter((model) => {
    const methods = isObject(model) ? (model.supportedGenerationMethods ?? model.supportedActions) : undefined;
    // Gateways leave the methods out.
    return !Array.isArray(methods) || methods.includes("generateContent");
  });
  return parseModels(able).map(({ id, ...model }) => ({ id: id.replace(/^models\//, ""), ...model }));
}
