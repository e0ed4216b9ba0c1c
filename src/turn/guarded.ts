/** What happens around an answer but must never end or lose it: pricing, booking, telling those who watch. */
import { describeDefect } from "../core/defect.ts";
import type { Logger } from "../core/logger.ts";

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
    logger.error(`${what} failed: ${describeDefect(error)}`);
    return otherwise;
  }
}
