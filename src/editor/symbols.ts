/** The definitions that a document's language service knows. */
import * as vscode from "vscode";

const DEFINITIONS = new Set([
  vscode.SymbolKind.Function,
  vscode.SymbolKind.Method,
  vscode.SymbolKind.Constructor,
  vscode.SymbolKind.Class,
  vscode.SymbolKind.Interface,
  vscode.SymbolKind.Enum,
  vscode.SymbolKind.Struct,
  vscode.SymbolKind.Module,
  vscode.SymbolKind.Namespace,
]);

/** Milliseconds; a language service that is still reading a large project is not waited for any longer. */
const PATIENCE = 3000;

/** Empty where there is no language service, or none that answers in time. */
export async function documentSymbols(document: vscode.TextDocument): Promise<readonly vscode.DocumentSymbol[]> {
  const asked = vscode.commands.executeCommand<vscode.DocumentSymbol[] | undefined>(
    "vscode.executeDocumentSymbolProvider",
    document.uri,
  );
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, PATIENCE, undefined);
  });
  const symbols = await Promise.race([asked, late]);
  clearTimeout(timer);
  return symbols ?? [];
}

/** Functions, classes and their like that hold a place, outermost first. */
export function definitionsAround(
  symbols: readonly vscode.DocumentSymbol[],
  place: vscode.Position | vscode.Range,
): vscode.DocumentSymbol[] {
  // An older kind of provider gives symbols without ranges of their own.
  const symbol = symbols.find(({ range }) => range?.contains(place));
  if (symbol === undefined) return [];
  const inner = definitionsAround(symbol.children, place);
  return DEFINITIONS.has(symbol.kind) ? [symbol, ...inner] : inner;
}
