// Finds or gets a Chromium-based browser, which shows the VS Code server's window in tests.
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { aptInstall, canUseApt } from "./debian.mjs";
import { run } from "./processes.mjs";
import { cache, reachable, root, SetupError, say, secondsSince } from "./project.mjs";

const windows = process.platform === "win32";
const advice = "install Chrome, Edge or Chromium, or set CHROME_PATH to one.";

/** The path of a browser that starts. With `get` false it is only looked for, and undefined when there is none. */
export async function findBrowser({ get = true } = {}) {
  const named = process.env.CHROME_PATH;
  if (named) {
    if (runs(named)) return named;
    throw new SetupError(`CHROME_PATH names ${named}, which is not a browser that starts: correct it or unset it.`);
  }
  const found = usualPlaces().find(runs) ?? (await playwrightBrowser());
  if (found || !get) return found;
  const got = (await playwrightDownload()) ?? (await debianPackage());
  if (got) return got;
  throw new SetupError(`No Chromium-based browser was found and none could be downloaded: ${advice}`);
}

function usualPlaces() {
  const names = ["google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "microsoft-edge-stable"];
  names.push("chromium", "chromium-browser");
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  const places = windows ? [] : names.flatMap((name) => folders.map((folder) => join(folder, name)));
  if (process.platform === "darwin") {
    for (const name of ["Google Chrome", "Microsoft Edge", "Chromium"]) {
      places.push(`/Applications/${name}.app/Contents/MacOS/${name}`);
    }
  }
  if (windows) {
    const bases = [process.env.PROGRAMFILES, process.env["PROGRAMFILES(X86)"], process.env.LOCALAPPDATA];
    const programs = ["Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe"];
    for (const program of [...programs, "Chromium/Application/chrome.exe"]) {
      for (const base of bases) if (base) places.push(join(base, program));
    }
  }
  return places;
}

/** Looking is not enough: Ubuntu's chromium-browser is a script that only says where the real one is, and libraries may be missing. */
function runs(path) {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    return false;
  }
  // On Windows asking for the version opens a window.
  if (windows) return existsSync(path);
  return spawnSync(path, ["--version"], { encoding: "utf8", timeout: 15_000 }).status === 0;
}

async function playwrightBrowser() {
  process.env.PLAYWRIGHT_BROWSERS_PATH ??= join(cache, "browsers");
  const { chromium } = await import("playwright-core");
  const path = chromium.executablePath();
  return path && runs(path) ? path : undefined;
}

async function playwrightDownload() {
  if (!(await reachable("https://cdn.playwright.dev/"))) return undefined;
  say("Getting Chromium through Playwright (once) …");
  const client = join(root, "node_modules/playwright-core/cli.js");
  const { code, output } = await run(process.execPath, [client, "install", "chromium"], { timeout: 600_000 });
  const path = code === 0 ? await playwrightBrowser() : undefined;
  if (!path) say(`Playwright's Chromium cannot be used here: ${output.trim().split("\n").at(-1) ?? ""}`);
  return path;
}

async function debianPackage() {
  if (!canUseApt()) return undefined;
  say("Getting Chromium through apt-get (once) …");
  const begin = performance.now();
  const { code, output } = await aptInstall("chromium");
  if (code !== 0) throw new SetupError(`${output.trim()}\nChromium could not be installed: see above, or ${advice}`);
  say(`Getting Chromium: done in ${secondsSince(begin)}`);
  return usualPlaces().find(runs);
}
