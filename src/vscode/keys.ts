/** API keys: kept in SecretStorage only, each bound to the origin it was entered for. */
import type { Memento, SecretStorage } from "vscode";
import { AssistantError } from "../core/errors.ts";
import { originOf } from "../providers/base-url.ts";
import type { ProviderConfig } from "../providers/provider.ts";

export interface KeyStore {
  /**
   * The key for this provider at the origin of its base URL; undefined when it needs none. Read just before each
   * request and never kept. Throws `AssistantError` (missing-key) when there is none, or only one that was entered
   * for another origin.
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
  const approvalName = (config: ProviderConfig): string => `keyOrigin:${config.id}:${config.apiKeyEnv}`;
  const namesOf = async (providerId: string): Promise<string[]> => {
    const names = await secrets.keys();
    return names.filter((name) => name.startsWith(`${PREFIX}${providerId}@`));
  };
  const missing = (config: ProviderConfig, forOtherOrigin: boolean): AssistantError =>
    new AssistantError(
      "missing-key",
      forOtherOrigin
        ? `The key of ${config.name} was entered for another address; it is not sent to ${new URL(config.baseUrl).host}`
        : `No key for ${config.name}`,
      {
        provider: config.id,
        host: new URL(config.baseUrl).host,
        ...(forOtherOrigin ? { reason: "key-for-other-origin" } : {}),
      },
    );

  /** An environment variable's key is bound too: to the first origin that it was used for. */
  const fromEnvironment = async (config: ProviderConfig, key: string): Promise<string> => {
    const approved = approvals.get<string>(approvalName(config));
    if (approved === undefined) await approvals.update(approvalName(config), originOf(config.baseUrl));
    else if (approved !== originOf(config.baseUrl)) throw missing(config, true);
    return key;
  };

  return {
    async keyFor(config) {
      const fromVariable = config.apiKeyEnv === undefined ? undefined : environment[config.apiKeyEnv]?.trim();
      if (fromVariable) return fromEnvironment(config, fromVariable);
      const key = await secrets.get(secretName(config.id, originOf(config.baseUrl)));
      if (key) return key;
      // A key for another origin means that the address was changed: even a server that needs none is not asked
      // silently then, because the person believes that it is the one they trusted with a key.
      const elsewhere = (await namesOf(config.id)).length > 0;
      if (config.needsKey || elsewhere) throw missing(config, elsewhere);
      return undefined;
    },
    async has(config) {
      const fromVariable = config.apiKeyEnv === undefined ? undefined : environment[config.apiKeyEnv];
      return Boolean(fromVariable || (await secrets.get(secretName(config.id, originOf(config.baseUrl)))));
    },
    async set(config, key) {
      const name = secretName(config.id, originOf(config.baseUrl));
      await secrets.store(name, key);
      for (const other of await namesOf(config.id)) if (other !== name) await secrets.delete(other);
    },
    async approveEnvironmentKey(config) {
      await approvals.update(approvalName(config), originOf(config.baseUrl));
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
