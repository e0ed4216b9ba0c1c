/** `runnel.setApiKey` and `runnel.removeApiKey`. */
import * as vscode from "vscode";
import { TextInput } from "../../editor/surfaces/inputs.ts";
import { ask, showError, showInformation, showInStatusBar } from "../../editor/surfaces/messages.ts";
import { pickOne } from "../../editor/surfaces/picks.ts";
import { originOf } from "../../providers/provider/base-url.ts";
import type { ProviderConfig } from "../../providers/provider/provider.ts";
import { findPreset, keyProblem } from "../catalog.ts";
import type { KeyStore } from "./keys.ts";
import type { Models } from "./models.ts";

const { l10n } = vscode;

export interface KeyServices {
  keys: KeyStore;
  models: Models;
}

/** Asks for the key of a provider, or takes the one given. Returns false when the person gave up. */
export async function setApiKey(
  services: KeyServices,
  argument?: { provider?: string; key?: string },
): Promise<boolean> {
  const config = await providerFor(services, argument?.provider, l10n.t("Whose API key do you want to set?"));
  if (config === undefined) return false;
  const variables = variablesToApprove(services, config);
  if (variables.length > 0 && argument?.key === undefined) return approveVariables(services, config, variables);
  const key = argument?.key === undefined ? await askKey(config) : argument.key.trim();
  if (key === undefined) return false;
  const problem = problemText(config, key);
  if (problem !== undefined) {
    void showError(problem);
    return false;
  }
  await services.keys.set(config, key);
  showInStatusBar(l10n.t("The key for {0} is saved for {1}.", config.name, originOf(config.baseUrl)), 5000);
  return true;
}

export async function removeApiKey(services: KeyServices, argument?: { provider?: string }): Promise<void> {
  const nameOf = (id: string): string => services.models.config(id)?.name ?? id;
  const id = argument?.provider ?? (await pickSavedKey(await services.keys.ids(), nameOf));
  if (id === undefined) return;
  const count = await services.keys.remove(id);
  const name = nameOf(id);
  void showInformation(
    count > 0 ? l10n.t("The key for {0} is removed.", name) : l10n.t("There was no saved key for {0}.", name),
  );
}

async function pickSavedKey(ids: readonly string[], nameOf: (id: string) => string): Promise<string | undefined> {
  if (ids.length === 0) {
    void showInformation(l10n.t("There is no saved key."));
    return undefined;
  }
  const items = ids.map((id) => ({ label: nameOf(id), description: id, id }));
  return (await pickOne(items, { title: l10n.t("Whose API key do you want to remove?") }))?.id;
}

/** The key typed by the person, trimmed; undefined when they gave up. */
export async function askKey(config: ProviderConfig): Promise<string | undefined> {
  const input = new TextInput();
  input.title = l10n.t("API key for {0}", config.name);
  input.prompt = l10n.t("It is kept in the editor's secret storage and sent only to {0}.", originOf(config.baseUrl));
  input.password = true;
  input.ignoreFocusOut = true;
  if (config.keyUrl !== undefined) {
    input.buttons = [{ iconPath: new vscode.ThemeIcon("link-external"), tooltip: l10n.t("Get a key") }];
  }
  return new Promise((resolve) => {
    input.onDidTriggerButton(() => void vscode.env.openExternal(vscode.Uri.parse(config.keyUrl ?? "")));
    input.onDidChangeValue((value) => {
      input.problem = value === "" ? undefined : problemText(config, value.trim());
    });
    input.onDidAccept(() => {
      const key = input.value.trim();
      const problem = problemText(config, key);
      input.problem = problem;
      if (problem !== undefined) return;
      resolve(key);
      input.hide();
    });
    input.onDidHide(() => {
      resolve(undefined);
      input.dispose();
    });
    input.show();
  });
}

function problemText(config: ProviderConfig, key: string): string | undefined {
  const problem = keyProblem(config.preset === undefined ? undefined : findPreset(config.preset), key);
  switch (problem?.code) {
    case "empty":
      return l10n.t("Enter a key.");
    case "characters":
      return l10n.t("A key cannot contain spaces, quotes or non-ASCII characters.");
    case "short":
      return l10n.t(
        "A key of this provider has at least {0} characters; this one has {1}.",
        problem.least,
        problem.length,
      );
    case "prefix":
      return l10n.t("A key of this provider begins with “{0}”.", problem.prefix);
    case undefined:
      return undefined;
  }
}

/** Those that wait for it; where none does, the one that stands for the key, whose approval may be given again. */
function variablesToApprove({ keys }: KeyServices, config: ProviderConfig): string[] {
  const waiting = keys.unapproved(config);
  const { apiKeyEnv } = config;
  return waiting.length === 0 && apiKeyEnv !== undefined && process.env[apiKeyEnv]?.trim() ? [apiKeyEnv] : waiting;
}

/** What is in variables goes to a new address only when the person says so. */
async function approveVariables(
  services: KeyServices,
  config: ProviderConfig,
  variables: readonly string[],
): Promise<boolean> {
  const send = l10n.t("Send Key");
  const answer = await ask({
    text: l10n.t("Send the key in {0} to {1}?", variables.join(", "), originOf(config.baseUrl)),
    detail: l10n.t("The provider {0} in your settings names this variable and this address.", config.id),
    buttons: [send],
  });
  if (answer !== send) return false;
  await services.keys.approveEnvironmentKey(config);
  return true;
}

/** The provider with this id, or the one the person picks; an unknown id is said. */
async function providerFor(
  services: KeyServices,
  id: string | undefined,
  title: string,
): Promise<ProviderConfig | undefined> {
  const { providers } = services.models.settings;
  if (typeof id === "string") {
    const config = services.models.config(id);
    if (config === undefined) void showError(l10n.t("There is no provider “{0}” in runnel.providers.", id));
    return config;
  }
  if (providers.length === 0) {
    void vscode.commands.executeCommand("runnel.addProvider");
    return undefined;
  }
  const picked = await pickOne(
    providers.map((config) => ({ label: config.name, description: originOf(config.baseUrl), config })),
    { title },
  );
  return picked?.config;
}
