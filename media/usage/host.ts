/** The one door from the usage report's page to the extension host: typed messages out; all that is remembered is the host's. */

import type { PageDefect } from "../../src/core/page-defect.ts";
import type { FromUsage } from "../../src/money/usage-protocol.ts";

declare function acquireVsCodeApi(): { postMessage(message: FromUsage | PageDefect): void };

const api = acquireVsCodeApi();

export function post(message: FromUsage | PageDefect): void {
  api.postMessage(message);
}
