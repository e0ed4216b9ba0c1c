/** Root hooks of the page suite: the end of each worker closes its browser. */
import { closeSharedBrowser } from "./shared-browser.ts";

export const mochaHooks = { afterAll: closeSharedBrowser };
