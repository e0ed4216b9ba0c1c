/** The usage report's webview: shows each report that the host sends in place of the one before. */
import "./usage.css";
import { tellDefects } from "../../src/core/page-defect.ts";
import type { ToUsage } from "../../src/money/usage-protocol.ts";
import { post } from "./host.ts";
import { createPage, type Page } from "./page.ts";

let page: Page | undefined;

tellDefects(window, post);
window.addEventListener("message", ({ data }: MessageEvent<ToUsage>) => {
  if (data?.type !== "report") return;
  if (page === undefined) {
    document.documentElement.lang = data.locale;
    page = createPage(data.texts);
    document.body.append(page.root);
  }
  page.show(data);
});
post({ type: "ready" });
