// What a test page loads: the renderer as the webview bundles it, and a few helpers, on the global object.
import * as markdown from "../../../media/markdown/renderer.ts";

Object.assign(globalThis, { markdown });
