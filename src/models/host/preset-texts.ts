/** What presets and their models are called where the name is no brand but words of a language. */
import { l10n } from "vscode";
import type { ModelConfig, ProviderConfig } from "../../providers/provider/provider.ts";
import { findPreset, type Preset } from "../catalog.ts";

export function presetName({ id, name }: Pick<Preset, "id" | "name">): string {
  return id === "chat-stream" ? l10n.t("Own backend (chat-stream)") : name;
}

/** In the person's language, as far as the names are the preset's and not from the settings. */
export function withPresetNames(config: ProviderConfig): ProviderConfig {
  const preset = config.preset === undefined ? undefined : findPreset(config.preset);
  if (preset === undefined) return config;
  const scripted = (model: ModelConfig): boolean => preset.scripted === true && preset.models.includes(model);
  return {
    ...config,
    name: config.name === preset.name ? presetName(preset) : config.name,
    models: config.models.map((model) => (scripted(model) ? { ...model, name: l10n.t("Scripted answers") } : model)),
  };
}
