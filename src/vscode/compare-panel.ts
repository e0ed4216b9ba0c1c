/** The comparison's webview, a tab in the editor area: strict page, snapshot on request, then changes. */
import * as vscode from "vscode";
import type { Logger } from "../core/logger.ts";
import { asFromCompare, type FromCompare, type ToCompare } from "../shared/compare-protocol.ts";
import { webviewOptions, webviewPage } from "./webview-page.ts";

export interface ComparePanelHandler {
  snapshot(): ToCompare;
  onMessage(message: FromCompare): void;
  /** The tab was closed. */
  onClose(): void;
}

export class ComparePanel implements vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #logger: Logger;
  readonly #handler: ComparePanelHandler;
  #panel: vscode.WebviewPanel | undefined;
  /** True between `ready` and the page's end: only then do messages reach somebody. */
  #ready = false;

  constructor(extensionUri: vscode.Uri, logger: Logger, handler: ComparePanelHandler) {
    this.#extensionUri = extensionUri;
    this.#logger = logger;
    this.#handler = handler;
  }

  dispose(): void {
    this.#panel?.dispose();
  }

  show(): void {
    if (this.#panel) return this.#panel.reveal();
    const title = vscode.l10n.t("Compare Models");
    const options = webviewOptions(this.#extensionUri);
    const panel = vscode.window.createWebviewPanel("runnel.compare", title, vscode.ViewColumn.Active, options);
    this.#panel = panel;
    panel.iconPath = vscode.Uri.joinPath(this.#extensionUri, "media", "icons", "runnel.png");
    panel.webview.onDidReceiveMessage((value: unknown) => this.#receive(value));
    // A hidden page is destroyed; when shown again it says `ready` and gets a snapshot.
    panel.onDidChangeViewState(() => {
      if (!panel.visible) this.#ready = false;
    });
    panel.onDidDispose(() => {
      this.#panel = undefined;
      this.#ready = false;
      this.#handler.onClose();
    });
    panel.webview.html = webviewPage(panel.webview, this.#extensionUri, "compare");
  }

  post(message: ToCompare): void {
    if (this.#ready) void this.#panel?.webview.postMessage(message);
  }

  #receive(value: unknown): void {
    const message = asFromCompare(value);
    if (message === undefined) {
      this.#logger.warn("The comparison's page sent a message that is not in the protocol; it was ignored.");
      return;
    }
    if (message.type === "ready") {
      this.#ready = true;
      this.post(this.#handler.snapshot());
    } else this.#handler.onMessage(message);
  }
}
