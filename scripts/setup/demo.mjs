// What `npm start` shows: the demo provider, the sample workspace, and settings that use them (or Ollama where it runs).
import { cpSync, existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { start, stop } from "./processes.mjs";
import { cache, ownName, root, SetupError } from "./project.mjs";
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
    const partial = ownName(folder);
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
 * Writes the settings a first start needs and, on later ones, only what changes by itself: where the demo provider listens,
 * and whether Ollama is there. Providers and models that the person chose stay. Gives the model now in use.
 */
export async function writeDemoSettings(file, demo, ollama) {
  const demoModel = `demo/${demo.models[0]}`;
  let model;
  await changeSettings(file, (present) => {
    const changes = Object.entries(quietSettings).filter(([key]) => !(key in present));
    const providers = Array.isArray(present["runnel.providers"]) ? present["runnel.providers"] : undefined;
    const place = (id) => providers?.findIndex((entry) => entry?.id === id) ?? -1;
    // Once the person has added a provider, the list is theirs.
    const ours = providers?.every((entry) => entry?.id === "demo" || entry?.id === "ollama") ?? true;
    const addsOllama = ours && Boolean(ollama) && place("ollama") < 0;
    // A made-up price, which the status bar calls one, so that costs can be seen at work.
    const price = { input: 0.5, output: 1.5, currency: "USD" };
    const models = demo.models.map((id) => ({ id, price }));
    if (!providers) changes.push(["runnel.providers", [{ id: "demo", preset: "demo", baseUrl: demo.url, models }]]);
    else if (place("demo") >= 0) changes.push([["runnel.providers", place("demo"), "baseUrl"], demo.url]);
    if (addsOllama) changes.push([["runnel.providers", providers?.length ?? 1], { id: "ollama", preset: "ollama" }]);
    model = present["runnel.chatModel"];
    const wasOllama = ours && String(model).startsWith("ollama/");
    if (model === undefined || (addsOllama && model === demoModel) || (wasOllama && !ollama)) {
      model = ours && ollama ? `ollama/${ollama}` : demoModel;
      changes.push(["runnel.chatModel", model]);
    }
    return changes;
  });
  return model;
}
