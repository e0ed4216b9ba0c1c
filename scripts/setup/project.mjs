// Where things are in the project and how the set-up scripts talk: progress lines, and failures a person can act on.
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of package.json. */
export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");

/** Everything downloaded or written by start and test; safe to delete at any time. */
export const cache = join(root, ".vscode-test");

/** Makes a folder under the cache and gives its path. */
export function cacheFolder(...names) {
  const folder = join(cache, ...names);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** A name for something only this process uses, or that is not yet complete. */
export function ownName(name) {
  return `${name}.of-${process.pid}`;
}

/** Removes what processes left behind in a folder that were interrupted and are gone by now. */
export function removeAbandoned(folder) {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const owner = /\.of-(\d+)$/.exec(name)?.[1];
    if (owner && !alive(Number(owner))) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** One progress line: what is being done, in words. */
export function say(text) {
  const output = process.env.RUNNEL_PROGRESS === "stderr" ? process.stderr : process.stdout;
  output.write(`${text}\n`);
}

/** A failure that one sentence explains; the scripts print the sentence and no stack. */
export class SetupError extends Error {}

/** Runs a script's main function and turns its failure into one sentence and exit code 1. */
export async function main(body) {
  try {
    await body();
  } catch (error) {
    const understood = error instanceof SetupError || error?.code?.startsWith("ERR_PARSE_ARGS");
    process.stderr.write(`${understood ? error.message : (error?.stack ?? error)}\n`);
    process.exit(1);
  }
}

/** Tells whether an address answers at all within a few seconds, through the proxy of the environment where there is one. */
export async function reachable(address, milliseconds = 4000) {
  const { Agent, request } = await import("node:https");
  return new Promise((resolve) => {
    const probe = request(address, {
      method: "HEAD",
      agent: new Agent({ proxyEnv: process.env }),
      timeout: milliseconds,
    });
    const deadline = setTimeout(() => probe.destroy(new Error("too slow")), milliseconds);
    const answer = (yes) => {
      clearTimeout(deadline);
      probe.destroy();
      resolve(yes);
    };
    probe.once("response", (response) => answer((response.statusCode ?? 500) < 500));
    probe.once("error", () => answer(false));
    probe.end();
  });
}

/** Seconds since a moment of performance.now(), for progress lines. */
export function secondsSince(moment) {
  return `${((performance.now() - moment) / 1000).toFixed(1)} s`;
}
