/** Parts of Runnel that are loaded when they are first needed, so that activation does not wait for them. */
import { l10n } from "vscode";

/** Loads and makes a part once; where that fails, the next need tries again. */
export function onDemand<Part>(make: () => Promise<Part>): () => Promise<Part> {
  let making: Promise<Part> | undefined;
  return () => {
    making ??= make().catch((cause: unknown) => {
      making = undefined;
      throw new Error(`${notLoadedText()} (${cause instanceof Error ? cause.message : cause})`, { cause });
    });
    return making;
  };
}

/** An update takes the files of the older version away, which a window may still be using. */
export function notLoadedText(): string {
  return l10n.t("A part of Runnel could not be loaded. If Runnel was updated meanwhile, reload the window.");
}
