/** The chat webview's real bundle in a real browser: the only stand-in is `acquireVsCodeApi`, which records what is posted. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, extname } from "node:path";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { bundles, root } from "../../../scripts/setup/index.mjs";
import type { FromWebview, ToWebview } from "../../../src/chat/protocol.ts";
import { sharedBrowser } from "./shared-browser.ts";

export type ThemeKind = "vscode-dark" | "vscode-light" | "vscode-high-contrast" | "vscode-high-contrast-light";

export interface PageOptions {
  width?: number;
  height?: number;
  kind?: ThemeKind;
  /** Values of `--vscode-*`, as VS Code puts them on the root element; those of VS Code's own theme of that kind if left out. */
  variables?: Record<string, string>;
  state?: unknown;
  reducedMotion?: boolean;
}

type Unnumbered<Message> = Message extends ToWebview ? Omit<Message, "sequence"> : never;

/** The variables that the style sheets use, as VS Code 1.139 sets them for its "Modern" and high contrast themes. */
const themes = JSON.parse(readFileSync(new URL("webview-themes.json", import.meta.url), "utf8")) as Record<
  ThemeKind,
  Record<string, string>
>;

/** VS Code's own style sheet for webviews, as far as it meets what the chat shows. */
const defaultStyles = `@layer vscode-default {
  html { scrollbar-color: var(--vscode-scrollbarSlider-background) var(--vscode-editor-background); }
  body { overscroll-behavior-x: none; background-color: transparent; color: var(--vscode-editor-foreground);
    font-family: var(--vscode-font-family); font-weight: var(--vscode-font-weight); font-size: var(--vscode-font-size);
    margin: 0; padding: 0 20px; }
  a, a code { color: var(--vscode-textLink-foreground); }
  a:focus, input:focus, select:focus, textarea:focus { outline: 1px solid -webkit-focus-ring-color; outline-offset: -1px; }
  code { font-family: monospace; color: var(--vscode-textPreformat-foreground);
    background-color: var(--vscode-textPreformat-background); padding: 1px 3px; border-radius: 4px; }
  pre code { padding: 0; }
  blockquote { background: var(--vscode-textBlockQuote-background); border-color: var(--vscode-textBlockQuote-border); }
  ::-webkit-scrollbar { width: 10px; height: 10px; }
  ::-webkit-scrollbar-thumb { background-color: var(--vscode-scrollbarSlider-background); }
}`;

/** A page's bundle on a server of its own, shown by the browser that all tests of a process share. */
export class ChatBrowser {
  readonly #browser: Browser;
  readonly #server: Server;
  readonly origin: string;

  private constructor(browser: Browser, server: Server, origin: string) {
    this.#browser = browser;
    this.#server = server;
    this.origin = origin;
  }

  /** `page`: whose bundle is shown; the chat's if left out. */
  static async start(page: PageName = "chat"): Promise<ChatBrowser> {
    bundled ??= bundle();
    const files = await bundled;
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? "/", "http://page");
      const file = files.get(url.pathname);
      if (file !== undefined) {
        response.writeHead(200, { "content-type": file.type });
        response.end(file.body);
      } else if (url.pathname === "/") {
        response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
        response.end(html(page, url.searchParams.get("kind") ?? "vscode-dark"));
      } else {
        response.writeHead(404);
        response.end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return new ChatBrowser(await sharedBrowser(), server, `http://127.0.0.1:${port}`);
  }

