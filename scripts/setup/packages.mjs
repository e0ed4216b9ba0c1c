// Makes node_modules match package-lock.json, then carries on under the Node 24 that is one of the packages.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./processes.mjs";
import { root, SetupError, say, secondsSince } from "./project.mjs";

const windows = process.platform === "win32";
const wanted = 24;
/** The oldest Node that runs TypeScript without flags, which is what the tests need; used only when Node 24 is missing. */
const oldest = [22, 18];
const packagedNode = join(root, "node_modules/node/bin", windows ? "node.exe" : "node");

/**
 * Call this first, with import.meta.url: it installs what is missing, and when the running Node is older than 24 it runs
 * the same script again under the packaged one and ends this process with its exit code.
 */
export async function prepare(script) {
  if (major() < 20) throw new SetupError(`Node ${process.versions.node} is too old: install Node 20 or later.`);
  const problem = staleness();
  if (problem) await install(problem);
  if (major() >= wanted) return;
  if (packagedNodeWorks()) return rerun(fileURLToPath(script));
  const [currentMajor, currentMinor] = process.versions.node.split(".").map(Number);
  if (currentMajor < oldest[0] || (currentMajor === oldest[0] && currentMinor < oldest[1])) {
    throw new SetupError(
      `Node ${wanted} did not come with the packages (are install scripts switched off?): run \`npm rebuild node --ignore-scripts=false\`, or use Node ${wanted} yourself.`,
    );
  }
  say(`Node ${wanted} did not come with the packages: going on with Node ${process.versions.node}`);
}

function major() {
  return Number.parseInt(process.versions.node, 10);
}

/** Why the installed packages cannot be used as they are, or undefined when they can. */
function staleness() {
  const modules = join(root, "node_modules");
  if (!existsSync(modules)) return "none are installed";
  // npm writes this file last: without it an installation was interrupted.
  if (!existsSync(join(modules, ".package-lock.json"))) return "an installation was interrupted";
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  for (const [folder, entry] of Object.entries(lock.packages)) {
    if (folder === "" || entry.optional || entry.link) continue;
    const found = installedVersion(join(root, folder, "package.json"));
    if (found !== entry.version) return `${folder.replace(/^.*node_modules\//, "")} is ${found ?? "missing"}`;
  }
  if (major() < wanted && !packagedNodeWorks()) return `Node ${wanted} is missing`;
  return undefined;
}

function installedVersion(manifest) {
  try {
    return JSON.parse(readFileSync(manifest, "utf8")).version;
  } catch {
    return undefined;
  }
}

function packagedNodeWorks() {
  const { stdout } = spawnSync(packagedNode, ["--version"], { encoding: "utf8" });
  return Number.parseInt(stdout?.slice(1) ?? "", 10) >= wanted;
}

async function install(reason) {
  say(`Installing packages (${reason}) …`);
  const begin = performance.now();
  const { code, output } = await npm(["ci", "--include=dev", "--no-audit", "--no-fund"], { cwd: root });
  if (code !== 0) {
    throw new SetupError(
      `${output.trim()}\nnpm ci failed: see above, mend it (often the network or the registry), and run this again.`,
    );
  }
  say(`Installing packages: done in ${secondsSince(begin)}`);
}

/** Runs npm with the Node that runs us, so that packages are chosen and their scripts run for that version. */
export function npm(args, options) {
  const client = process.env.npm_execpath;
  const folder = dirname(process.execPath);
  const env = { ...process.env, ...options?.env, PATH: `${folder}${delimiter}${process.env.PATH ?? ""}` };
  if (client && basename(client) === "npm-cli.js") return run(process.execPath, [client, ...args], { ...options, env });
  return run(windows ? "npm.cmd" : "npm", args, { ...options, env, shell: windows });
}

/** Never returns: the same script with the same arguments under the packaged Node, whose end is our end. */
function rerun(script) {
  const child = spawn(packagedNode, [...process.execArgv, script, ...process.argv.slice(2)], { stdio: "inherit" });
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, () => child.kill(name));
  child.once("exit", (code) => process.exit(code ?? 1));
  return new Promise(() => {});
}
