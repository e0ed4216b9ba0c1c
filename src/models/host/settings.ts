/** The person's settings, read past any workspace: a folder can never say where a key is sent. */
import * as v from "valibot";
import * as vscode from "vscode";
import { parseTarget, type Target } from "../../core/target.ts";
import type { Budget } from "../../money/budget.ts";
import { priceAddress } from "../../money/price-updates.ts";
import type { ProviderConfig } from "../../providers/provider/provider.ts";
import type { NetworkSettings } from "../../stream/transport/proxy.ts";
import { parseProviderConfig } from "../config.ts";
import type { ConfigProblem } from "../config-problem.ts";
import { settings } from "../settings-schema.ts";
import { withPresetNames } from "./preset-texts.ts";

export interface EntryProblem {
  /** Counted from 1. */
  entry: number;
  problem: ConfigProblem;
}

export const modelSettings = ["chatModel", "editModel", "commitModel", "failover"] as const;

/** A setting whose `value` is no "provider/model" of a provider that is there. */
export interface UnusableModel {
  setting: (typeof modelSettings)[number];
  value: string;
}

export interface Settings {
  providers: ProviderConfig[];
  /** What is wrong with entries of `runnel.providers` that cannot be used. */
  problems: EntryProblem[];
  /** Nothing else is asked in their place: that would be another company's model. */
  unusableModels: UnusableModel[];
  /** Undefined when none is chosen or it is not "provider/model". */
  chatModel: Target | undefined;
  /** Of edits and of commit messages; undefined = the chat model. */
  editModel: Target | undefined;
  commitModel: Target | undefined;
  /** Asked in this order when the chat model is unavailable. */
  failover: Target[];
  systemPrompt: string;
  temperature: number | undefined;
  maxOutputTokens: number | undefined;
  sendKey: "enter" | "ctrlEnter";
  /** Undefined when no limit is set. */
  budget: Budget | undefined;
}

/** The value from user settings or the default. The settings' scope keeps workspace values out; this keeps them out twice. */
export function readUserSetting(name: string, section = "runnel"): unknown {
  const found = vscode.workspace.getConfiguration(section).inspect(name);
  return found?.globalValue ?? found?.defaultValue;
}

/** The same for all of Runnel's at once, which takes VS Code no longer than one of them. */
function readAll(): Record<string, unknown> {
  const found = vscode.workspace.getConfiguration().inspect<Record<string, unknown>>("runnel");
  return { ...found?.defaultValue, ...found?.globalValue };
}

/** How the person's editor reaches the network; read for each request. */
export function readNetwork(): NetworkSettings {
  const proxy = readUserSetting("proxy", "http");
  const noProxy = readUserSetting("noProxy", "http");
  const authorization = readUserSetting("proxyAuthorization", "http");
  return {
    useProxy: readUserSetting("proxySupport", "http") !== "off",
    proxy: typeof proxy === "string" ? proxy : "",
    noProxy: Array.isArray(noProxy) ? noProxy.filter((entry) => typeof entry === "string") : [],
    proxyAuthorization: typeof authorization === "string" && authorization !== "" ? authorization : undefined,
    verifyCertificates: readUserSetting("proxyStrictSSL", "http") !== false,
    trustSystem: readUserSetting("systemCertificates", "http") !== false,
  };
}

/** Where newer prices are asked for; undefined = nowhere, which is the default. */
export function readPriceAddress(): string | undefined {
  return priceAddress(readUserSetting("priceUpdateUrl"));
}

export function readSettings(): Settings {
  const all = readAll();
  const { providers, problems } = checkProviders(all.providers);
  return {
    providers,
    problems,
    unusableModels: modelSettings.flatMap((setting) => unusableIn(setting, all[setting], providers)),
    chatModel: target(all.chatModel),
    editModel: target(all.editModel),
    commitModel: target(all.commitModel),
    failover: targets(all.failover),
    systemPrompt: v.parse(settings.systemPrompt.schema, all.systemPrompt),
    temperature: v.parse(settings.temperature.schema, all.temperature) ?? undefined,
    maxOutputTokens: v.parse(settings.maxOutputTokens.schema, all.maxOutputTokens) ?? undefined,
    sendKey: v.parse(settings.sendKey.schema, all.sendKey),
    budget: budgetOf(v.parse(settings.budget.schema, all.budget)),
  };
}

function target(value: unknown): Target | undefined {
  return typeof value === "string" ? parseTarget(value) : undefined;
}

/** A model that the provider does not list is usable all the same: lists are incomplete. */
function unusableIn(
  setting: UnusableModel["setting"],
  value: unknown,
  providers: readonly ProviderConfig[],
): UnusableModel[] {
  const named = Array.isArray(value) ? value : [value];
  return named
    .filter((each) => each !== undefined && each !== null && each !== "")
    .filter((each) => !providers.some(({ id }) => id === target(each)?.provider))
    .map((each) => ({ setting, value: String(each) }));
}

/** Undefined where nothing is limited. */
function budgetOf({
  currency,
  onExceeded,
  ...limits
}: v.InferOutput<typeof settings.budget.schema>): Budget | undefined {
  const set = Object.entries(limits).filter(([, amount]) => amount > 0);
  return set.length === 0 ? undefined : { currency, onExceeded, ...Object.fromEntries(set) };
}

/** The entries that read "provider/model"; others are left out. */
function targets(value: unknown): Target[] {
  const entries = Array.isArray(value) ? value : [];
  return entries.map(target).filter((each) => each !== undefined);
}

/** The usable entries in their order, and what is wrong with the others; of entries with one id the first counts. */
function checkProviders(value: unknown): Pick<Settings, "providers" | "problems"> {
  const providers: ProviderConfig[] = [];
  const problems: EntryProblem[] = [];
  if (!Array.isArray(value)) {
    const problem = { code: "list", field: "runnel.providers" } as const;
    return { providers, problems: value === undefined ? [] : [{ entry: 1, problem }] };
  }
  for (const [index, written] of value.entries()) {
    const result = parseProviderConfig(written);
    const entry = index + 1;
    if (!result.ok) problems.push(...result.problems.map((problem) => ({ entry, problem })));
    else if (providers.some(({ id }) => id === result.config.id)) {
      problems.push({ entry, problem: { code: "taken", id: result.config.id } });
    } else providers.push(withPresetNames(result.config));
  }
  return { providers, problems };
}

/** Opens the settings file at the providers: the settings page has no form for them. */
export async function openProviderSettings(): Promise<void> {
  await vscode.commands.executeCommand("workbench.action.openSettingsJson", {
    revealSetting: { key: "runnel.providers" },
  });
}

/** Entries of `runnel.providers` as written, for adding to them without touching what is there. */
export function rawProviders(): unknown[] {
  const value = readUserSetting("providers");
  return Array.isArray(value) ? value : [];
}

export async function writeSetting(name: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration("runnel").update(name, value, vscode.ConfigurationTarget.Global);
}
