/** What happens around an answer but must never end or lose it: pricing, booking, telling those who watch. */
import { AssistantError } from "../core/errors.ts";
import type { Logger } from "../core/logger.ts";
import type { Target } from "../core/target.ts";

/** What `work` gives; `otherwise` where it throws or rejects, which is logged as a defect with `what` failed. Never rejects. */
export async function guarded<T>(
  logger: Logger,
  what: string,
  otherwise: T,
  work: () => T | PromiseLike<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    logger.error(`${what} failed: ${wordsOf(error)}`);
    return otherwise;
  }
}

/** A defect of ours must not look like the provider's fault, but must end the turn all the same. */
export function asAssistantError(thrown: unknown, target: Target): AssistantError {
  if (thrown instanceof AssistantError) return thrown;
  return new AssistantError("malformed", wordsOf(thrown), {
    provider: target.provider,
    reason: "internal",
    cause: thrown,
  });
}

/** Anything can be thrown, also what cannot be made a string. */
function wordsOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  } catch {
    return "something that cannot be shown";
  }
}
