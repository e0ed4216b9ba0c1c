// The headless browser in which tests show the windows of a VS Code server.
import { findBrowser } from "./browser.mjs";
import { beforeExit } from "./processes.mjs";

/** Starts the browser; it is closed by `close()`, or when this process is asked to end. */
export async function startBrowser() {
  const { chromium } = await import("playwright-core");
  const executablePath = await findBrowser();
  // Without a graphics card a process of its own imitates one, which takes a third of what a window costs.
  const args = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
  args.push("--disable-component-update", "--disable-sync");
  // The signals are ours: processes.mjs ends things in order.
  const ours = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
  const browser = await chromium.launch({ executablePath, args, ...ours });
  const forget = beforeExit(() => browser.close());
  const close = async () => {
    forget();
    await browser.close();
  };
  return { browser, close };
}
