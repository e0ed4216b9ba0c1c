/** Looks for model servers on this machine, so that a first chat needs no set-up where one is running. */

import { parseProviderConfig } from "../providers/config.ts";
import { createProvider } from "../providers/create.ts";
import type { TurnEnvironment } from "../session/turn.ts";
import type { FoundServer } from "../shared/protocol.ts";

const PRESETS = ["ollama", "lmstudio", "llamacpp"];
/** Milliseconds; a server on this machine answers at once or is not there. */
const PATIENCE = 1500;

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
        return { preset, name: config.name, models: models.map((model) => model.id) };
      } catch {
        // Not there: exactly what was asked.
        return undefined;
      }
    }),
  );
  return found.filter((server) => server !== undefined);
}
