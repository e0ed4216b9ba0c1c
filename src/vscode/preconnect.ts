/** Opens the connection to the chosen model's server while a person writes; no key and no prompt goes over it. */
import type { TurnEnvironment } from "../session/turn.ts";
import type { Models } from "./models.ts";

export interface Preconnect {
  /** The composer got or lost the focus. */
  focused(): void;
  blurred(): void;
  /** Perhaps: settings changed. */
  modelChanged(): void;
}

/** Milliseconds; a person goes in and out of the composer all the time. */
const pause = 20_000;

export function createPreconnect(services: { models: Models; environment: TurnEnvironment }): Preconnect {
  const { models, environment } = services;
  const lastTried = new Map<string, number>();
  let hasFocus = false;

  async function preconnect(): Promise<void> {
    const target = models.chosen;
    const config = target && models.config(target.provider);
    // Where the key is still missing nothing can be asked, so nobody is called either.
    if (!config || !(await models.isReady(config))) return;
    const { origin } = new URL(config.baseUrl);
    const now = environment.now();
    if (now - (lastTried.get(origin) ?? Number.NEGATIVE_INFINITY) < pause) return;
    lastTried.set(origin, now);
    await environment.transport.preconnect(config.baseUrl, config);
  }

  function begin(): void {
    preconnect().catch((error: unknown) => environment.logger.debug(`Not connected ahead of need: ${error}`));
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
