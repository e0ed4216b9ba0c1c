/** `runnel.addProvider`: preset, address, key, test and model on one guided path. */
import * as vscode from "vscode";
import { AssistantError, plainError } from "../../core/errors.ts";
import type { FoundServer } from "../../core/model-choice.ts";
import { askText } from "../../editor/surfaces/inputs.ts";
import { ask, showError, withNotification } from "../../editor/surfaces/messages.ts";
import { Pick, type PickItem } from "../../editor/surfaces/picks.ts";
import { normalizeBaseUrl } from "../../providers/provider/base-url.ts";
import type { ProviderConfig } from "../../providers/provider/provider.ts";
import { errorSentence } from "../../turn/host/error-texts.ts";
import type { TurnEnvironment } from "../../turn/turn-environment.ts";
import { findPreset, listPresets, type Preset } from "../catalog.ts";
import { askKey } from "./api-keys.ts";
import type { KeyStore } from "./keys.ts";
import { findLocalServers } from "./local-servers.ts";
import type { Models } from "./models.ts";
import { presetName } from "./preset-texts.ts";
import { addressProblem } from "./problem-words.ts";
import { pickModel } from "./select-model.ts";
import { rawProviders, writeSetting } from "./settings.ts";

const { l10n } = vscode;

export interface AddProviderServices {
  keys: KeyStore;
  models: Models;
  environment: TurnEnvironment;
}

/** What the webview and tests may already know: `{ preset, model }` adds without asking what is given. */
export interface AddProviderArgument {
  preset?: string;
  model?: string;
  baseUrl?: string;
}

export async function addProvider(services: AddProviderServices, argument: AddProviderArgument = {}): Promise<void> {
  const picked = argument.preset === undefined ? await pickPreset(services) : { preset: argument.preset, found: true };
  if (picked === undefined) return;
  const preset = picked.preset === "custom" ? undefined : findPreset(picked.preset);
  if (preset === undefined && picked.preset !== "custom") {
    void showError(l10n.t("There is no preset “{0}”.", picked.preset));
    return;
  }
  const baseUrl = argument.baseUrl ?? ("found" in picked ? preset?.baseUrl : await addressFor(preset));
  if (baseUrl === undefined) return;

  const id = freeId(services.models, preset, baseUrl);
  const entry: Record<string, unknown> = preset
    ? { id, preset: preset.id }
    : { id, name: new URL(baseUrl).host, protocol: "openai-chat" };
  if (preset === undefined || baseUrl !== preset.baseUrl) entry.baseUrl = baseUrl;
  const isNew = services.models.config(id) === undefined;
  if (isNew) await writeSetting("providers", [...rawProviders(), entry]);
  const config = await configured(services.models, id);
  if (config === undefined) return;

  const wantsKey = config.needsKey || preset === undefined;
  if (wantsKey && !(await services.keys.has(config)) && !(await enterKey(services, config, preset))) {
    // Half a provider would stand in the lists and only fail.
    if (isNew)
      await writeSetting(
        "providers",
        rawProviders().filter((each) => !hasId(each, id)),
      );
    return;
  }
  const target =
    argument.model === undefined ? await pickModel(services.models, config) : { provider: id, model: argument.model };
  if (target === undefined) return;
  await services.models.choose(target);
  await vscode.commands.executeCommand("runnel.openChat");
}

function hasId(entry: unknown, id: string): boolean {
  return typeof entry === "object" && entry !== null && (entry as { id?: unknown }).id === id;
}

/** `found`: it answers at the address that the preset knows, so that is not asked for. */
type PickedPreset = { preset: string } | { preset: string; found: true };

async function pickPreset(services: AddProviderServices): Promise<PickedPreset | undefined> {
  type Item = PickItem & PickedPreset;
  const pick = new Pick<Item>();
  pick.title = l10n.t("Add a provider");
  pick.placeholder = l10n.t("Where do you get your models?");
  pick.matchOnDescription = true;
  pick.busy = true;
  const fill = (found: readonly FoundServer[]): void => {
    pick.items = presetItems(found);
  };
  fill([]);
  void findLocalServers(services.environment).then((found) => {
    pick.busy = false;
    if (found.length > 0) fill(found);
  });
  const result = await new Promise<PickedPreset | undefined>((resolve) => {
    pick.onDidAccept(() => {
      const item = pick.selectedItems[0];
      if (item) resolve(item);
      pick.hide();
    });
    pick.onDidHide(() => resolve(undefined));
    pick.show();
  });
  pick.dispose();
  return result;
}

