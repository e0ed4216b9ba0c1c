/** Opens the connection to the chosen model's server while a person writes; no key and no prompt goes over it. */
import type { ProviderConfig } from "../providers/provider/provider.ts";
import type { TurnEnvironment } from "../turn/turn-environment.ts";

export interface Preconnect {
  /** The composer got or lost the focus. */
  focused(): void;
  blurred(): void;
  /** Another model may be chosen now. */
  modelChanged(): void;
}

export interface PreconnectServices {
  /** The provider that the next question goes to. */
  chosen(): ProviderConfig | undefined;
  /** Whether nothing is missing for asking it. */
  isReady(config: ProviderConfig): Promise<boolean>;
  environment: Pick<TurnEnvironment, "transport" | "logger" | "now">;
}

/** Milliseconds; a person goes in and out of the composer all the time. */
const pause = 20_000;

export function createPreconnect({ chosen, isReady, environment }: PreconnectServices): Preconnect {
  const { transport, logger, now } = environment;
  const tried = new Map<string, number>();
  let hasFocus = false;

  async function connect(): Promise<void> {
    const config = chosen();
    // Where the key is still missing nothing can be asked, so nobody is called either.
    if (!config || !(await isReady(config))) return;
    const { host } = new URL(config.baseUrl);
    if (now() - (tried.get(host) ?? Number.NEGATIVE_INFINITY) < pause) return;
    tried.set(host, now());
    await transport.preconnect(config.baseUrl, config);
  }

  function begin(): void {
    connect().catch((error: unknown) => logger.debug(`Not connected ahead of need: ${error}`));
  }

  return {
    focused() {
      hasFocus = true;
      begin();
    },
    blurred() {
      hasFocus = false;
    },
    modelChanged() {
      if (hasFocus) begin();
    },
  };
}
