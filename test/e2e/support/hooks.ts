/** Root hooks of the end-to-end suite: each test file ends with its windows and its browser closed. */
import { closeAllWindows } from "./window.ts";

export const mochaHooks = { afterAll: closeAllWindows };
