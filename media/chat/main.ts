/** The chat webview: takes the host's messages in, keeps the page in step with them, and sends back what the person does. */
import "../markdown/markdown.css";
import "./chat.css";
import type { ToWebview } from "../../src/chat/protocol.ts";
import { reduce, streamingMessage, type View } from "../../src/chat/view.ts";
import { tellDefects } from "../../src/core/page-defect.ts";
import type { Chat } from "./chat.ts";
import { post } from "./host.ts";
import { createPage, type Page } from "./page.ts";

let view: View | undefined;
let page: Page | undefined;
/** A snapshot has been asked for; what comes before it is of no use. */
let askedAgain = true;

const chat: Chat = {
  get texts() {
    return view!.texts;
  },
  get state() {
    return view!.state;
  },
  get locale() {
    return view!.locale;
  },
  get busy() {
    return view !== undefined && streamingMessage(view.state) !== undefined;
  },
  post,
  announce: (text) => page?.announce(text),
  focusComposer: () => page?.focusComposer(),
};

function receive(message: ToWebview): void {
  const next = reduce(askedAgain ? undefined : view, message);
  if (next === undefined) {
    if (!askedAgain) post({ type: "ready" });
    askedAgain = true;
    return;
  }
  if (next === view) return;
  view = next;
  askedAgain = false;
  if (page === undefined) {
    page = createPage(chat);
    document.body.append(page.root);
  }
  page.apply(message);
}

tellDefects(window, post);
window.addEventListener("message", ({ data }: MessageEvent<ToWebview>) => {
  if (typeof data?.type === "string" && typeof data.sequence === "number") receive(data);
});
post({ type: "ready" });
