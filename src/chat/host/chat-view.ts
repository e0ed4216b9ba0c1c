/** The chat's webview: strict page, snapshot on request, then numbered messages. Knows nothing about turns. */
import * as vscode from "vscode";
import type { Logger } from "../../core/logger.ts";
import { asPageDefect, defectLines } from "../../core/page-defect.ts";
import { logError } from "../../editor/own-defects.ts";
import { webviewOptions, webviewPage } from "../../editor/webview-page.ts";
import { asFromWebview, type FromWebview, type ToWebview, type ViewState } from "../protocol.ts";
import { chatTexts } from "./chat-texts.ts";

const CHAT_VIEW = "runnel.chat";

type WithoutSequence<T> = T extends unknown ? Omit<T, "sequence"> : never;

export interface ChatViewHandler {
  /** Resolves when `state` says what was saved; before that an empty chat would flash up. */
  readonly ready: Promise<void>;
  state(): ViewState;
  onMessage(message: FromWebview): void;
}

export class ChatView implements vscode.WebviewViewProvider {
  readonly #extensionUri: vscode.Uri;
  readonly #logger: Logger;
  readonly #handler: ChatViewHandler;
  #view: vscode.WebviewView | undefined;
  /** True between `ready` and the page's end: only then do messages reach somebody. */
  #ready = false;
  #sequence = 0;
  #focusWanted = false;

  constructor(extensionUri: vscode.Uri, logger: Logger, handler: ChatViewHandler) {
    this.#extensionUri = extensionUri;
    this.#logger = logger;
    this.#handler = handler;
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.#view = view;
    this.#ready = false;
    view.webview.options = webviewOptions(this.#extensionUri);
    view.webview.onDidReceiveMessage((value: unknown) => this.#receive(value));
    // A hidden page is destroyed and messages to it are lost; when shown again it says `ready` and gets a snapshot.
    view.onDidChangeVisibility(() => {
      if (!view.visible) this.#ready = false;
    });
    view.onDidDispose(() => {
      if (this.#view === view) this.#view = undefined;
      this.#ready = false;
    });
    view.webview.html = webviewPage(view.webview, this.#extensionUri, "chat");
  }

  /** Shows the view and puts the cursor in the composer. */
  async focus(): Promise<void> {
    this.#focusWanted = true;
    await vscode.commands.executeCommand(`${CHAT_VIEW}.focus`);
    this.#sendFocus();
  }

  get visible(): boolean {
    return this.#view?.visible ?? false;
  }

  post(message: WithoutSequence<ToWebview>): void {
    if (!this.#ready || this.#view === undefined) return;
    this.#sequence++;
    void this.#view.webview.postMessage({ ...message, sequence: this.#sequence });
  }

  /** Sends everything anew, for another conversation. */
  postSnapshot(): void {
    this.post({ type: "snapshot", state: this.#handler.state(), texts: chatTexts(), locale: vscode.env.language });
  }

  #receive(value: unknown): void {
    const defect = asPageDefect(value);
    if (defect !== undefined) return this.#logger.error(defectLines("chat", defect));
    const message = asFromWebview(value);
    if (message === undefined) {
      this.#logger.warn("The chat page sent a message that is not in the protocol; it was ignored.");
      return;
    }
    void this.#handler.ready
      .then(() => {
        if (message.type === "ready") {
          this.#ready = true;
          this.postSnapshot();
          this.#sendFocus();
        }
        this.#handler.onMessage(message);
      })
      .catch((error: unknown) => logError(this.#logger, "The chat page could not be served", error));
  }

  #sendFocus(): void {
    if (!this.#focusWanted || !this.#ready) return;
    this.#focusWanted = false;
    this.post({ type: "focus-composer" });
  }
}
