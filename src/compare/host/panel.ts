/** The comparison's webview, a tab in the editor area: strict page, snapshot on request, then changes. */
import * as vscode from "vscode";
import type { Logger } from "../../core/logger.ts";
import { asPageDefect, defectLines } from "../../core/page-defect.ts";
import { openTab } from "../../editor/webview-page.ts";
import { asFromCompare, type FromCompare, type ToCompare } from "../protocol.ts";

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
    this.#panel = openTab(this.#extensionUri, {
      name: "compare",
      title: vscode.l10n.t("Compare Models"),
      receive: (value) => this.#receive(value),
      hidden: () => {
        this.#ready = false;
      },
      closed: () => {
        this.#panel = undefined;
        this.#ready = false;
        this.#handler.onClose();
      },
    });
  }

  post(message: ToCompare): void {
    if (this.#ready) void this.#panel?.webview.postMessage(message);
  }

  #receive(value: unknown): void {
    const defect = asPageDefect(value);
    if (defect !== undefined) return this.#logger.error(defectLines("compare", defect));
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