  async open(options: PageOptions = {}): Promise<ChatPage> {
    const context = await this.#browser.newContext({
      viewport: { width: options.width ?? 420, height: options.height ?? 700 },
      reducedMotion: options.reducedMotion === true ? "reduce" : "no-preference",
    });
    const kind = options.kind ?? "vscode-dark";
    const page = await context.newPage();
    const chat = new ChatPage(page);
    await page.exposeFunction("recordPosted", (message: FromWebview) => chat.posted.push(message));
    await page.addInitScript(prepare, { state: options.state, variables: options.variables ?? themes[kind] });
    page.on("pageerror", (error) => chat.problems.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") chat.problems.push(message.text());
    });
    await page.goto(`${this.origin}/?kind=${kind}`);
    return chat;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export class ChatPage {
  readonly page: Page;
  /** Everything the webview has posted, in order. */
  readonly posted: FromWebview[] = [];
  /** Errors of the page, also of its content security policy. */
  readonly problems: string[] = [];
  #sequence = 0;

  constructor(page: Page) {
    this.page = page;
  }

  /** Sends as the host does; `skip` leaves out a sequence number, as if a message had been lost. */
  async send(message: Unnumbered<ToWebview>, { skip = 0 } = {}): Promise<void> {
    this.#sequence += 1 + skip;
    await this.page.evaluate((data) => window.postMessage(data, "*"), { ...message, sequence: this.#sequence });
    await this.settle();
  }

  /** Many messages at once, in one task, as they come from a fast model. */
  async sendAll(messages: Unnumbered<ToWebview>[]): Promise<void> {
    const numbered = messages.map((message) => ({ ...message, sequence: ++this.#sequence }));
    await this.page.evaluate((all) => {
      for (const data of all) window.postMessage(data, "*");
    }, numbered);
    await this.settle();
  }

  /** Two frames: one in which what arrived is applied, one in which it is painted. */
  async settle(): Promise<void> {
    await this.page.evaluate(
      () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))),
    );
  }

  /** From here on the page measures that no time passes, however slow the machine is; its timers go on. */
  async freezeTime(): Promise<void> {
    await this.page.evaluate(() => {
      const now = performance.now();
      performance.now = () => now;
    });
  }

  /** What was posted of one type. */
  of<Type extends FromWebview["type"]>(type: Type): Extract<FromWebview, { type: Type }>[] {
    return this.posted.filter((message): message is Extract<FromWebview, { type: Type }> => message.type === type);
  }

  async savedState(): Promise<unknown> {
    return this.page.evaluate(() => (window as unknown as { savedState: unknown }).savedState);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}

/** Runs in the page before anything else. */
function prepare({ state, variables }: { state: unknown; variables: Record<string, string> }): void {
  const scope = window as unknown as Record<string, unknown>;
  const record = scope.recordPosted as (message: unknown) => void;
  scope.savedState = state;
  let acquired = false;
  scope.acquireVsCodeApi = () => {
    if (acquired) throw new Error("An instance of the VS Code API has already been acquired");
    acquired = true;
    return {
      postMessage: (message: unknown) => record(structuredClone(message)),
      getState: () => scope.savedState,
      setState: (next: unknown) => {
        scope.savedState = structuredClone(next);
      },
    };
  };
  const apply = () => {
    const { style } = document.documentElement;
    for (const [name, value] of Object.entries(variables)) style.setProperty(name, value);
  };
  if (document.documentElement !== null) apply();
  document.addEventListener("DOMContentLoaded", apply);
}

function html(page: PageName, kind: string): string {
  const nonce = randomBytes(16).toString("base64");
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'self'; font-src 'self'; img-src 'self' data:`;
  return `<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="stylesheet" href="default.css">
<link rel="stylesheet" href="${page}.css">
</head>
<body class="${kind}" data-vscode-theme-kind="${kind}">
<script type="module" nonce="${nonce}" src="${page}.js"></script>
</body>
</html>`;
}

interface ServedFile {
  type: string;
  body: Uint8Array | string;
}

type PageName = "chat" | "usage";
const types: Record<string, string> = { ".js": "text/javascript", ".css": "text/css", ".ttf": "font/ttf" };

/** By name of the file. */
let bundled: Promise<ReadonlyMap<string, ServedFile>> | undefined;

/** What esbuild.mjs makes for development, of the sources as they are now; once a process. */
async function bundle(): Promise<ReadonlyMap<string, ServedFile>> {
  const options = { write: false, absWorkingDir: root, logLevel: "silent" } as const;
  const { outputFiles } = await build({ ...bundles({ production: false }).pages, ...options });
  const files = new Map<string, ServedFile>();
  for (const { path, contents } of outputFiles) {
    const type = types[extname(path)];
    if (type !== undefined) files.set(`/${basename(path)}`, { type, body: contents });
  }
  files.set("/default.css", { type: "text/css", body: defaultStyles });
  files.set("/favicon.ico", { type: "image/x-icon", body: "" });
  return files;
}
