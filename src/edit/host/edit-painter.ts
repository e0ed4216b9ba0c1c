/** Draws a pending edit over the document: what came in green, what went struck through where it stood. */
import * as vscode from "vscode";
import { codeHover, drawnText } from "../../editor/surfaces/editor-texts.ts";
import { type GhostText, ghostsOf } from "../diff/ghost-text.ts";
import type { EditPaint, LineRange } from "../session/decorations.ts";

const color = (name: string): vscode.ThemeColor => new vscode.ThemeColor(name);

export class EditPainter implements vscode.Disposable {
  readonly #inserted = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: color("diffEditor.insertedLineBackground"),
    // High contrast has no backgrounds.
    borderWidth: "0 0 0 2px",
    borderStyle: "solid",
    borderColor: color("editorGutter.addedBackground"),
    overviewRulerColor: color("editorOverviewRuler.addedForeground"),
    overviewRulerLane: vscode.OverviewRulerLane.Center,
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  readonly #insertedWords = vscode.window.createTextEditorDecorationType({
    backgroundColor: color("diffEditor.insertedTextBackground"),
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  readonly #removed = vscode.window.createTextEditorDecorationType({
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
    overviewRulerColor: color("editorOverviewRuler.deletedForeground"),
    overviewRulerLane: vscode.OverviewRulerLane.Center,
  });
  readonly #streaming = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: color("editor.lineHighlightBackground"),
    borderWidth: "0 0 0 2px",
    borderStyle: "solid",
    borderColor: color("progressBar.background"),
  });
  readonly #waiting = vscode.window.createTextEditorDecorationType({ isWholeLine: true, opacity: "0.6" });

  dispose(): void {
    for (const type of this.#types) type.dispose();
  }

  get #types(): vscode.TextEditorDecorationType[] {
    return [this.#inserted, this.#insertedWords, this.#removed, this.#streaming, this.#waiting];
  }

  clear(editor: vscode.TextEditor): void {
    for (const type of this.#types) editor.setDecorations(type, []);
  }

  /** All edits of the editor's document at once: a type of decoration is set for the whole editor. */
  paint(editor: vscode.TextEditor, paints: readonly EditPaint[]): void {
    const { document } = editor;
    const ghosts = paints.flatMap((paint) => ghostsOf(paint, (line) => lineText(document, line)));
    editor.setDecorations(
      this.#inserted,
      paints.flatMap((paint) => paint.inserted.map(wholeLines)),
    );
    editor.setDecorations(
      this.#insertedWords,
      ghosts.flatMap(({ line, inserted }) =>
        inserted.map(({ start, end }) => new vscode.Range(line, start, line, end)),
      ),
    );
    editor.setDecorations(
      this.#removed,
      ghosts.flatMap((ghost) => ghostDecorations(ghost, document.languageId)),
    );
    editor.setDecorations(
      this.#streaming,
      paints.flatMap(({ streamingLine: line }) => (line === undefined ? [] : [new vscode.Range(line, 0, line, 0)])),
    );
    editor.setDecorations(
      this.#waiting,
      paints.flatMap(({ waiting }) => (waiting === undefined ? [] : [wholeLines(waiting)])),
    );
  }
}

function wholeLines({ startLine, endLine }: LineRange): vscode.Range {
  return new vscode.Range(startLine, 0, Math.max(startLine, endLine - 1), Number.MAX_SAFE_INTEGER);
}

function lineText(document: vscode.TextDocument, line: number): string {
  return line < document.lineCount ? document.lineAt(line).text : "";
}

function ghostDecorations({ line, removed, hover }: GhostText, language: string): vscode.DecorationOptions[] {
  return removed.map(({ at, text, isTrailing }) => {
    const attachment: vscode.ThemableDecorationAttachmentRenderOptions = {
      ...drawnText(text),
      backgroundColor: color("diffEditor.removedTextBackground"),
      color: color("editor.foreground"),
      textDecoration: "line-through",
      ...(isTrailing ? { margin: "0 0 0 3ch" } : {}),
    };
    return {
      range: new vscode.Range(line, at, line, at),
      renderOptions: isTrailing ? { after: attachment } : { before: attachment },
      // The whole of what went.
      hoverMessage: codeHover(vscode.l10n.t("Removed:"), hover.join("\n"), language),
    };
  });
}
