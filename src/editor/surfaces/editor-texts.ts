/** The only way to put words into a text editor: buttons over lines, code that is drawn in, and hovers over it. */
import * as vscode from "vscode";
import { drawnCode, fencedCode, inert } from "../../core/inert-text.ts";
import { type Label, labelText } from "./labels.ts";

export interface LensButton extends Label {
  tooltip?: string;
  /** Without one it is only text. */
  command?: string;
  argument?: unknown;
}

/** A button over a line, or words. */
export type Lens = vscode.CodeLens;

export function codeLens(range: vscode.Range, button: LensButton): Lens {
  const { tooltip, command = "", argument } = button;
  return new vscode.CodeLens(range, {
    title: labelText("lens", button),
    command,
    ...(tooltip === undefined ? {} : { tooltip: inert("title", tooltip) }),
    ...(argument === undefined ? {} : { arguments: [argument] }),
  });
}

/** Code that stands in a line without being in the document. */
export function drawnText(code: string): vscode.ThemableDecorationAttachmentRenderOptions {
  // Spaces in a row would become one.
  return { contentText: drawnCode(code).replaceAll("\t", "    ").replaceAll(" ", "\u00a0") };
}

/** A title over a block of code that its own text cannot close. */
export function codeHover(title: string, code: string, language: string): vscode.MarkdownString {
  return new vscode.MarkdownString(`${inert("cell", title)}\n\n${fencedCode(code, language)}`);
}
