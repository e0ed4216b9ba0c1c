// Finds or gets a VS Code: one named by RUNNEL_VSCODE, one on the machine, the desktop build, or the server from npm.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { cache, reachable, root, SetupError, say } from "./project.mjs";
import { editorVersion, findServer } from "./server.mjs";

const windows = process.platform === "win32";
const mac = process.platform === "darwin";

/** Whether a desktop window can be shown at all. */
export const hasDisplay = windows || mac || Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY);

/**
 * Gives `{ kind: "desktop", executable }` or `{ kind: "server", node, serverMain }`.
 * `want` is "server", "desktop" (fails rather than falling back) or "any"; `installed` also takes the user's own VS Code.
 */
export async function findEditor({ want = "any", installed = false } = {}) {
  const named = namedEditor();
  const usable = named?.kind === "server" ? want !== "desktop" : want === "desktop" || (want === "any" && hasDisplay);
  if (named && usable) return announced(named, "named by RUNNEL_VSCODE");
  if (want === "server") return server();
  if (want === "any" && !hasDisplay) return server("there is no display");
  if (installed) {
    const own = installedEditor();
    if (own) return announced({ kind: "desktop", executable: own }, "found on this machine");
  }
  const desktop = await downloadedEditor();
  if (desktop) return announced({ kind: "desktop", executable: desktop }, `${editorVersion} desktop`);
  if (want === "any") return server("the desktop build cannot be downloaded here");
  throw new SetupError(
    "VS Code desktop could not be downloaded here: connect to the internet, or set RUNNEL_VSCODE to a VS Code executable.",
  );
}

function announced(editor, text) {
  say(`VS Code: ${text} (${editor.executable ?? editor.serverMain})`);
  return editor;
}

async function server(reason) {
  if (reason) say(`VS Code: the server from npm, as ${reason}`);
  return { kind: "server", node: process.execPath, serverMain: await findServer() };
}

/** RUNNEL_VSCODE may name an executable, the `code` command, a macOS application or a server's out/server-main.js. */
function namedEditor() {
  const path = process.env.RUNNEL_VSCODE;
  if (!path) return undefined;
  if (!existsSync(path)) {
    throw new SetupError(`RUNNEL_VSCODE names ${path}, which does not exist: correct it or unset it.`);
  }
  if (basename(path) === "server-main.js") return { kind: "server", node: process.execPath, serverMain: path };
  const executable = path.endsWith(".app") ? applicationExecutable(path) : executableOfCommand(path);
  if (!statSync(executable).isFile()) {
    throw new SetupError(`RUNNEL_VSCODE names ${path}, which is not a VS Code executable: correct it or unset it.`);
  }
  return { kind: "desktop", executable };
}

/** The VS Code people have: the `code` command of the PATH, or the usual places where no command was set up. */
function installedEditor() {
  // In a remote terminal `code` talks to a window elsewhere and cannot start one.
  if (process.env.VSCODE_IPC_HOOK_CLI) return undefined;
  const names = windows ? ["code.cmd", "Code.exe"] : ["code"];
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  const candidates = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  if (mac) candidates.push("/Applications/Visual Studio Code.app/Contents/Resources/app/bin/code");
  if (windows) candidates.push(join(process.env.LOCALAPPDATA ?? "", "Programs/Microsoft VS Code/bin/code.cmd"));
  const command = candidates.find((candidate) => existsSync(candidate));
  if (!command) return undefined;
  const { version, needed } = versions(command);
  if (version && older(version, needed)) {
    say(`VS Code ${version} on this machine is older than ${needed}, which Runnel needs: looking for another`);
    return undefined;
  }
  return executableOfCommand(command);
}

function versions(command) {
  const needed = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).engines.vscode.replace(/^\D+/, "");
  const asRoot = process.getuid?.() === 0 ? ["--no-sandbox", "--user-data-dir", join(cache, "version-check")] : [];
  const { stdout } = spawnSync(command, ["--version", ...asRoot], {
    encoding: "utf8",
    timeout: 15_000,
    shell: windows,
  });
  return { version: /^\d+\.\d+\.\d+/m.exec(stdout ?? "")?.[0], needed };
}

function older(version, needed) {
  const [major, minor] = version.split(".").map(Number);
  const [neededMajor, neededMinor] = needed.split(".").map(Number);
  return major < neededMajor || (major === neededMajor && minor < neededMinor);
}

/**
 * The program behind the `code` command: the command hands over to a process of its own and returns, so it can be neither
 * waited for nor ended. Where the program is not in its usual place, the command has to do.
 */
function executableOfCommand(path) {
  const folder = dirname(realpathSync(path));
  if (basename(folder) !== "bin") return path;
  if (mac) return applicationExecutable(join(folder, "../../../.."), path);
  return [join(folder, "..", windows ? "Code.exe" : "code")].find((file) => existsSync(file)) ?? path;
}

function applicationExecutable(application, otherwise) {
  const folder = join(application, "Contents/MacOS");
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const name = ["Electron", "Code", "Code - Insiders", "VSCodium"].find((candidate) => names.includes(candidate));
  return name ? join(folder, name) : (otherwise ?? application);
}

/** The desktop build in the cache, or downloaded where Microsoft's server answers. */
async function downloadedEditor() {
  const complete = (name) => name.startsWith("vscode-") && existsSync(join(cache, name, "is-complete"));
  const cached = existsSync(cache) && readdirSync(cache).some(complete);
  if (!cached && !(await reachable("https://update.code.visualstudio.com/api/releases/stable"))) return undefined;
  if (!cached) say(`Getting VS Code ${editorVersion} desktop (once) …`);
  try {
    const { downloadAndUnzipVSCode, SilentReporter } = await import("@vscode/test-electron");
    return await downloadAndUnzipVSCode({ version: editorVersion, cachePath: cache, reporter: new SilentReporter() });
  } catch (error) {
    say(`VS Code desktop could not be downloaded: ${error.message ?? error}`);
    return undefined;
  }
}
