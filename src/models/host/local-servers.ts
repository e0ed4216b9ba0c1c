/** Looks for model servers on this machine, so that a first chat needs no set-up where one is running. */

import type { FoundServer } from "../../core/model-choice.ts";
import { createProvider } from "../../providers/create.ts";
import type { TurnEnvironment } from "../../turn/turn-environment.ts";
import { parseProviderConfig } from "../config.ts";

const PRESETS = ["ollama", "lmstudio", "llamacpp"];
/** Milliseconds; a server on this machine answers at once or is not there. */
const PATIENCE = 1500;
/** The rest is found by the picker of models. */
const MOST_SHOWN = 200;

/** Those that answer with at least one model, in the order of `PRESETS`. Nothing but a list of models is asked for. */
export async function findLocalServers(
  environment: Pick<TurnEnvironment, "transport" | "logger">,
): Promise<FoundServer[]> {
  const found = await Promise.all(
    PRESETS.map(async (preset): Promise<FoundServer | undefined> => {
      const parsed = parseProviderConfig({ id: preset, preset });
      if (!parsed.ok) return undefined;
      const { config } = parsed;
      try {
        const models = await createProvider(config).listModels({
          ...environment,
          signal: AbortSignal.timeout(PATIENCE),
        });
        if (models.length === 0) return undefined;
        const shown = models.slice(0, MOST_SHOWN).map((model) => model.id);
        const more = models.length - shown.length;
        return { preset, name: config.name, models: shown, ...(more > 0 ? { more } : {}) };
      } catch {
        // Not there: exactly what was asked.
        return undefined;
      }
    }),
  );
  return found.filter((server) => server !== undefined);
}

/** Milliseconds; a server may have been started since the last look. */
const LOOK_AGAIN = 20_000;

/** What was found at the last look; `onChange` is told when that is something else than before. */
export class LocalServers {
  found: FoundServer[] = [];
  #lookedAt = Number.NEGATIVE_INFINITY;
  readonly #environment: Pick<TurnEnvironment, "transport" | "logger" | "now">;
  readonly #onChange: () => void;

  constructor(environment: Pick<TurnEnvironment, "transport" | "logger" | "now">, onChange: () => void) {
    this.#environment = environment;
    this.#onChange = onChange;
  }

  look(): void {
    const { now } = this.#environment;
    if (now() - this.#lookedAt < LOOK_AGAIN) return;
    this.#lookedAt = now();
    void findLocalServers(this.#environment).then((found) => {
      const changed = JSON.stringify(found) !== JSON.stringify(this.found);
      this.found = found;
      if (changed) this.#onChange();
    });
  }
}
