// Opens VS Code with the extension in development mode: the server for a browser, or the desktop. Used by start and by the tests.
import { randomBytes } from "node:crypto";
import { cpSync, createWriteStream, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { start, stop } from "./processes.mjs";
import { root, SetupError } from "./project.mjs";

const host = "127.0.0.1";
const patience = 60_000;

/**
 * Starts a VS Code server on loopback with its own data folder, which holds the user settings (see settingsFile). Without a
 * port, or when the wanted one is taken, a free one is used. `reconnectSeconds` is how long the extension host of a window
 * that went away without a word waits for it (three hours by default). What the server logs goes to server.log.
 */
export async function startServer({ editor, dataDir, port = 0, locale, env, onLine, reconnectSeconds }) {
  mkdirSync(join(dataDir, "data/User"), { recursive: true });
  const tokenFile = join(dataDir, "token");
  if (!existsSync(tokenFile)) writeFileSync(tokenFile, randomBytes(24).toString("base64url"), { mode: 0o600 });
  const token = readFileSync(tokenFile, "utf8");
  if (locale) writeLanguagePack(dataDir, locale);
  const args = [editor.serverMain, "--host", host, "--port", String(port && (await free(port)) ? port : 0)];
  // Without a token every page in the user's browser could reach the server, and run programs through it.
  args.push("--connection-token-file", tokenFile, "--accept-server-license-terms", "--server-data-dir", dataDir);
  // The smoke test driver is what makes the server accept an extension in development.
  args.push("--enable-smoke-test-driver", "--disable-telemetry", "--disable-experiments");
  if (reconnectSeconds) args.push("--reconnection-grace-time", String(reconnectSeconds));
  if (locale) args.push("--locale", locale);
  const child = start(editor.node, args, { env: editorEnvironment(env) });
  const log = createWriteStream(join(dataDir, "server.log"));
  const listening = await new Promise((resolve, reject) => {
    let text = "";
    const failed = (reason) => {
      clearTimeout(deadline);
      reject(new SetupError(`The VS Code server ${reason}:\n${text.trim()}`));
    };
    const deadline = setTimeout(() => failed(`did not start within ${patience / 1000} s`), patience);
    const read = (chunk) => {
      log.write(chunk);
      for (const line of chunk.split("\n")) onLine?.(line);
      text = (text + chunk).slice(-4000);
      const found = /listening on (\d+)/.exec(text)?.[1];
      if (found) {
        clearTimeout(deadline);
        resolve(Number(found));
      }
      if (text.includes("EADDRINUSE")) failed("found its port taken");
    };
    child.stdout.setEncoding("utf8").on("data", read);
    child.stderr.setEncoding("utf8").on("data", read);
    child.once("exit", (code) => failed(`ended with code ${code}`));
    child.once("error", (error) => failed(`could not be started (${error.message})`));
  }).catch(async (error) => {
    await stop(child);
    throw error;
  });
  return { port: listening, token, child, stop: () => stop(child) };
}

/** Where a window's user settings are: of the server, or of a desktop's user data folder. */
export function settingsFile(dataDir, kind) {
  return kind === "server" ? join(dataDir, "data/User/settings.json") : join(dataDir, "User/settings.json");
}

/**
 * Installs a helper extension of ours beside the one in development, by listing it as VS Code does: the address of a window
 * takes a single extension in development. It works for servers and desktops alike, before they start.
 */
export function installHelper(dataDir, folder) {
  const extensions = join(dataDir, "extensions");
  const list = join(extensions, "extensions.json");
  const { publisher, name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const id = `${publisher}.${name}`;
  const relativeLocation = `${id}-${version}`;
  const place = join(extensions, relativeLocation);
  cpSync(folder, place, { recursive: true });
  const location = { $mid: 1, path: pathToFileURL(place).pathname, scheme: "file" };
  const present = existsSync(list) ? JSON.parse(readFileSync(list, "utf8")) : [];
  const others = present.filter((extension) => extension.identifier.id !== id);
  writeFileSync(list, JSON.stringify([...others, { identifier: { id }, version, location, relativeLocation }]));
}

/**
 * The address of a window on a folder, with Runnel in development unless told otherwise. `tests` is a module whose run() the
 * extension host calls.
 */
export function workbenchUrl({ server, folder, tests, development = true }) {
  const { port, token } = server;
  const remote = (path) => `vscode-remote://${host}:${port}${pathToFileURL(path).pathname}`;
  const payload = development ? [["extensionDevelopmentPath", remote(root)]] : [];
  if (tests) payload.push(["extensionTestsPath", remote(tests)]);
  const url = new URL(`http://${host}:${port}/`);
  url.searchParams.set("tkn", token);
  url.searchParams.set("folder", decodeURIComponent(pathToFileURL(folder).pathname));
  url.searchParams.set("payload", JSON.stringify(payload));
  return url.href;
}

/** The command line of a desktop window: own user data and extensions, so that nothing of the user's own VS Code is touched. */
export function desktopArguments({ dataDir, folder }) {
  const args = [folder, "--user-data-dir", dataDir, "--extensions-dir", join(dataDir, "extensions")];
  args.push(
    `--extensionDevelopmentPath=${root}`,
    "--new-window",
    "--skip-welcome",
    "--skip-release-notes",
    "--disable-updates",
  );
  if (process.platform === "linux" && process.getuid?.() === 0) args.push("--no-sandbox");
  return args;
}

/** Starts a desktop window. It stays in the foreground: the process ends with its last window. */
export function startDesktop({ editor, ...window }) {
  mkdirSync(join(window.dataDir, "User"), { recursive: true });
  const shell = editor.executable.endsWith(".cmd");
  // Only needed for the `code` command, which would return at once; the program itself ignores it.
  const args = [...desktopArguments(window), "--wait"];
  const command = shell ? `"${editor.executable}"` : editor.executable;
  return start(command, shell ? args.map((text) => `"${text}"`) : args, {
    env: editorEnvironment(),
    shell,
    stdio: "ignore",
  });
}

/** Without what an outer VS Code sets in its terminals, which would make an inner one join it or run as plain Node. */
export function editorEnvironment(added = {}) {
  const env = { ...process.env, ...added };
  for (const name of Object.keys(env))
    if (/^(VSCODE_|ELECTRON_RUN_AS_NODE$|RUNNEL_ONE_PROCESS_GROUP$)/.test(name)) delete env[name];
  return env;
}

/**
 * Makes the server speak a language without its language pack, which would have to be downloaded: an empty pack, so that VS
 * Code's own words stay English while extensions show theirs.
 */
function writeLanguagePack(dataDir, locale) {
  const folder = join(dataDir, "data/language");
  const translations = { vscode: join(folder, "main.i18n.json") };
  const extensions = [{ extensionIdentifier: { id: "runnel.language" }, version: "1.0.0" }];
  mkdirSync(folder, { recursive: true });
  writeFileSync(translations.vscode, JSON.stringify({ version: "1.0.0", contents: {} }));
  const pack = { [locale]: { hash: locale, label: locale, extensions, translations } };
  writeFileSync(join(dataDir, "data/languagepacks.json"), JSON.stringify(pack));
}

function free(port) {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(false);
    });
    socket.once("error", () => resolve(true));
  });
}
