/** Finds every regular expression that is written in a source file, by TypeScript's own scanner. */
import { SyntaxKind } from "typescript/unstable/ast";
import { createScanner } from "typescript/unstable/ast/scanner";

export interface RegexLiteral {
  /** From 1. */
  line: number;
  source: string;
  flags: string;
}

/** A slash behind one of these divides; anywhere else it begins a regular expression. */
const operands = new Set<SyntaxKind>([
  SyntaxKind.Identifier,
  SyntaxKind.PrivateIdentifier,
  SyntaxKind.NumericLiteral,
  SyntaxKind.BigIntLiteral,
  SyntaxKind.StringLiteral,
  SyntaxKind.NoSubstitutionTemplateLiteral,
  SyntaxKind.TemplateTail,
  SyntaxKind.RegularExpressionLiteral,
  SyntaxKind.CloseParenToken,
  SyntaxKind.CloseBracketToken,
  SyntaxKind.CloseBraceToken,
  SyntaxKind.ThisKeyword,
]);

export function regexLiterals(text: string): RegexLiteral[] {
  const scanner = createScanner(true, undefined, text);
  const literals: RegexLiteral[] = [];
  /** For each open template literal, the braces that are open inside its `${`. */
  const braces: number[] = [];
  let before = SyntaxKind.Unknown;
  let previous = SyntaxKind.Unknown;
  for (let token = scanner.scan(); token !== SyntaxKind.EndOfFile; token = scanner.scan()) {
    const isAsserted = previous === SyntaxKind.ExclamationToken && operands.has(before);
    if (token === SyntaxKind.SlashToken && !operands.has(previous) && !isAsserted) {
      token = scanner.reScanSlashToken();
      const written = scanner.getTokenText();
      const end = written.lastIndexOf("/");
      const line = text.slice(0, scanner.getTokenStart()).split("\n").length;
      literals.push({ line, source: written.slice(1, end), flags: written.slice(end + 1) });
    } else if (token === SyntaxKind.TemplateHead) braces.push(0);
    else if (token === SyntaxKind.OpenBraceToken && braces.length > 0) braces[braces.length - 1]! += 1;
    else if (token === SyntaxKind.CloseBraceToken && braces.length > 0) {
      if (braces.at(-1) === 0) {
        token = scanner.reScanTemplateToken(false);
        if (token === SyntaxKind.TemplateTail) braces.pop();
      } else braces[braces.length - 1]! -= 1;
    }
    before = previous;
    previous = token;
  }
  return literals;
}
