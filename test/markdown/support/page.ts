// A page in a real browser with the renderer on it, as the webview bundles it.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export async function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  // A variable, because the script has no types.
  const script = "../../../scripts/setup/browser.mjs";
  const { findBrowser } = (await import(script)) as { findBrowser(): Promise<string> };
  return chromium.launch({ executablePath: await findBrowser(), args: [...flags, ...more] });
}

/** Bundles a script and the style sheet of the renderer for the browser. */
export async function bundleForPage(script: URL): Promise<{ script: string; style: string }> {
  const bundle = async (entry: URL) => {
    const options = { bundle: true, write: false, format: "iife", target: "chrome130", logLevel: "error" } as const;
    const { outputFiles } = await build({ ...options, entryPoints: [fileURLToPath(entry)] });
    return outputFiles[0]!.text;
  };
  const style = await bundle(new URL("../../../media/markdown/markdown.css", import.meta.url));
  return { script: await bundle(script), style };
}

/** A page that holds a scroller of the size of a side bar. What goes wrong on it is kept in `problems`. */
export async function openPage(
  browser: Browser,
  files: { script: string; style: string },
): Promise<Page & { problems: string[] }> {
  const page = await browser.newPage({ viewport: { width: 500, height: 900 } });
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  const layout =
    "body { margin: 0 } .plain { white-space: pre-wrap } " +
    "#scroller { width: 420px; height: 800px; overflow-y: auto; font: 13px/1.5 sans-serif }";
  await page.setContent(`<!doctype html><style>${files.style}${layout}</style><div id="scroller"></div>`);
  await page.addScriptTag({ content: files.script });
  return Object.assign(page, { problems });
}
