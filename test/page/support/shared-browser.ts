/** The browser that all test files of a process share; the root hook of the suite (`hooks.ts`) closes it. */
import type { Browser } from "playwright-core";
import { launchBrowser } from "../../markdown/support/page.ts";

let shared: Promise<Browser> | undefined;

export function sharedBrowser(): Promise<Browser> {
  shared ??= launchBrowser();
  return shared;
}

export async function closeSharedBrowser(): Promise<void> {
  const open = shared;
  shared = undefined;
  await (await open)?.close();
}
