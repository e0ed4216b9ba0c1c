/** Opens real VS Code windows for end-to-end tests: a server and a data folder per window, one headless browser for all. */
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Browser, BrowserContext, Frame, Page } from "playwright-core";
import {
  cacheFolder,
  changeSettings,
  findEditor,
  installHelper,
  ownName,
  quietSettings,
  removeAbandoned,
  root,
  type Server,
  settingsFile,
  startBrowser,
  startServer,
  workbenchUrl,
} from "../../../scripts/setup/index.mjs";
import { until } from "../../support/until.ts";
import { Driver, driverEnvironment, driverExtension, type Position } from "./driver.ts";
import { offeredInPalette, runInPalette } from "./palette.ts";

export interface WindowOptions {
  /** User settings, on top of the quiet ones every window has. */
  settings?: Record<string, unknown>;
  /** A folder to copy, or texts by their path; the sample workspace when not given. */
  workspace?: string | Record<string, string>;
  size?: { width: number; height: number };
  theme?: keyof typeof themes;
  /** Folders of further extensions to install. */
  extensions?: string[];
  /** False = Runnel is not there as it is being developed; `extensions` may install a packaged one. */
  development?: boolean;
  /** A language such as "ko": Runnel's words are in it, VS Code's own stay English. */
  locale?: string;
}

/** VS Code's name for a theme, and the words by which its workbench and its webviews show the kind. */
const themes = {
  light: { name: "Light Modern", kind: "vs", pages: "vscode-light" },
  dark: { name: "Dark Modern", kind: "vs-dark", pages: "vscode-dark" },
  "high-contrast": { name: "Default High Contrast", kind: "hc-black", pages: "vscode-high-contrast" },
  "high-contrast-light": {
    name: "Default High Contrast Light",
    kind: "hc-light",
    pages: "vscode-high-contrast-light",
  },
};

let shared: Promise<{ browser: Browser; close(): Promise<void> }> | undefined;
const open = new Set<EditorWindow>();
let counter = 0;

/** Closes what is still open: what a failed test left, and the browser. The suite's root hook, in `hooks.ts`, calls it. */
export async function closeAllWindows(): Promise<void> {
  await Promise.all([...open].map((window) => window.close()));
  const browser = shared;
  shared = undefined;
  await (await browser)?.close();
}

/**
 * A window of its own in every respect. User settings belong to a server's data folder and a closed window may leave its
 * extension host alive, so windows do not share a server, which is up in half a second; the browser is what they share.
 */
