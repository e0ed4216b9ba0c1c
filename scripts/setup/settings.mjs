// Writes the editor's user settings, keeping what a person wrote there, comments included.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** What every window of ours starts with: no welcome page, no trust question, no other assistant, the right side bar open. */
export const quietSettings = {
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "visible",
  "security.workspace.trust.enabled": false,
  "chat.disableAIFeatures": true,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "git.openRepositoryInParentFolders": "never",
};

/** The settings as they are, an empty object when there are none. */
async function readSettings(file) {
  const { parse } = await import("jsonc-parser");
  return (existsSync(file) && parse(readFileSync(file, "utf8"))) || {};
}

/** Sets what `choose` gives for the present settings: pairs of a path (a key, or keys and indexes) and a value. */
export async function changeSettings(file, choose) {
  const { applyEdits, modify } = await import("jsonc-parser");
  let text = existsSync(file) ? readFileSync(file, "utf8") : "{}\n";
  for (const [path, value] of choose(await readSettings(file))) {
    const formattingOptions = { insertSpaces: true, tabSize: 2 };
    text = applyEdits(text, modify(text, [path].flat(), value, { formattingOptions }));
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
