/** The one door from the comparison's page to the extension host: typed messages out; all that is remembered is the host's. */

import type { FromCompare } from "../../src/compare/protocol.ts";
import type { PageDefect } from "../../src/core/page-defect.ts";

declare function acquireVsCodeApi(): { postMessage(message: FromCompare | PageDefect): void };

const api = acquireVsCodeApi();

export function post(message: FromCompare | PageDefect): void {
  api.postMessage(message);
}