function presetItems(found: readonly FoundServer[]): (PickItem & PickedPreset)[] {
  const separator = (label: string) => ({ label, kind: vscode.QuickPickItemKind.Separator, preset: "" });
  const item = (preset: Preset) => ({
    label: presetName(preset),
    description: new URL(preset.baseUrl).host,
    preset: preset.id,
  });
  const running = new Set(found.map(({ preset }) => preset));
  const presets = listPresets().filter((preset) => !preset.scripted);
  const items = [];
  if (found.length > 0) {
    items.push(separator(l10n.t("running on this machine")));
    for (const server of found) {
      items.push({
        label: server.name,
        description: l10n.t("{0} models", server.models.length + (server.more ?? 0)),
        preset: server.preset,
        found: true as const,
      });
    }
  }
  items.push(separator(l10n.t("with your own key")), ...presets.filter(({ needsKey }) => needsKey).map(item));
  items.push(
    separator(l10n.t("on your own machines")),
    ...presets.filter(({ needsKey, id }) => !needsKey && !running.has(id)).map(item),
    separator(l10n.t("anything else")),
    {
      label: l10n.t("Another OpenAI-compatible server…"),
      description: l10n.t("a base URL and, where it wants one, a key"),
      preset: "custom",
    },
  );
  return items;
}

/** A known public address is not asked for; a server of one's own may be anywhere. */
async function addressFor(preset: Preset | undefined): Promise<string | undefined> {
  if (preset?.needsKey && preset.id !== "litellm") return preset.baseUrl;
  const typed = await askText({
    title: preset ? l10n.t("Address of {0}", presetName(preset)) : l10n.t("Base URL of the server"),
    prompt: l10n.t("The server's address. A whole endpoint, such as one that ends in /chat/completions, is fine too."),
    value: preset?.baseUrl ?? "https://",
    valueSelection: preset ? [0, preset.baseUrl.length] : [8, 8],
    ignoreFocusOut: true,
    validate: (value) => {
      const result = normalizeBaseUrl(value);
      return result.ok ? undefined : addressProblem(result.problem);
    },
  });
  if (typed === undefined) return undefined;
  const result = normalizeBaseUrl(typed);
  return result.ok ? result.baseUrl : undefined;
}

/** Asks for the key until the server takes it or the person uses it all the same; false when they gave up. */
async function enterKey(services: AddProviderServices, config: ProviderConfig, preset: Preset | undefined) {
  for (;;) {
    const key = preset === undefined ? await askOptionalKey(config.name) : await askKey(config);
    if (key === undefined) return false;
    if (key !== "") await services.keys.set(config, key);
    const refusal = await refusalOf(services, config);
    if (refusal === undefined) return true;
    const again = l10n.t("Enter Another Key");
    const anyway = l10n.t("Use It Anyway");
    const answer = await ask({ text: refusal, buttons: [again, anyway] });
    if (answer === anyway) return true;
    await services.keys.remove(config.id);
    if (answer !== again) return false;
  }
}

/** What the server says against the key when it is asked for its models; any other trouble is for later steps to tell. */
async function refusalOf({ models }: AddProviderServices, config: ProviderConfig): Promise<string | undefined> {
  return withNotification(l10n.t("Checking the key…"), async (signal) => {
    try {
      await models.list(config.id, signal);
      return undefined;
    } catch (error) {
      if (!(error instanceof AssistantError) || error.kind !== "unauthorized") return undefined;
      return errorSentence(plainError(error), { providerName: config.name, model: "", partial: false });
    }
  });
}

async function askOptionalKey(name: string): Promise<string | undefined> {
  return askText({
    title: l10n.t("API key for {0}", name),
    prompt: l10n.t("Leave empty if the server wants none. It is kept in the editor's secret storage."),
    password: true,
    ignoreFocusOut: true,
    validate: (value) =>
      value === "" || /^[\x21-\x7e]+$/.test(value.trim())
        ? undefined
        : l10n.t("A key cannot contain spaces, quotes or non-ASCII characters."),
  });
}

/** The preset's own id when it is free or already stands for the same address, else one with a number. */
function freeId(models: Models, preset: Preset | undefined, baseUrl: string): string {
  const wanted = preset?.id ?? new URL(baseUrl).hostname.replace(/[^A-Za-z0-9._-]/g, "-").slice(0, 40);
  for (let number = 1; ; number++) {
    const id = number === 1 ? wanted : `${wanted}-${number}`;
    const existing = models.config(id);
    if (existing === undefined || existing.baseUrl === baseUrl) return id;
  }
}

/** Settings are written asynchronously; the entry is there within a moment or something is wrong with it. */
async function configured(models: Models, id: string) {
  for (let turn = 0; turn < 40; turn++) {
    const config = models.config(id);
    if (config) return config;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  void showError(
    l10n.t("The provider could not be added to runnel.providers. Is there a mistake in your settings file?"),
  );
  return undefined;
}
