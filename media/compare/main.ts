/** The comparison's webview: takes the host's messages in and keeps the page in step with them. */
import "../markdown/markdown.css";
import "./compare.css";
import type { ToCompare } from "../../src/compare/protocol.ts";
import { tellDefects } from "../../src/core/page-defect.ts";
import { post } from "./host.ts";
import { createPage, type Page } from "./page.ts";

let page: Page | undefined;

tellDefects(window, post);
window.addEventListener("message", ({ data }: MessageEvent<ToCompare>) => {
  if (data?.type === "snapshot" && page === undefined) {
    document.documentElement.lang = data.locale;
    page = createPage(data);
    document.body.append(page.root);
  } else page?.apply(data);
});
post({ type: "ready" });
