/** Where an edit goes: the selected lines, else the definition or block around the cursor; and what is told about them. */

import * as vscode from "vscode";
import { defined } from "../../core/defined.ts";
import { definitionsAround, documentSymbols } from "../../editor/symbols.ts";
import type { EditPlace, Problem } from "../prompt/edit-context.ts";
import { blockAround, type LineRange, mergeRanges } from "../prompt/line-range.ts";

export interface EditTarget {
  document: vscode.TextDocument;
  /** Whole lines. */
  lines: LineRange;
}

/**
 * In the order of the text, none touching another; each selection is one, several cursors are several. `mayWrite` says
 * that a cursor on an empty line asks for new code there; otherwise it means the code around it, and where there is none,
 * there is no target.
 */
export async function editTargets(
  editor: vscode.TextEditor,
  { mayWrite = false }: { mayWrite?: boolean } = {},
): Promise<EditTarget[]> {
  const { document, selections } = editor;
  const selected = selections.filter(({ isEmpty }) => !isEmpty);
  const ranges =
    selected.length > 0
      ? selected.map(linesOf)
      : await linesAround(
          editor,
          selections.map(({ active }) => active),
          mayWrite,
        );
  return mergeRanges(ranges)
    .map((lines) => ({ document, lines }))
    .filter((target) => mayWrite || document.getText(rangeOf(target)).trim() !== "");
}

/** From the first character of the first line to the last of the last, without its line break. */
export function rangeOf({ document, lines }: EditTarget): vscode.Range {
  return new vscode.Range(lines.first, 0, lines.last, document.lineAt(lines.last).text.length);
}

/** What `editContext` wants to know about a target. */
export async function editPlace(target: EditTarget): Promise<EditPlace> {
  const { document, lines } = target;
  const range = rangeOf(target);
  const enclosing = definitionsAround(await documentSymbols(document), range)
    .map((symbol) => symbol.selectionRange.start.line)
    .filter((line) => line < lines.first);
  return {
    path: vscode.workspace.asRelativePath(document.uri, false).replaceAll("\\", "/"),
    language: document.languageId,
    lines: document.getText().split(/\r\n|\r|\n/),
    selection: lines,
    enclosing: [...new Set(enclosing)],
    problems: problemsIn(document.uri, range),
  };
}

/** A range that ends at the start of a line does not hold that line. */
function linesOf({ start, end }: vscode.Range): LineRange {
  const last = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
  return { first: start.line, last };
}

async function linesAround(
  { document, options }: vscode.TextEditor,
  cursors: readonly vscode.Position[],
  mayWrite: boolean,
): Promise<LineRange[]> {
  const texts = document.getText().split(/\r\n|\r|\n/);
  const tabSize = typeof options.tabSize === "number" ? options.tabSize : 4;
  const isEmptyLine = ({ line }: vscode.Position): boolean => document.lineAt(line).isEmptyOrWhitespace;
  const symbols = mayWrite && cursors.every(isEmptyLine) ? [] : await documentSymbols(document);
  return cursors.map((cursor) => {
    if (mayWrite && isEmptyLine(cursor)) return { first: cursor.line, last: cursor.line };
    const definition = definitionsAround(symbols, cursor).at(-1)?.range;
    if (definition) return linesOf(definition);
    return blockAround(texts, cursor.line, tabSize);
  });
}

const SEVERITIES: Readonly<Record<vscode.DiagnosticSeverity, Problem["severity"]>> = {
  [vscode.DiagnosticSeverity.Error]: "error",
  [vscode.DiagnosticSeverity.Warning]: "warning",
  [vscode.DiagnosticSeverity.Information]: "information",
  [vscode.DiagnosticSeverity.Hint]: "hint",
};

/** More would push the code out of the prompt. */
const MOST_PROBLEMS = 20;

/** The gravest first. */
function problemsIn(uri: vscode.Uri, range: vscode.Range): Problem[] {
  return vscode.languages
    .getDiagnostics(uri)
    .filter((diagnostic) => diagnostic.range.intersection(range) !== undefined)
    .sort((one, other) => one.severity - other.severity || one.range.start.compareTo(other.range.start))
    .slice(0, MOST_PROBLEMS)
    .map(({ severity, message, range: place, source }) => ({
      severity: SEVERITIES[severity],
      message,
      line: place.start.line,
      ...defined({ source }),
    }));
}
