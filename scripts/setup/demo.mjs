// What `npm start` shows: the demo provider, the sample workspace, and settings that use them (or Ollama where it runs).
import { cpSync, existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { start, stop } from "./processes.mjs";
import { cache, root, SetupError } from "./project.mjs";
import { changeSettings, quietSettings } from "./settings.mjs";

const patience = 20_000;

/** Starts the demo provider and gives its `{ url, models }`. */
export async function startDemo() {
  const args = [join(root, "test/demo/server.mjs"), "--port", "0", "--with-parent"];
  // Its standard input stays open as long as we live: should we die without a word, it ends too.
  const child = start(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const ready = await new Promise((resolve, reject) => {
    const failed = (reason) => reject(new SetupError(`The demo provider (test/demo/server.mjs) ${reason}.`));
    const deadline = setTimeout(() => failed(`was not ready within ${patience / 1000} s`), patience);
    child.once("exit", (code) => failed(`ended with code ${code}`));
    child.once("error", (error) => failed(`could not be started (${error.message})`));
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (!line.startsWith("{")) return;
      clearTimeout(deadline);
      resolve(JSON.parse(line));
    });
  }).catch(async (error) => {
    await stop(child);
    throw error;
  });
  return { ...ready, child };
}

/** The folder to try things in: a copy of the sample workspace, made once, so that people's edits to it stay theirs. */
export function sampleWorkspace() {
  const folder = join(cache, "sample-workspace");
  if (!existsSync(folder)) {
    const partial = `${folder}.partial-${process.pid}`;
    rmSync(partial, { recursive: true, force: true });
    cpSync(join(root, "test/demo/workspace"), partial, { recursive: true });
    renameSync(partial, folder);
  }
  return folder;
}

/** The first model of an Ollama on this machine, or undefined. */
export async function ollamaModel() {
  try {
    const response = await fetch("http://127.0.0.1:11434/api/tags", { signal: AbortSignal.timeout(500) });
    return (await response.json()).models?.[0]?.name;
  } catch {
    return undefined;
  }
}

/**
 * Writes the settings a first start needs and, on later ones, only what changes by itself: where the demo provider listens.
 * Ollama becomes the model in use as long as the person has not chosen providers or a model of their own.
 */
export async function writeDemoSettings(file, demo, ollama) {
  await changeSettings(file, (present) => {
    const changes = Object.entries(quietSettings).filter(([key]) => !(key in present));
    const providers = present["runnel.providers"];
    const demoEntry = { id: "demo", preset: "demo", baseUrl: demo.url };
    const demoModel = `demo/${demo.models[0]}`;
    const untouched =
      !Array.isArray(providers) ||
      (providers.length === 1 && providers[0]?.id === "demo" && present["runnel.chatModel"] === demoModel);
    if (untouched) {
      const ollamaEntry = { id: "ollama", preset: "ollama" };
      changes.push(["runnel.providers", ollama ? [demoEntry, ollamaEntry] : [demoEntry]]);
      changes.push(["runnel.chatModel", ollama ? `ollama/${ollama}` : demoModel]);
      return changes;
    }
    const index = providers.findIndex((entry) => entry?.id === "demo");
    if (index >= 0) changes.push([["runnel.providers", index, "baseUrl"], demo.url]);
    return changes;
  });
}
