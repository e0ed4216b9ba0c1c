/** API keys: kept in SecretStorage only, each bound to the origin it was entered for. */

import type { Memento, SecretStorage } from "vscode";
import { defined } from "../../core/defined.ts";
import { AssistantError, type ErrorReason } from "../../core/errors.ts";
import { storedStrings } from "../../core/stored.ts";
import { originOf } from "../../providers/provider/base-url.ts";
import { headerVariables, resolveHeaders } from "../../providers/provider/header-variables.ts";
import type { ProviderConfig, ResolvedHeaders } from "../../providers/provider/provider.ts";
import { findPreset } from "../catalog.ts";

export interface KeyStore {
  /**
   * The key for this provider at the origin of its base URL; undefined when it needs none. Read just before each
   * request and never kept. Throws `AssistantError` (missing-key) when there is none, or only one that was entered
   * for another origin, or one in a variable that may not go to this origin yet.
   */
  keyFor(config: ProviderConfig): Promise<string | undefined>;
  /**
   * The provider's own headers with what their variables hold, bound to origins as keys in variables are. Throws
   * `AssistantError` (missing-key) when a variable is not set, or may not go to this origin yet.
   */
  headersFor(config: ProviderConfig): Promise<ResolvedHeaders>;
  /** Whether a key for this provider at its present origin is there. */
  has(config: ProviderConfig): Promise<boolean>;
  /** Keeps `key` for this provider at its present origin, instead of any it had for other origins. */
  set(config: ProviderConfig, key: string): Promise<void>;
  /** The provider's environment variables that are set, but whose values may not go to its present origin yet. */
  unapproved(config: ProviderConfig): string[];
  /** Lets what the provider's environment variables hold go to its present origin. */
  approveEnvironmentKey(config: ProviderConfig): Promise<void>;
  /** The provider ids that have a saved key, also of providers that are in the settings no more. */
  ids(): Promise<string[]>;
  /** Forgets every key of this provider id, whatever the origin. Returns how many there were. */
  remove(providerId: string): Promise<number>;
}

const PREFIX = "key:";
const secretName = (providerId: string, origin: string): string => `${PREFIX}${providerId}@${origin}`;

export function createKeyStore(secrets: SecretStorage, approvals: Memento, environment: NodeJS.ProcessEnv): KeyStore {
  /** By the variable, since any provider may name it. */
  const approvalName = (variable: string): string => `keyOrigins:${variable}`;
  const approvedOrigins = (variable: string): string[] => storedStrings(approvals.get(approvalName(variable)), 1000);
  const namesOf = async (providerId: string): Promise<string[]> => {
    const names = await secrets.keys();
    return names.filter((name) => name.startsWith(`${PREFIX}${providerId}@`));
  };
  const missing = (config: ProviderConfig, message: string, reason?: ErrorReason, variable?: string): AssistantError =>
    new AssistantError("missing-key", message, {
      provider: config.id,
      host: new URL(config.baseUrl).host,
      ...defined({ reason, variable }),
    });

  /** A variable's key goes nowhere unasked but to the address that belongs to the preset, and that only at first. */
  const mayGo = (config: ProviderConfig, variable: string): boolean => {
    const origin = originOf(config.baseUrl);
    const approved = approvedOrigins(variable);
    if (approved.length > 0) return approved.includes(origin);
    const preset = config.preset === undefined ? undefined : findPreset(config.preset);
    return preset !== undefined && originOf(preset.baseUrl) === origin;
  };
  const approve = async (config: ProviderConfig, variable: string): Promise<void> => {
    const origins = new Set([...approvedOrigins(variable), originOf(config.baseUrl)]);
    await approvals.update(approvalName(variable), [...origins]);
  };
  /** Throws where what the variable holds may not go to the provider's present origin. */
  const admit = async (config: ProviderConfig, variable: string): Promise<void> => {
    const { host } = new URL(config.baseUrl);
    const message = `The key in ${variable} is sent to ${host} only when that is allowed`;
    if (!mayGo(config, variable)) throw missing(config, message, "key-not-allowed", variable);
    if (approvedOrigins(variable).length === 0) await approve(config, variable);
  };
  const fromVariable = (config: ProviderConfig): string | undefined =>
    config.apiKeyEnv === undefined ? undefined : environment[config.apiKeyEnv]?.trim();

  return {
    async keyFor(config) {
      const fromEnvironment = fromVariable(config);
      if (fromEnvironment && config.apiKeyEnv !== undefined) {
        await admit(config, config.apiKeyEnv);
        return fromEnvironment;
      }
      const key = await secrets.get(secretName(config.id, originOf(config.baseUrl)));
      if (key) return key;
      // A key for another origin means that the address was changed: even a server that needs none is not asked
      // silently then, because the person believes that it is the one they trusted with a key.
      const elsewhere = (await namesOf(config.id)).length > 0;
      if (elsewhere) {
        const { host } = new URL(config.baseUrl);
        const message = `The key of ${config.name} was entered for another address; it is not sent to ${host}`;
        throw missing(config, message, "key-for-other-origin");
      }
      if (config.needsKey) throw missing(config, `No key for ${config.name}`);
      return undefined;
    },
    async headersFor(config) {
      // What is missing is said first: there is nothing to allow then.
      const resolved = resolveHeaders(config, (name) => environment[name]);
      for (const variable of headerVariables(config.headers)) await admit(config, variable);
      return resolved;
    },
    async has(config) {
      if (fromVariable(config)) return mayGo(config, config.apiKeyEnv ?? "");
      return Boolean(await secrets.get(secretName(config.id, originOf(config.baseUrl))));
    },
    async set(config, key) {
      const name = secretName(config.id, originOf(config.baseUrl));
      await secrets.store(name, key);
      for (const other of await namesOf(config.id)) if (other !== name) await secrets.delete(other);
    },
    unapproved: (config) =>
      environmentVariables(config).filter((name) => environment[name]?.trim() && !mayGo(config, name)),
    async approveEnvironmentKey(config) {
      for (const variable of environmentVariables(config)) await approve(config, variable);
    },
    async ids() {
      const names = (await secrets.keys()).filter((name) => name.startsWith(PREFIX));
      return [...new Set(names.map((name) => name.slice(PREFIX.length, name.lastIndexOf("@"))))];
    },
    async remove(providerId) {
      const names = await namesOf(providerId);
      for (const name of names) await secrets.delete(name);
      return names.length;
    },
  };
}

/** The environment variables whose values this provider is sent. */
function environmentVariables(config: ProviderConfig): string[] {
  const names = headerVariables(config.headers);
  return config.apiKeyEnv === undefined ? names : [...new Set([config.apiKeyEnv, ...names])];
}
