/** Tells when other windows write to the ledger, so that sums shown in this one follow. */
import { type FSWatcher, watch } from "node:fs";
import { mkdir } from "node:fs/promises";
import type { Logger } from "../core/logger.ts";

/** Milliseconds: what is written in one go is told once. */
const PAUSE = 200;

/** Milliseconds: a window that opens has other things to do. */
const BEGIN_AFTER = 3000;

/** Where the disk cannot be watched nothing is told; a window looks by itself when it comes to the front. */
export function watchLedger(
  folder: string,
  logger: Logger,
  onChange: () => void,
  beginAfter = BEGIN_AFTER,
): { dispose(): void } {
  let watcher: FSWatcher | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const begin = async (): Promise<void> => {
    await mkdir(folder, { recursive: true });
    if (isOver) return;
    watcher = watch(folder, { persistent: false }, (_event, name) => {
      if (name !== null && !name.endsWith(".jsonl")) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        onChange();
      }, PAUSE);
    });
    watcher.on("error", (error) => logger.debug(`The usage folder is no longer watched: ${error.message}`));
  };
  const beginning = setTimeout(
    () => void begin().catch((error) => logger.debug(`The usage folder is not watched: ${error}`)),
    beginAfter,
  );
  return {
    dispose() {
      isOver = true;
      clearTimeout(beginning);
      clearTimeout(timer);
      watcher?.close();
    },
  };
}
