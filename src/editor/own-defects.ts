/** Brings every defect of Runnel's own into its log: of commands, and of promises that nobody waits for. */
import { sep } from "node:path";
import type { Disposable } from "vscode";
import { describeDefect } from "../core/defect.ts";
import { AssistantError, logged } from "../core/errors.ts";
import type { Logger } from "../core/logger.ts";

/** One line for an error that a person meets, the stack for a defect; never what was typed or answered. */
export function logError(logger: Logger, where: string, error: unknown): void {
  const isKnown = error instanceof AssistantError && error.details.reason !== "internal";
  logger.error(
    `${where}: ${isKnown ? logged(error) : describeDefect(error instanceof AssistantError ? (error.cause ?? error) : error)}`,
  );
}

/** The same command; what it throws is in the log before VS Code shows it. */
export function loggedCommand<Arguments extends unknown[]>(
  logger: Logger,
  id: string,
  run: (...args: Arguments) => unknown,
): (...args: Arguments) => Promise<unknown> {
  return async (...args) => {
    try {
      return await run(...args);
    } catch (error) {
      logError(logger, id, error);
      throw error;
    }
  };
}

/** Watches the promises of the whole extension host, and logs of those that fail the ones of the files in `folder`. */
export function watchRejections(folder: string, logger: Logger): Disposable {
  const inside = `${folder}${sep}`;
  const listener = (reason: unknown): void => {
    if (reason instanceof Error && reason.stack?.includes(inside)) logError(logger, "Unhandled", reason);
  };
  process.on("unhandledRejection", listener);
  return { dispose: () => void process.off("unhandledRejection", listener) };
}
