/** What a provider is handed for one request of a turn: the key and headers, read just before, and what hides them again. */
import { defined } from "../core/defined.ts";
import type { Logger } from "../core/logger.ts";
import type { Purpose } from "../core/outcome.ts";
import type { StreamContext } from "../providers/provider/provider.ts";
import { redactorFor } from "../providers/provider/secrets.ts";
import { unlessAborted } from "../stream/transport/sleep.ts";
import type { Transport } from "../stream/transport/transport.ts";
import type { Candidate } from "./candidate.ts";

export interface RequestServices {
  transport: Transport;
  logger: Logger;
  signal: AbortSignal;
  purpose: Purpose;
  onSent?(): void;
}

/** Throws `AssistantError` when a key or a variable is missing or may not be sent, or the signal's reason. */
export async function contextFor(
  { provider, apiKey: readKey, headers: readHeaders }: Candidate,
  { transport, logger, signal, purpose, onSent }: RequestServices,
): Promise<StreamContext> {
  signal.throwIfAborted();
  const apiKey = await unlessAborted(readKey(), signal);
  const headers = readHeaders && (await unlessAborted(readHeaders(), signal));
  signal.throwIfAborted();
  const secrets = { transport, ...defined({ apiKey }), ...(headers && { headers }) };
  return {
    ...secrets,
    signal,
    logger,
    redactor: redactorFor(provider.config, secrets),
    // An edit goes into the person's own file, which may hold the key that they use.
    keepsText: purpose === "edit",
    ...(onSent && { onSent }),
  };
}
