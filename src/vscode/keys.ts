/** API keys: kept in SecretStorage only, each bound to the origin it was entered for. */
import type { Memento, SecretStorage } from "vscode";
import { AssistantError, type ErrorReason } from "../core/errors.ts";
import { storedStrings } from "../core/stored.ts";
import { originOf } from "../providers/base-url.ts";
import { findPreset } from "../providers/catalog.ts";
import type { ProviderConfig } from "../providers/provider.ts";

export interface KeyStore {
  /**
   * The key for this provider at the origin of its base URL; undefined when it needs none. Read just before each
   * request and never kept. Throws `AssistantError` (missing-key) when there is none, or only one that was entered
   * for another origin, or one in a variable that may not go to this origin yet.
   */
  keyFor(config: ProviderConfig): Promise<string | undefined>;
  /** Whether a key for this provider at its present origin is there. */
  has(config: ProviderConfig): Promise<boolean>;
  /** Keeps `key` for this provider at its present origin, instead of any it had for other origins. */
  set(config: ProviderConfig, key: string): Promise<void>;
  /** Lets the environment variable's key go to the provider's present origin. */
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
  const approvalName = (config: ProviderConfig): string => `keyOrigins:${config.apiKeyEnv}`;
  const approvedOrigins = (config: ProviderConfig): string[] =>
    storedStrings(approvals.get(approvalName(config)), 1000);
  const namesOf = async (providerId: string): Promise<string[]> => {
    const names = await secrets.keys();
    return names.filter((name) => name.startsWith(`${PREFIX}${providerId}@`));
  };
  const missing = (config: ProviderConfig, message: string, reason?: ErrorReason): AssistantError =>
    new AssistantError("missing-key", message, {
      provider: config.id,
      host: new URL(config.baseUrl).host,
      ...(reason === undefined ? {} : { reason }),
    });

  /** A variable's key goes nowhere unasked but to the address that belongs to the preset, and that only at first. */
  const mayGo = (config: ProviderConfig): boolean => {
    const origin = originOf(config.baseUrl);
    const approved = approvedOrigins(config);
    if (approved.length > 0) return approved.includes(origin);
    const preset = config.preset === undefined ? undefined : findPreset(config.preset);
    return preset !== undefined && originOf(preset.baseUrl) === origin;
  };
  const approve = async (config: ProviderConfig): Promise<void> => {
    const origins = new Set([...approvedOrigins(config), originOf(config.baseUrl)]);
    await approvals.update(approvalName(config), [...origins]);
  };
  const fromVariable = (config: ProviderConfig): string | undefined =>
    config.apiKeyEnv === undefined ? undefined : environment[config.apiKeyEnv]?.trim();

  return {
    async keyFor(config) {
      const variable = fromVariable(config);
      if (variable) {
        const { host } = new URL(config.baseUrl);
        const message = `The key in ${config.apiKeyEnv} is sent to ${host} only when that is allowed`;
        if (!mayGo(config)) throw missing(config, message, "key-not-allowed");
        if (approvedOrigins(config).length === 0) await approve(config);
        return variable;
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
    async has(config) {
      if (fromVariable(config)) return mayGo(config);
      return Boolean(await secrets.get(secretName(config.id, originOf(config.baseUrl))));
    },
    async set(config, key) {
      const name = secretName(config.id, originOf(config.baseUrl));
      await secrets.store(name, key);
      for (const other of await namesOf(config.id)) if (other !== name) await secrets.delete(other);
    },
    approveEnvironmentKey: approve,
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
