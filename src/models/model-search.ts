/** Finds models by what a person types, among as many as a server may list, in slices that leave the editor its turn. */
import { createSlices } from "../core/slices.ts";
import type { ModelInfo, ProviderConfig } from "../providers/provider/provider.ts";

/** The models of one provider: those of settings, then those that its server lists. */
export interface ModelGroup {
  config: ProviderConfig;
  models: readonly ModelInfo[];
}

export interface FoundModels {
  /** In the order of the groups; at most as many models as asked for in all of them together. */
  groups: ModelGroup[];
  /** How many match beside them. */
  more: number;
}

/** What settings say of a model goes before what its server says. Rejects with the signal's reason after an abort. */
export async function mergeModels(
  own: readonly ModelInfo[],
  listed: readonly ModelInfo[],
  signal?: AbortSignal,
): Promise<ModelInfo[]> {
  const slices = createSlices(signal);
  const known = new Map<string, ModelInfo>(own.map((model) => [model.id, model]));
  for (const [index, model] of listed.entries()) {
    if (index % CHUNK === CHUNK - 1) {
      const pause = slices.pause();
      if (pause) await pause;
    }
    known.set(model.id, { ...model, ...known.get(model.id) });
  }
  return [...known.values()];
}

/** Models between two looks at the clock. */
const CHUNK = 256;

/**
 * The first `most` models that hold each word of `typed` in their id, their name or their provider's name. `first` (a
 * provider's id and a model's) is among them whenever it matches.
 */
export async function findModels(
  groups: readonly ModelGroup[],
  typed: string,
  options: { most: number; first?: { provider: string; model: string } | undefined; signal?: AbortSignal },
): Promise<FoundModels> {
  const { most, first, signal } = options;
  const slices = createSlices(signal);
  const words = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const found: ModelGroup[] = [];
  let left = most;
  let matching = 0;
  let looked = 0;
  for (const { config, models } of groups) {
    const shown: ModelInfo[] = [];
    const provider = config.name.toLowerCase();
    for (const model of models) {
      if (++looked % CHUNK === 0) {
        const pause = slices.pause();
        if (pause) await pause;
      }
      if (!matches(model, provider, words)) continue;
      matching++;
      const isFirst = first?.model === model.id && first.provider === config.id;
      if (left <= 0 && !isFirst) continue;
      left--;
      if (isFirst) shown.unshift(model);
      else shown.push(model);
    }
    found.push({ config, models: shown });
  }
  return { groups: found, more: matching - found.reduce((sum, { models }) => sum + models.length, 0) };
}

function matches({ id, name }: ModelInfo, provider: string, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = `${id} ${name ?? ""}`.toLowerCase();
  return words.every((word) => text.includes(word) || provider.includes(word));
}

/** How many models there are in all. */
export function countModels(groups: readonly ModelGroup[]): number {
  return groups.reduce((sum, { models }) => sum + models.length, 0);
}
