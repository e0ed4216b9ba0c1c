/** The documents as they were before their pending edits, for comparing on demand. */
import { basename } from "node:path";
import * as vscode from "vscode";
import { showDifferences } from "../../editor/surfaces/tabs.ts";

const SCHEME = "runnel-original";

export class EditOriginals implements vscode.Disposable {
  readonly #registration: vscode.Disposable;

  /** `originalOf` takes the URI of a document as text. */
  constructor(originalOf: (uri: string) => string | undefined) {
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      provideTextDocumentContent: (uri) => originalOf(uri.query) ?? "",
    });
  }

  dispose(): void {
    this.#registration.dispose();
  }

  async showDiff(document: vscode.TextDocument): Promise<void> {
    const { uri } = document;
    const original = vscode.Uri.from({ scheme: SCHEME, path: uri.path, query: uri.toString() });
    const title = vscode.l10n.t("{0} (before and after the edit)", basename(uri.path));
    await showDifferences(original, uri, title);
  }
}