export async function openWindow(options: WindowOptions = {}): Promise<EditorWindow> {
  const editor = await findEditor({ want: "server" });
  if (counter === 0) removeAbandoned(cacheFolder("windows"));
  const base = join(cacheFolder("windows"), ownName(String(++counter)));
  const dataDir = join(base, "data");
  const folder = makeWorkspace(join(base, "workspace"), options.workspace);
  const drivers = join(base, "drivers");
  mkdirSync(drivers);
  // The browser's preference for light or dark would win over the theme.
  const settings = { ...quietSettings, "window.autoDetectColorScheme": false, ...options.settings };
  await changeSettings(settingsFile(dataDir, "server"), () => Object.entries(settings));
  for (const extension of [driverExtension, ...(options.extensions ?? [])]) installHelper(dataDir, extension);
  const server = await startServer({
    editor,
    dataDir,
    locale: options.locale,
    env: driverEnvironment(drivers),
    reconnectSeconds: 20,
  });
  shared ??= startBrowser();
  const context = await (await shared).browser.newContext({
    viewport: options.size ?? { width: 1280, height: 800 },
    locale: options.locale ?? "en-US",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const window = new EditorWindow(await context.newPage(), folder, {
    context,
    driver: new Driver(drivers, basename(folder)),
    server,
    base,
    theme: options.theme,
    development: options.development ?? true,
  });
  open.add(window);
  try {
    await window.begin();
    return window;
  } catch (error) {
    await window.screenshot(`failed-to-open-${counter}`).catch(() => {});
    await window.close();
    throw error;
  }
}

/** To be called in a `describe` with what its tests share: a failed one leaves a picture, and the end closes all. */
export function closeAfterwards(shared: () => { window?: EditorWindow; server?: { close(): Promise<void> } }): void {
  afterEach(async function () {
    if (this.currentTest?.state === "failed")
      await shared().window?.screenshot(`failed-${this.currentTest.title.slice(0, 30)}`);
  });
  after(async () => {
    const { window, server } = shared();
    await window?.close();
    await server?.close();
  });
}

interface Parts {
  context: BrowserContext;
  driver: Driver;
  server: Server;
  /** The folder of everything that is this window's alone. */
  base: string;
  theme: WindowOptions["theme"];
  development: boolean;
}

export class EditorWindow {
  readonly page: Page;
  /** The opened folder: a copy, which the test may change. */
  readonly folder: string;
  readonly #parts: Parts;

  constructor(page: Page, folder: string, parts: Parts) {
    this.page = page;
    this.folder = folder;
    this.#parts = parts;
  }

  /** Shows the workbench in the page, and resolves once it can be used. */
  async begin(): Promise<void> {
    const { server, development } = this.#parts;
    await this.page.goto(workbenchUrl({ server, folder: this.folder, development }), { timeout: 120_000 });
    await this.ready();
  }

  /**
   * One more window of the same user, with what extensions keep for all windows: settings, secrets, global storage. It is
   * closed with this one.
   */
  async openAnother(workspace: WindowOptions["workspace"]): Promise<EditorWindow> {
    const { context, base } = this.#parts;
    const folder = makeWorkspace(join(base, `workspace-${context.pages().length}`), workspace);
    const parts = { ...this.#parts, driver: new Driver(join(base, "drivers"), basename(folder)) };
    const window = new EditorWindow(await context.newPage(), folder, parts);
    await window.begin();
    return window;
  }

  /** Picks a command in the palette, by its English title with category ("Runnel: Open Chat") or by its id. */
  runCommand(titleOrId: string): Promise<void> {
    return runInPalette(this.page, this.#parts.driver, titleOrId);
  }

  /** What the palette offers for some typed text. */
  offeredCommands(typed: string): Promise<string[]> {
    return offeredInPalette(this.page, this.#parts.driver, typed);
  }

  /** Runs a command inside the extension host: also one that is not in the palette, and with arguments. */
  execute(command: string, ...args: unknown[]): Promise<unknown> {
    return this.#parts.driver.execute(command, ...args);
  }

  /** Milliseconds that a command took inside the extension host, until what it returned was done. */
  measure(command: string, ...args: unknown[]): Promise<number> {
    return this.#parts.driver.measure(command, ...args);
  }

  /** Puts a text where the selection is, in one edit; milliseconds. */
  replaceSelection(text: string): Promise<number> {
    return this.#parts.driver.replace(text);
  }

  /** Activates an extension and gives the milliseconds that took, or null when it was active already. */
  activate(id: string): Promise<number | null> {
    return this.#parts.driver.activate(id);
  }

  /** The frame of the chat, which is opened where it is not. Ask again after a reload: the old frame is gone then. */
  async chat(): Promise<Frame> {
    let asked = 0;
    return until("the chat shows its composer", async () => {
      for (const frame of this.page.frames()) {
        const composer = frame.locator("[data-testid=composer]");
        if (await composer.isVisible().catch(() => false)) return frame;
      }
      if (performance.now() - asked > 5000) {
        asked = performance.now();
        await this.execute("runnel.openChat");
      }
      return undefined;
    });
  }

  /** Opens a file of the folder in the editor with a selection, or the cursor, at a place (lines and characters from 0). */
  async openFile(path: string, start: Position = { line: 0, character: 0 }, end: Position = start): Promise<void> {
    await this.#parts.driver.open(join(this.folder, path), start, end);
  }

  /** The whole text of the active editor, saved or not. */
  async text(): Promise<string> {
    return (await this.#parts.driver.activeText()) ?? "";
  }

  /** Changes user settings while the window is open; undefined takes a setting out. */
  updateSettings(changes: Record<string, unknown>): Promise<void> {
    return this.#parts.driver.changeSettings(changes);
  }

  /** Writes a PNG of the window to .vscode-test/screenshots and gives its path. */
  async screenshot(name: string): Promise<string> {
    const path = join(cacheFolder("screenshots"), `${name}.png`);
    await this.page.screenshot({ path });
    return path;
  }

  async reload(): Promise<void> {
    this.#parts.driver.forget();
    await this.page.reload({ timeout: 120_000 });
    await this.ready();
  }

  /** Resolves once the workbench is drawn and the extension host has read its extensions. */
  async ready(): Promise<void> {
    await this.page.locator(".monaco-workbench .part.statusbar").waitFor({ timeout: 120_000 });
    await this.#parts.driver.ready();
    if (this.#parts.theme === undefined) return;
    // A theme in the settings file is now and then not seen by a window that starts; a change while it runs always is.
    await this.updateSettings({ "workbench.colorTheme": undefined });
    await this.showTheme(this.#parts.theme);
  }

  /** Resolves once the workbench is drawn in the theme, and every page in it. */
  async showTheme(theme: keyof typeof themes): Promise<void> {
    const { name, kind, pages } = themes[theme];
    await this.updateSettings({ "workbench.colorTheme": name });
    await this.page.locator(`.monaco-workbench.${kind}`).waitFor({ timeout: 60_000 });
    await until("the webviews have the theme", async () => {
      const bodies = this.page.frames().map((frame) => frame.locator("body[data-vscode-theme-kind]"));
      const kinds = await Promise.all(
        bodies.map((body) => body.evaluateAll(([one]) => (one as HTMLElement | undefined)?.dataset.vscodeThemeKind)),
      );
      return kinds.every((each) => each === undefined || each === pages);
    });
  }

  async close(): Promise<void> {
    const { context, server, base } = this.#parts;
    open.delete(this);
    await context.close();
    await server.stop();
    rmSync(base, { recursive: true, force: true, maxRetries: 5 });
  }
}

function makeWorkspace(folder: string, from: WindowOptions["workspace"]): string {
  mkdirSync(folder, { recursive: true });
  if (typeof from === "object") {
    for (const [path, text] of Object.entries(from)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  } else {
    cpSync(from ?? join(root, "test/demo/workspace"), folder, { recursive: true });
  }
  return folder;
}
